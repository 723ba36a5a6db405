"""An engine from afar: a loopback sshd, and an unprivileged user who reaches the engine by it."""

import os
from collections.abc import Iterator

import pytest

from tests.engines.operator import Operator
from tests.engines.running import RunningEngine
from tests.engines.sshd import Sshd


@pytest.fixture(scope="session")
def sshd() -> Iterator[Sshd]:
    """Run one sshd for all tests that do not stop it."""
    with Sshd() as server:
        yield server


@pytest.fixture(scope="session")
def operator(engine: RunningEngine, sshd: Sshd) -> Iterator[Operator]:
    """Give the user; the engine's socket opens to them after a login only."""
    if os.geteuid() != 0:
        pytest.fail("tests from afar need root, to make a user", pytrace=False)
    with Operator(engine.socket, sshd) as user:
        yield user
