from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.docker import Docker
from tests.cli.running import Boxtui
from tests.engines.running import RunningEngine


@pytest.fixture
def boxtui(tmp_path: Path) -> Boxtui:
    """Run boxtui with nothing set up, and no engine named."""
    home = tmp_path / "home"
    home.mkdir()
    return Boxtui(home)


@pytest.fixture
def docker(engine: RunningEngine) -> Iterator[Docker]:
    """The docker CLI on the tests' engine; what is made through it goes at the end."""
    used = Docker(engine.url)
    yield used
    used.clean()


@pytest.fixture
def on_engine(boxtui: Boxtui, engine: RunningEngine) -> Boxtui:
    """Run boxtui on the tests' engine."""
    return Boxtui(boxtui.home, engine.url)
