"""What the finds of GNU and BusyBox print, wherever their output is cut."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.model.scan import FileType
from boxtui.persistence import find_output
from boxtui.persistence.errand import RouteRefusedError
from boxtui.persistence.find_output import Found

Parser = Callable[[Iterable[bytes]], Iterator[Found]]
MARK = find_output.new_mark()
NAMES = (b"plain", b"new\nline", b"raw\xff\xfe", b"\x1b[31m", b" blank ", b"-exec", b"a|b|c")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("tree")
    folder = top / "folder"
    folder.mkdir()
    for size, name in enumerate(NAMES):
        (folder / os.fsdecode(name)).write_bytes(b"x" * size)
    (folder / "link").symlink_to("to\nwhere|")
    (folder / "again").hardlink_to(folder / "plain")
    os.mkfifo(folder / "pipe", 0o640)
    return top


@pytest.fixture(scope="module", params=["gnu", "busybox"])
def printed(request: pytest.FixtureRequest, tree: Path) -> tuple[bytes, Parser]:
    if request.param == "gnu":
        command = find_output.gnu_command(str(tree), None)
        return run(command, os.environ["PATH"]), find_output.parse_gnu
    applets = tree.parent / "applets"
    applets.mkdir(exist_ok=True)
    busybox = shutil.which("busybox")
    assert busybox, "these tests need busybox: apt-get install busybox-static"
    for applet in ("find", "stat", "readlink", "sh", "printf"):
        (applets / applet).unlink(missing_ok=True)
        (applets / applet).symlink_to(busybox)
    command = find_output.busybox_command(str(tree), None, MARK, datetime.now(UTC))
    return run(command, str(applets)), lambda pieces: find_output.parse_busybox(pieces, MARK)


def run(argv: list[str], path: str) -> bytes:
    program = shutil.which(argv[0], path=path)
    assert program
    environment = {"PATH": path}
    return subprocess.run(
        [program, *argv[1:]], capture_output=True, check=True, env=environment
    ).stdout


def cut(output: bytes, size: int) -> list[bytes]:
    return [output[at : at + size] for at in range(0, len(output), size)]


def test_every_name_is_as_the_kernel_has_it(tree: Path, printed: tuple[bytes, Parser]) -> None:
    output, parse = printed
    found = {one.record.path: one for one in parse([output])}
    assert set(found) == {str(path) for path in tree.rglob("*")}
    for path, one in found.items():
        status = os.lstat(path)
        record = one.record
        assert record.mode == stat.S_IMODE(status.st_mode)
        assert (record.uid, record.gid) == (status.st_uid, status.st_gid)
        assert int(record.mtime or 0) == int(status.st_mtime)
        assert (one.inode, one.links) == (str(status.st_ino), status.st_nlink)
        assert int(one.changed) == int(status.st_ctime)
        if stat.S_ISREG(status.st_mode):
            assert (record.type, record.bytes) == (FileType.FILE, status.st_size)
            assert record.allocated == status.st_blocks * 512
        if stat.S_ISLNK(status.st_mode):
            assert (record.type, record.target) == (FileType.LINK, "to\nwhere|")


@given(size=st.integers(1, 200))
def test_cuts_change_nothing(printed: tuple[bytes, Parser], size: int) -> None:
    output, parse = printed
    assert list(parse(cut(output, size))) == list(parse([output]))


@given(lost=st.integers(1, 100))
def test_an_output_that_ends_too_early_is_no_output(
    printed: tuple[bytes, Parser], lost: int
) -> None:
    output, parse = printed
    with pytest.raises(RouteRefusedError):
        list(parse([output[:-lost]]))
