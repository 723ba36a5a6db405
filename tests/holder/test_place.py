import os
import socket
import stat
from pathlib import Path

import pytest

from boxtui.errors import UnsupportedError
from boxtui.holder import place


def test_the_runtime_directory_is_preferred_and_private(tmp_path: Path) -> None:
    folder = place.folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert folder == tmp_path / "boxtui"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "boxtui").mkdir(mode=0o777)
    (tmp_path / "boxtui").chmod(0o777)
    folder = place.folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "boxtui").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsupportedError, match="somebody else"):
        place.folder({"XDG_RUNTIME_DIR": str(tmp_path)})


@pytest.mark.root
@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_a_folder_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "boxtui").mkdir()
    os.chown(tmp_path / "boxtui", 12345, 12345)
    with pytest.raises(UnsupportedError, match="somebody else"):
        place.folder({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_the_peer_of_a_pair_of_ours_is_us() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert place.peer_is_us(one)
