"""Names of a writable layer, folded as they arrive into the topmost paths of one class.

Names must come depth first: all of a directory before its next sibling. What is held in memory is
the directories on the way to the current one, and what has been folded so far.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from boxtui.model.mount import Mount
from boxtui.model.scan import FileRecord, FileType, PathClass
from boxtui.persistence.boundary import RUNTIME_TREES, Boundary, into_mount
from boxtui.persistence.classify import Classifier, Match, Place
from boxtui.persistence.knowledge import OTHER, REPOSITORY
from boxtui.persistence.sums import Folded, Key, Sum

_MOST_LOOSE = 5000
"""Names held of one directory; one with more that are of several classes is shown as a whole."""

_DULL = frozenset({PathClass.CACHE, PathClass.LOG, PathClass.TEMP, PathClass.NOISE, PathClass.PKG})
SYSTEM = frozenset(
    {"/", "/home", "/usr", "/usr/local", "/var", "/var/lib", "/opt", "/mnt", "/media"}
)
"""Directories that stand for nothing by themselves, with the homes and the way to each mount."""


@dataclass(slots=True)
class _Frame:
    """A directory that is still arriving."""

    place: Place
    key: Key
    start: int
    """How many folded paths there were before it."""
    sum: Sum = field(default_factory=Sum)
    """Of the names directly in it that are no directories."""
    loose: list[tuple[FileRecord, Key]] = field(default_factory=list)
    children: list[Folded] = field(default_factory=list)
    bulk: Key | None = None
    """Of all loose names alike, once there were too many to hold."""
    mixed: bool = False
    """Whether other names came after those in bulk."""
    own: FileRecord | None = None
    """Its own name, where that is new or changed."""
    repository: bool = False


class Fold:
    """Give every record to `add`, then read `finish`."""

    def __init__(
        self, classifier: Classifier, boundary: Boundary, mounts: Iterable[Mount], *, files: bool
    ) -> None:
        self._classifier = classifier
        self._boundary = boundary
        self._mounts = {mount.target: mount for mount in mounts}
        self.homes = classifier.homes
        self._structural = SYSTEM | self.homes | boundary.ancestors
        self._keys: dict[tuple[int, str | None], Key] = {}
        self.total = Sum()
        self.folded: list[Folded] = []
        self.files: list[FileRecord] | None = [] if files else None
        self.repositories: list[str] = []
        """Directories whose .git is among the changes."""
        top = classifier.top
        shadow = "/" if "/" in boundary.targets else None
        self._stack = [_Frame(top, self._key(top.match, shadow), 0)]

    def _key(self, match: Match, shadow: str | None) -> Key:
        # by identity: the classifier hands out the same match for all that a row speaks for
        key = self._keys.get((id(match), shadow))
        if key is None:
            key = self._keys[id(match), shadow] = Key(match, shadow)
        return key

    # -- arriving --------------------------------------------------------------------------------

    def add(self, record: FileRecord) -> None:
        """Count one name."""
        path = record.path
        parent, _, name = path.rpartition("/")
        frame = self._frame(parent or "/")
        if frame.place.path in RUNTIME_TREES or self._dropped(path):
            return
        if record.type is FileType.DIR:
            self._open(frame, name).own = record
            return
        if self.files is not None:
            self.files.append(record)
        if name == ".git":
            frame.repository = True
        key = self._key_of(frame, record, name)
        frame.sum.count(record)
        if frame.bulk is not None:
            frame.mixed |= frame.bulk is not key
            return
        frame.loose.append((record, key))
        if len(frame.loose) > _MOST_LOOSE:
            self._collapse(frame)

    def _dropped(self, path: str) -> bool:
        return path in self._boundary.targets or self._boundary.runtime(path)

    def _key_of(self, frame: _Frame, record: FileRecord, name: str) -> Key:
        match = self._classifier.match(frame.place, name)
        if record.type is FileType.LINK and record.target:
            mount = into_mount(record.path, record.target, self._mounts)
            if mount is not None and match.row.path_class not in _DULL:
                return Key(match, frame.key.shadow, record.target)
        if match is frame.place.match:
            return frame.key
        return self._key(match, frame.key.shadow)

    def _collapse(self, frame: _Frame) -> None:
        keys = {id(key): key for _, key in frame.loose}
        frame.bulk = _worst(keys.values())
        frame.mixed = len(keys) > 1
        frame.loose.clear()

    def _frame(self, directory: str) -> _Frame:
        """The frame of a directory; closes those that are done, opens those on the way."""
        frame = self._stack[-1]
        if frame.place.path == directory:
            return frame
        while not _within(directory, frame.place.path):
            self._close()
            frame = self._stack[-1]
        rest = directory[len(frame.place.path) :]
        for name in rest.split("/"):
            if name:
                frame = self._open(frame, name)
        return frame

    def _open(self, parent: _Frame, name: str) -> _Frame:
        place = self._classifier.enter(parent.place, name)
        shadow = parent.key.shadow
        if shadow is None and place.path in self._boundary.targets:
            shadow = place.path
        if name == ".git":
            parent.repository = True
        frame = _Frame(place, self._key(place.match, shadow), len(self.folded))
        self._stack.append(frame)
        return frame

    # -- folding ---------------------------------------------------------------------------------

    def finish(self) -> list[Folded]:
        """All topmost paths of one class, in the order of their names."""
        while self._stack:
            self._close()
        self.folded.sort(key=lambda one: one.path.split("/"))
        if self.files is not None:
            self.files.sort(key=lambda record: record.path)
        return self.folded

    def _close(self) -> None:
        frame = self._stack.pop()
        self.total.add(frame.sum)
        if frame.repository:
            self._claim(frame)
        alike = self._alike(frame)
        if alike is not None:
            result = [alike]
        elif frame.bulk is not None:
            result = [self._whole(frame)]
        else:
            result = [*frame.children, *map(_alone, frame.loose)]
        holds = bool(result) or len(self.folded) > frame.start
        self._count_own(frame, holds=holds)
        if not holds and frame.own is not None and self._counts(frame):
            empty = Sum()
            empty.count(frame.own)
            alike = Folded(frame.place.path, frame.key, empty)
        if alike is not None and self._stack:
            self._stack[-1].children.append(alike)
        else:
            self.folded.extend(result)

    def _counts(self, frame: _Frame) -> bool:
        # the engine makes the way to a mountpoint: that counts only where something else lies
        return frame.place.path not in self._boundary.ancestors

    def _count_own(self, frame: _Frame, *, holds: bool) -> None:
        if frame.own is None or not (holds or self._counts(frame)):
            return
        self.total.count(frame.own)
        if self.files is not None:
            self.files.append(frame.own)

    def _alike(self, frame: _Frame) -> Folded | None:
        """The directory as one, if all in it may be folded together."""
        if frame.mixed or len(self.folded) > frame.start:
            return None
        keys = self._contents(frame)
        key = next(keys, None)
        if key is None or any(other is not key for other in keys):
            return None
        path = frame.place.path
        if key.shadow != frame.key.shadow:
            return None
        if not key.carried_by(path, structural=path in self._structural):
            return None
        return Folded(path, key, self._sum_of(frame), mixed=any(c.mixed for c in frame.children))

    @staticmethod
    def _contents(frame: _Frame) -> Iterator[Key]:
        if frame.bulk is not None:
            yield frame.bulk
        for _, key in frame.loose:
            yield key
        for child in frame.children:
            yield child.key

    def _sum_of(self, frame: _Frame) -> Sum:
        whole = frame.sum
        for child in frame.children:
            whole.add(child.sum)
        return whole

    def _whole(self, frame: _Frame) -> Folded:
        """A directory of too many names of several classes, as the worst of them."""
        inner = self.folded[frame.start :]
        del self.folded[frame.start :]
        frame.children.extend(inner)
        worst = _worst(self._contents(frame))
        return Folded(frame.place.path, worst, self._sum_of(frame), mixed=True)

    def _claim(self, frame: _Frame) -> None:
        """What no row speaks for is work where a git repository holds it."""
        path = frame.place.path
        self.repositories.append(path)
        shadow = frame.key.shadow
        work = Key(Match(REPOSITORY, path), shadow)

        def claimed(key: Key) -> Key:
            open_to_claim = key.match.row is OTHER and key.link is None and key.shadow == shadow
            return work if open_to_claim and key.match.accepted is None else key

        for one in (*frame.children, *self.folded[frame.start :]):
            one.key = claimed(one.key)
        frame.loose = [(record, claimed(key)) for record, key in frame.loose]
        if frame.bulk is not None:
            frame.bulk = claimed(frame.bulk)


def _alone(loose: tuple[FileRecord, Key]) -> Folded:
    record, key = loose
    one = Sum()
    one.count(record)
    return Folded(record.path, key, one)


def _worst(keys: Iterable[Key]) -> Key:
    def weight(key: Key) -> float:
        severity = key.match.severity
        return 2.5 if severity is None else severity

    return max(keys, key=weight)


def _within(path: str, directory: str) -> bool:
    if directory == "/":
        return True
    return path.startswith(directory) and path[len(directory) : len(directory) + 1] in {"", "/"}
