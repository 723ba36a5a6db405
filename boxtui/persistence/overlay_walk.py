"""Walks the directories that overlayfs lays over a base, and says how the result differs from it.

Everything is opened relative to a descriptor and without following links: a box that swaps a
directory for a link while it is read cannot lead the walk to files of the host. Descriptors are
held for the first and the last levels only, so that depth costs no more than names do.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.errand import RouteRefusedError, Sight, Watch

_HELD = 64
"""Levels from the root, and again from the current one, whose descriptors stay open."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Layers:
    """Directories on this machine, topmost first."""

    tops: tuple[str, ...]
    """What lies beyond the base image: the writable layer, and layers committed from it."""
    bases: tuple[str, ...]


@dataclass(slots=True)
class _Level:
    """One directory of the box: its part in each layer that has one."""

    path: str
    tops: list[int] | None
    """Descriptors; None once closed."""
    bases: list[str]
    cut: bool
    """Whether nothing of the base shows through any more."""
    pending: list[str] = field(default_factory=list)
    """Directories in it, still to be walked."""


class OverlayWalk:
    """Iterate for every name that differs; directories before what they hold."""

    def __init__(self, layers: Layers, watch: Watch, sight: Sight) -> None:
        self._layers = layers
        self._watch = watch
        self._sight = sight
        self._levels: list[_Level] = []
        self._inodes: set[tuple[int, int]] = set()

    def __iter__(self) -> Iterator[FileRecord]:
        try:
            yield from self._walk()
        finally:
            for level in self._levels:
                _close(level)

    def _walk(self) -> Iterator[FileRecord]:
        tops: list[int] = []
        self._levels.append(_Level("", tops, list(self._layers.bases), cut=False))
        tops.extend(os.open(top, _DIRECTORY) for top in self._layers.tops)
        yield from self._names(self._levels[0])
        while self._levels:
            level = self._levels[-1]
            if not level.pending:
                _close(self._levels.pop())
                continue
            self._watch.check()
            name = level.pending.pop()
            yield from self._directory(level, name)

    # -- the names of one directory --------------------------------------------------------------

    def _names(self, level: _Level) -> Iterator[FileRecord]:
        assert level.tops is not None
        many = len(level.tops) > 1
        seen: set[str] = set()
        for descriptor in level.tops:
            for entry in _entries(descriptor):
                self._watch.name()
                if many or level.cut:
                    if entry.name in seen:
                        continue
                    seen.add(entry.name)
                yield from self._name(level, entry)
        if level.cut:
            yield from self._gone(level, seen)

    def _name(self, level: _Level, entry: "os.DirEntry[str]") -> Iterator[FileRecord]:
        try:
            if entry.is_dir(follow_symlinks=False):
                level.pending.append(entry.name)
                return
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # the box has removed it meanwhile
        path = f"{level.path}/{entry.name}"
        mode = status.st_mode
        if stat.S_ISREG(mode):
            yield self._file(path, status)
        elif _is_whiteout(status):
            if _in_base(level.bases, entry.name) is not None:
                yield FileRecord(path, FileType.DELETED)
        elif stat.S_ISLNK(mode):
            assert level.tops is not None
            yield _record(path, FileType.LINK, status, target=_target(level.tops, entry.name))
        else:
            yield _record(path, FileType.OTHER, status)

    def _file(self, path: str, status: os.stat_result) -> FileRecord:
        size, allocated = status.st_size, status.st_blocks * _BLOCK
        if status.st_nlink > 1:
            inode = (status.st_dev, status.st_ino)
            if inode in self._inodes:
                size = allocated = 0
            self._inodes.add(inode)
        return FileRecord(
            path,
            FileType.FILE,
            size,
            allocated,
            stat.S_IMODE(status.st_mode),
            status.st_uid,
            status.st_gid,
            status.st_mtime,
        )

    def _gone(self, level: _Level, seen: set[str]) -> Iterator[FileRecord]:
        """What the base has in a directory that was replaced as a whole."""
        hidden: set[str] = set()
        for base in level.bases:
            for entry in os.scandir(base):
                if entry.name in seen or entry.name in hidden:
                    continue
                hidden.add(entry.name)
                if not _is_whiteout(entry.stat(follow_symlinks=False)):
                    yield FileRecord(f"{level.path}/{entry.name}", FileType.DELETED)

    # -- going down ------------------------------------------------------------------------------

    def _directory(self, parent: _Level, name: str) -> Iterator[FileRecord]:
        if parent.tops is None:
            self._reopen(parent)
        path = f"{parent.path}/{name}"
        tops, opaque = self._open(parent, name, path)
        if not tops:
            return  # removed, or no directory any more
        level = _Level(path, tops, [], cut=parent.cut or opaque)
        self._levels.append(level)
        self._let_go()
        level.bases, old = _below(parent.bases, name)
        status = os.fstat(tops[0])
        if old is None or _owned(old) != _owned(status):
            yield _record(path, FileType.DIR, status)
        yield from self._names(level)

    def _open(self, parent: _Level, name: str, path: str) -> tuple[list[int], bool]:
        """Its part in each of the upper layers, down to one that hides what is beneath."""
        tops: list[int] = []
        for above in parent.tops or ():
            try:
                descriptor = os.open(name, _DIRECTORY, dir_fd=above)
            except FileNotFoundError:
                continue
            except NotADirectoryError:
                return tops, True  # a file or a whiteout: what is beneath shows no more
            except OSError as error:
                if tops or isinstance(error, PermissionError):
                    _close_all(tops)
                    raise
                return tops, True
            tops.append(descriptor)
            if self._opaque(descriptor, path):
                return tops, True
        return tops, False

    @staticmethod
    def _opaque(descriptor: int, path: str) -> bool:
        for name in os.listxattr(descriptor):
            _, overlay, what = name.partition(".overlay.")
            if not overlay:
                continue
            if what == "redirect":
                raise RouteRefusedError(f"{path} is a directory that was renamed in place")
            if what == "opaque":
                value = os.getxattr(descriptor, name)
                if value == b"x":
                    raise RouteRefusedError(f"{path} has deletions in a form not known here")
                return value == b"y"
        return False

    # -- descriptors -----------------------------------------------------------------------------

    def _let_go(self) -> None:
        far = len(self._levels) - 1 - _HELD
        if far >= _HELD and self._levels[far].tops is not None:
            _close(self._levels[far])

    def _reopen(self, level: _Level) -> None:
        """Find the way back down to a directory whose descriptors were given up."""
        known = self._levels[_HELD - 1]
        names = level.path[len(known.path) :].strip("/").split("/")
        assert known.tops is not None
        current = [os.dup(descriptor) for descriptor in known.tops]
        walked = known.path
        for name in names:
            step = _Level(walked, current, [], cut=False)
            walked = f"{walked}/{name}"
            try:
                current, _ = self._open(step, name, walked)
            finally:
                _close(step)
        if not current:
            self._sight.miss(f"{level.path} was moved while it was read")
        level.tops = current


def _entries(descriptor: int) -> Iterator["os.DirEntry[str]"]:
    with os.scandir(descriptor) as entries:
        yield from entries


def _close(level: _Level) -> None:
    if level.tops is not None:
        _close_all(level.tops)
    level.tops = None


def _close_all(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _record(
    path: str, kind: FileType, status: os.stat_result, *, target: str | None = None
) -> FileRecord:
    return FileRecord(
        path,
        kind,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        mtime=status.st_mtime,
        target=target,
    )


def _target(tops: Sequence[int], name: str) -> str | None:
    for descriptor in tops:
        try:
            return os.readlink(name, dir_fd=descriptor)
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def _is_whiteout(status: os.stat_result) -> bool:
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def _owned(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)


def _lstat(base: str, name: str) -> os.stat_result | None:
    try:
        return os.lstat(f"{base}/{name}")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RouteRefusedError(f"a layer of the image cannot be read: {error}") from error


def _in_base(bases: Sequence[str], name: str) -> os.stat_result | None:
    for base in bases:
        status = _lstat(base, name)
        if status is not None:
            return None if _is_whiteout(status) else status
    return None


def _below(bases: Sequence[str], name: str) -> tuple[list[str], os.stat_result | None]:
    """A directory's part in each base layer, and what the base shows of it."""
    found: list[str] = []
    shown = None
    for base in bases:
        status = _lstat(base, name)
        if status is None:
            continue
        if not stat.S_ISDIR(status.st_mode):
            break
        path = f"{base}/{name}"
        found.append(path)
        shown = shown or status
        if _base_opaque(path):
            break
    return found, shown


def _base_opaque(path: str) -> bool:
    for name in os.listxattr(path, follow_symlinks=False):
        if name.endswith(".overlay.opaque"):
            return os.getxattr(path, name, follow_symlinks=False) == b"y"
    return False
