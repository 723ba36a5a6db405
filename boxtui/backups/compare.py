"""Two tars of one tree, compared name by name, whatever the order in which each was read."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import normpath

from boxtui.backups.tarstream import TarEntry, TarWalk
from boxtui.formatting import plain

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Facts:
    type: str
    size: int
    mode: int
    uid: int
    gid: int
    mtime: int
    """Whole seconds: all that each way of reading tells."""
    target: str
    content: str | None
    """A digest; None where holes make it differ by the way it was read."""


@dataclass(slots=True)
class _Tree:
    """What one tar holds, gathered as it passes by."""

    facts: dict[str, _Facts] = field(default_factory=dict)
    leaders: dict[str, str] = field(default_factory=dict)
    """Hard links: each name, and the one that carries the content."""
    _entry: TarEntry | None = None
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha1)

    def see(self, entry: TarEntry) -> None:
        self._settle()
        self._entry, self._digest = entry, hashlib.sha1(usedforsecurity=False)

    def data(self, data: bytes) -> None:
        self._digest.update(data)

    def finish(self) -> None:
        self._settle()

    def _settle(self) -> None:
        entry = self._entry
        if entry is None:
            return
        name = normpath(entry.name)
        if entry.type == "hardlink":
            target = normpath(entry.target)
            self.leaders[name] = self.leaders.get(target, target)
            return
        self.facts[name] = _Facts(
            entry.type,
            entry.size,
            # a link's own mode means nothing, and each tar writes another
            0 if entry.type == "link" else entry.mode,
            entry.uid,
            entry.gid,
            int(entry.mtime // 1),
            entry.target if entry.type == "link" else "",
            None if entry.sparse else self._digest.hexdigest(),
        )

    def whole(self) -> dict[str, tuple[_Facts | None, tuple[str, ...]]]:
        """Give each name's facts and the names that are the same file."""
        groups: dict[str, list[str]] = defaultdict(list)
        for name in self.facts:
            groups[name].append(name)
        for name, leader in self.leaders.items():
            groups[leader].append(name)
        return {
            name: (self.facts.get(leader), tuple(sorted(names)))
            for leader, names in groups.items()
            for name in names
        }


def differences(ours: Iterable[bytes], theirs: Iterable[bytes]) -> list[str]:
    """Compare two tars; gives what differs, a few lines for people, empty where nothing does."""
    one, other = _tree(ours).whole(), _tree(theirs).whole()
    told = [f"{plain(name)} is missing" for name in sorted(one.keys() - other.keys())]
    told += [f"{plain(name)} is too many" for name in sorted(other.keys() - one.keys())]
    for name in sorted(one.keys() & other.keys()):
        (facts, links), (there, links_there) = one[name], other[name]
        if links != links_there:
            told.append(f"{plain(name)} has other hard links")
        elif facts is None or there is None or not _same(facts, there):
            told.append(f"{plain(name)} differs")
    more = len(told) - _SHOWN
    return [*told[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]


def _same(one: _Facts, other: _Facts) -> bool:
    if one.content is None or other.content is None:
        return (one.type, one.size, one.mode, one.uid, one.gid, one.mtime) == (
            other.type, other.size, other.mode, other.uid, other.gid, other.mtime,
        )  # fmt: skip
    return one == other


def _tree(tar: Iterable[bytes]) -> _Tree:
    tree = _Tree()
    walk = TarWalk(tree.see, "the archive", on_data=tree.data)
    for block in tar:
        walk.feed(block)
    walk.finish()
    tree.finish()
    return tree
