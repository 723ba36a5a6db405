"""A few hundred random cases against tmux; tests/full has 5,000."""

from collections.abc import Iterator

import pytest

from tests.terminal.cases import make_case
from tests.terminal.differential import play
from tests.terminal.tmux_oracle import Tmux

CASES = 300
BATCH = 50


@pytest.fixture(scope="module")
def tmux() -> Iterator[Tmux]:
    with Tmux() as server:
        yield server


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_tmux_shows_the_same(tmux: Tmux, first: int) -> None:
    found = {}
    for seed in range(first, first + BATCH):
        if difference := play(tmux, make_case(seed)):
            found[seed] = str(difference)
    assert len(found) <= BATCH * 0.02, found
