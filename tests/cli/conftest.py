import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.docker import Docker
from tests.cli.running import Boxtui


@pytest.fixture
def boxtui(tmp_path: Path) -> Boxtui:
    """Run boxtui with nothing set up, and no engine named."""
    home = tmp_path / "home"
    home.mkdir()
    return Boxtui(home)


@pytest.fixture(scope="session")
def engine_url() -> str:
    """The URL of the tests' own engine."""
    url = os.environ.get("BOXTUI_TEST_DOCKER_HOST")
    if not url:
        pytest.skip("BOXTUI_TEST_DOCKER_HOST names no engine")
    return url


@pytest.fixture
def docker(engine_url: str) -> Iterator[Docker]:
    """The docker CLI on the tests' engine; what is made through it goes at the end."""
    used = Docker(engine_url)
    yield used
    used.clean()


@pytest.fixture
def on_engine(boxtui: Boxtui, engine_url: str) -> Boxtui:
    """Run boxtui on the tests' engine."""
    return Boxtui(boxtui.home, engine_url)
