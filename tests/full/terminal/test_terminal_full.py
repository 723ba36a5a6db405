"""The terminal's long runs: 5,000 cases against tmux, 10 MB of noise, all recordings."""

import pytest

from tests.terminal.cases import make_case
from tests.terminal.differential import play
from tests.terminal.test_properties import MEMORY, feed_noise
from tests.terminal.tmux_oracle import Tmux

pytestmark = pytest.mark.full

CASES = 5000
GOAL = 0.98


@pytest.mark.timeout(1800)
def test_nearly_all_of_five_thousand_cases_equal_tmux() -> None:
    found = {}
    with Tmux() as tmux:
        for seed in range(CASES):
            if difference := play(tmux, make_case(seed)):
                found[seed] = str(difference)
    print(f"{CASES - len(found)} of {CASES} equal; by seed: {found}")
    assert len(found) <= CASES * (1 - GOAL), found


@pytest.mark.timeout(1800)
def test_ten_megabytes_of_noise() -> None:
    assert feed_noise(10_000_000) < MEMORY
