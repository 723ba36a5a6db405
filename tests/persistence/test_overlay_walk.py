"""The walk of overlay directories, on layers made by hand as the kernel makes them."""

import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from boxtui.errors import CancelledError
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence import overlay_walk
from boxtui.persistence.errand import RouteRefusedError, Sight, Watch
from boxtui.persistence.overlay_walk import Layers, OverlayWalk

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="whiteouts and trusted.* need root"),
]


def watch(cancel: threading.Event | None = None) -> Watch:
    return Watch(lambda _count: None, cancel or threading.Event())


def records(*tops: Path, bases: tuple[Path, ...] = ()) -> dict[str, FileRecord]:
    layers = Layers(tuple(map(str, tops)), tuple(map(str, bases)))
    return {record.path: record for record in OverlayWalk(layers, watch(), Sight())}


def types(*tops: Path, bases: tuple[Path, ...] = ()) -> dict[str, str]:
    return {path: str(r.type) for path, r in records(*tops, bases=bases).items()}


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    folder = tmp_path / "upper"
    folder.mkdir()
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


def whiteout(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def opaque(path: Path) -> None:
    os.setxattr(path, "trusted.overlay.opaque", b"y")


def test_a_directory_counts_only_where_it_is_new_or_its_owner_or_mode_differs(
    layer: Path, base: Path
) -> None:
    fill(base, "same/x", "mode/x", "owner/x")
    fill(layer, "same/a", "mode/a", "owner/a", "new/a")
    (layer / "mode").chmod(0o700)
    os.chown(layer / "owner", 7, 7)
    assert types(layer, bases=(base,)) == {
        "/same/a": "file", "/mode": "dir", "/mode/a": "file", "/owner": "dir",
        "/owner/a": "file", "/new": "dir", "/new/a": "file",
    }  # fmt: skip


def test_a_whiteout_counts_only_where_the_base_has_the_name(layer: Path, base: Path) -> None:
    fill(base, "d/there")
    fill(layer, "d/keep")
    whiteout(layer / "d/there")
    whiteout(layer / "d/never")
    assert types(layer, bases=(base,)) == {"/d/there": "deleted", "/d/keep": "file"}


def test_a_replaced_directory_tells_what_of_the_base_is_gone(layer: Path, base: Path) -> None:
    fill(base, "d/gone", "d/again", "d/sub/gone", "d/sub/again", "d/whole/x")
    fill(layer, "d/again", "d/sub/again")
    opaque(layer / "d")
    assert types(layer, bases=(base,)) == {
        "/d/again": "file", "/d/gone": "deleted", "/d/whole": "deleted",
        "/d/sub/again": "file", "/d/sub/gone": "deleted",
    }  # fmt: skip


def test_committed_layers_are_merged_over_the_base(tmp_path: Path, base: Path) -> None:
    upper, committed = tmp_path / "upper", tmp_path / "committed"
    fill(base, "d/one", "d/two", "d/three")
    fill(committed, "d/one", "d/mine", "d/undone", "gone/x")
    whiteout(committed / "d/two")
    fill(upper, "d/one", "d/two")
    whiteout(upper / "d/undone")
    whiteout(upper / "gone")
    (upper / "d/one").write_text("newest")
    found = records(upper, committed, bases=(base,))
    assert {path: str(r.type) for path, r in found.items()} == {
        "/d/one": "file", "/d/two": "file", "/d/mine": "file",
    }  # fmt: skip
    assert found["/d/one"].bytes == len("newest")


def test_an_inode_counts_once(layer: Path) -> None:
    fill(layer, "a")
    os.link(layer / "a", layer / "b")
    sizes = [record.bytes for record in records(layer).values()]
    assert sorted(map(int, sizes)) == [0, 1]


def test_links_are_not_followed_and_specials_are_other(layer: Path) -> None:
    (layer / "link").symlink_to("/etc")
    (layer / "loop").symlink_to("loop")
    os.mkfifo(layer / "pipe")
    os.mknod(layer / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    assert types(layer) == {"/link": "link", "/loop": "link", "/pipe": "other", "/zero": "other"}
    assert records(layer)["/link"].target == "/etc"


def test_names_may_hold_any_byte(layer: Path) -> None:
    for name in (b"a\xff\xfe", b"new\nline", b"\x1b[31m"):
        (layer / os.fsdecode(name)).write_bytes(b"x")
    assert set(types(layer)) == {"/a\udcff\udcfe", "/new\nline", "/\x1b[31m"}


def deep_tree(folder: Path, levels: int) -> None:
    """Beyond PATH_MAX, so one step at a time; every tenth has a second branch to come back to."""
    current = os.open(folder, os.O_RDONLY)
    for level in range(levels):
        name = f"level-{level:05}"
        os.mkdir(name, dir_fd=current)
        if level % 10 == 0:
            os.mkdir("branch", dir_fd=current)
            os.close(os.open("branch/leaf", os.O_CREAT | os.O_WRONLY, dir_fd=current))
        inner = os.open(name, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = inner
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=current))
    os.close(current)


def test_depth_costs_neither_recursion_nor_descriptors(
    layer: Path, request: pytest.FixtureRequest
) -> None:
    levels = 1500
    deep_tree(layer, levels)
    request.addfinalizer(lambda: subprocess.run(["rm", "-rf", layer], check=True))
    before = len(list(Path("/proc/self/fd").iterdir()))
    most = 0
    counts = dict.fromkeys(FileType, 0)
    walk = OverlayWalk(Layers((str(layer),), ()), watch(), Sight())
    for number, record in enumerate(walk):
        counts[record.type] += 1
        if number % 200 == 0:
            most = max(most, len(list(Path("/proc/self/fd").iterdir())) - before)
    assert counts[FileType.DIR] == levels + levels // 10
    assert counts[FileType.FILE] == levels // 10 + 1
    assert most < 4 * overlay_walk._HELD
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_renamed_directory_is_refused(layer: Path) -> None:
    (layer / "d").mkdir()
    os.setxattr(layer / "d", "trusted.overlay.redirect", b"/old")
    with pytest.raises(RouteRefusedError, match="renamed in place"):
        records(layer)


def test_a_directory_swapped_for_a_link_is_not_entered(layer: Path, tmp_path: Path) -> None:
    fill(tmp_path / "host", "secret")
    (layer / "a").mkdir()
    fill(layer, "trigger")
    seen = []
    for record in OverlayWalk(Layers((str(layer),), ()), watch(), Sight()):
        seen.append(record.path)
        if record.path == "/trigger":
            (layer / "a").rmdir()
            (layer / "a").symlink_to(tmp_path / "host")
    assert not any("secret" in path for path in seen)


def test_names_that_vanish_are_left_out(layer: Path) -> None:
    fill(layer, "a/x", "b/x", "trigger")
    walk = iter(OverlayWalk(Layers((str(layer),), ()), watch(), Sight()))
    seen = []
    for record in walk:
        seen.append(record.path)
        if record.path == "/trigger":
            for name in ("a", "b"):
                (layer / name / "x").unlink()
                (layer / name).rmdir()
    assert seen == ["/trigger"]


def test_cancelling_ends_the_walk_and_leaves_nothing_open(layer: Path) -> None:
    fill(layer, "a/b/c")
    cancel = threading.Event()
    before = len(list(Path("/proc/self/fd").iterdir()))
    cancel.set()
    with pytest.raises(CancelledError):
        list(OverlayWalk(Layers((str(layer),), ()), watch(cancel), Sight()))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
