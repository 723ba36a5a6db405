import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from boxtui.backups.compare import differences


def tar(folder: Path, *options: str) -> list[bytes]:
    place = ("--directory", str(folder.parent), folder.name)
    argv = ["tar", "--create", "--format=pax", *options, *place]
    return [subprocess.check_output(argv)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "one" / "_data"
    (root / "sub").mkdir(parents=True)
    (root / "file").write_bytes(os.urandom(2000))
    (root / "sub" / "other").write_text("other")
    os.link(root / "file", root / "sub" / "hard")
    (root / "link").symlink_to("file")
    return root


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "two" / "_data"
    subprocess.run(["cp", "-a", folder.parent, target.parent], check=True)
    return target


def test_the_same_in_another_order_is_the_same(folder: Path, copy: Path) -> None:
    assert differences(tar(folder, "--sort=name"), tar(copy, "--sort=inode")) == []


def flip(copy: Path) -> None:
    facts = (copy / "file").stat()
    with (copy / "file").open("r+b") as file:
        byte = file.read(1)
        file.seek(0)
        file.write(bytes([byte[0] ^ 1]))
    os.utime(copy / "file", ns=(facts.st_atime_ns, facts.st_mtime_ns))


def part_links(copy: Path) -> None:
    shutil.copy2(copy / "file", copy / "apart")
    (copy / "apart").rename(copy / "sub" / "hard")


def point_elsewhere(copy: Path) -> None:
    facts = (copy / "link").lstat()
    (copy / "link").unlink()
    (copy / "link").symlink_to("else")
    os.utime(copy / "link", ns=(1, facts.st_mtime_ns), follow_symlinks=False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (flip, "_data/file differs"),
        (part_links, "_data/file has other hard links"),
        (point_elsewhere, "_data/link differs"),
        (lambda copy: (copy / "sub" / "other").unlink(), "_data/sub/other is missing"),
        (lambda copy: (copy / "more").touch(), "_data/more is too many"),
        (lambda copy: (copy / "file").chmod(0o600), "_data/file differs"),
        (lambda copy: os.utime(copy / "file", (1, 1)), "_data/file differs"),
        (lambda copy: os.utime(copy / "sub", (1, 1)), "_data/sub differs"),
    ],
)
def test_a_change_is_named(
    folder: Path, copy: Path, change: Callable[[Path], object], named: str
) -> None:
    change(copy)
    assert named in differences(tar(folder), tar(copy))
