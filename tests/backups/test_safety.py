from collections.abc import Callable

import pytest

from boxtui.backups.safety import SafetyCheck
from boxtui.backups.tarstream import TarEntry
from boxtui.errors import UnsafeArchiveError


def entry(name: str, type_: str = "file", *, target: str = "", size: int = 0) -> TarEntry:
    return TarEntry(name, type_, size, 0o644, 0, 0, 0.0, target)


Entries = list[TarEntry]

TRICKS: dict[str, Callable[[], Entries]] = {
    "absolute": lambda: [entry("/etc/passwd")],
    "parent": lambda: [entry("_data/../../etc/passwd")],
    "hidden parent": lambda: [entry("_data/a/b/../../../x")],
    "another top": lambda: [entry("etc/passwd")],
    "a dot before another top": lambda: [entry("./etc/passwd")],
    "through a link": lambda: [entry("_data/a", "link", target="/etc"), entry("_data/a/passwd")],
    "through a link, written with slashes": lambda: [
        entry("_data/a", "link", target="/etc"),
        entry("_data//a/./passwd"),
    ],
    "through a deep link": lambda: [
        entry("_data/d", "dir"),
        entry("_data/d/a", "link", target="../.."),
        entry("_data/d/a/b/c", "dir"),
    ],
    "the top itself is a link": lambda: [
        entry("_data", "link", target="/etc"),
        entry("_data/passwd"),
    ],
    "hard link out": lambda: [entry("_data/a", "hardlink", target="/etc/shadow")],
    "hard link up": lambda: [entry("_data/a", "hardlink", target="_data/../../etc/shadow")],
    "hard link to what is not archived": lambda: [
        entry("_data/a", "hardlink", target="_data/b"),
    ],
    "a bomb": lambda: [entry("_data/a", size=1 << 40)],
    "a bomb in pieces": lambda: [entry(f"_data/{n}", size=400) for n in range(3)],
    "a name without end": lambda: [entry("_data/" + "a/" * 70_000)],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_every_known_trick_is_refused(trick: str) -> None:
    check = SafetyCheck("part x", max_bytes=1000)
    *honest, last = TRICKS[trick]()
    for item in honest:
        check.see(item)
    with pytest.raises(UnsafeArchiveError, match="part x"):
        check.see(last)


def test_an_honest_tree_passes() -> None:
    check = SafetyCheck("part x", max_bytes=1000)
    for item in [
        entry("_data/", "dir"),
        entry("_data/out", "link", target="/app/repos"),
        entry("_data/up", "link", target="../../elsewhere"),
        entry("_data/a..b/", "dir"),
        entry("_data/a..b/file", size=999),
        entry("_data/hard", "hardlink", target="_data/a..b/file"),
        entry("_data/again", "hardlink", target="_data/hard"),
        entry("_data/linked-link", "hardlink", target="_data/out"),
        entry("_data/dev", "char"),
        entry("_data/pipe", "fifo"),
    ]:
        check.see(item)
    assert (check.entries, check.bytes) == (10, 999)


def test_what_replaces_a_link_may_be_written_into() -> None:
    check = SafetyCheck("part x", max_bytes=1000)
    for item in [
        entry("_data/a", "link", target="/etc"),
        entry("_data/a", "dir"),
        entry("_data/a/b"),
    ]:
        check.see(item)
