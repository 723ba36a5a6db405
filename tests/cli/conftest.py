from pathlib import Path

import pytest

from tests.cli.running import Boxtui


@pytest.fixture
def boxtui(tmp_path: Path) -> Boxtui:
    """Run boxtui with nothing set up, and no engine named."""
    home = tmp_path / "home"
    home.mkdir()
    return Boxtui(home)
