"""The engine's diff, and a HEAD for each name that may be a file: works everywhere, runs nothing.

Sees names, types, sizes, modes and times. Cannot see allocation, owners, what mounts hide, layers
committed by a remount, names that are not UTF-8, or whether a directory that holds changes had its
own owner or mode changed. Hard links and unlisted copies (a chmod to the same mode) it infers from
the engine's own sum of the writable layer: the scan is complete only where the two agree.
"""

import stat
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from boxtui.errors import NotFoundError
from boxtui.model.container import BASE_ID_LABEL, Container
from boxtui.model.ports import Engine, PathStat, Reads
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.diff_list import Listed, listed
from boxtui.persistence.watching import Sight, Watch

MOST_HEADS = 50_000
"""Names asked for by themselves; at some 0.4 ms each."""

_AT_ONCE = 8
_WINDOW = 512
_BEYOND_UTF8 = "\N{REPLACEMENT CHARACTER}"


class DiffRoute:
    """Iterate for the records."""

    def __init__(
        self, engine: Engine, container: Container, boundary: Boundary, watch: Watch, sight: Sight
    ) -> None:
        self._engine = engine
        self._container = container
        self._boundary = boundary
        self._watch = watch
        self._sight = sight
        self._heads = 0
        self._measured = 0

    def __iter__(self) -> Iterator[FileRecord]:
        if BASE_ID_LABEL in self._container.labels:
            self._sight.miss("layers committed by a remount")
        before = written_bytes(self._engine, self._container.id)
        records = list(self._records())
        after = written_bytes(self._engine, self._container.id)
        yield from self._checked(records, before, after)

    # -- asking ----------------------------------------------------------------------------------

    def _records(self) -> Iterator[FileRecord]:
        waiting: deque[tuple[Listed, Future[PathStat | None] | None]] = deque()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                for line in listed(self._engine.changes(self._container.id)):
                    self._watch.name()
                    if self._boundary.runtime(line.path) or line.path in self._boundary.targets:
                        continue
                    wanted = self._wanted(line)
                    waiting.append((line, pool.submit(self._head, line.path) if wanted else None))
                    if len(waiting) > _WINDOW:
                        yield from self._record(*waiting.popleft())
                while waiting:
                    self._watch.check()
                    yield from self._record(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _wanted(self, line: Listed) -> bool:
        if line.kind == "D" or line.holds or _BEYOND_UTF8 in line.path:
            return False
        if self._boundary.shadow(line.path) is not None:
            return False
        self._heads += 1
        return self._heads <= MOST_HEADS

    def _head(self, path: str) -> PathStat | None:
        try:
            return self._engine.stat_path(self._container.id, path)
        except NotFoundError:
            return None  # removed meanwhile; a removed box is told of at the end

    def _record(self, line: Listed, asked: Future[PathStat | None] | None) -> Iterator[FileRecord]:
        if line.kind == "D":
            yield FileRecord(line.path, FileType.DELETED)
        elif line.holds:
            # what is listed as changed with changes in it is so, most often, for their sake
            if line.kind == "A":
                yield FileRecord(line.path, FileType.DIR)
        elif asked is None:
            yield self._unmeasured(line)
        elif (status := asked.result()) is not None:
            yield self._seen(line, status)

    def _unmeasured(self, line: Listed) -> FileRecord:
        if _BEYOND_UTF8 in line.path:
            self._sight.miss("names that are not UTF-8")
        elif self._boundary.shadow(line.path) is not None:
            self._sight.miss("what is hidden by mounts")
        else:
            self._sight.miss(f"the sizes of more than {MOST_HEADS} files")
        return FileRecord(line.path, FileType.FILE)

    def _seen(self, line: Listed, status: PathStat) -> FileRecord:
        return record_of(line.path, status)

    # -- checking --------------------------------------------------------------------------------

    def _checked(
        self, records: list[FileRecord], before: int | None, after: int | None
    ) -> Iterable[FileRecord]:
        """The records, hard links counted once, if that explains the engine's own sum."""
        if before is None or after is None:
            self._sight.miss("whether there are copies that the diff does not list")
            return records
        low, high = min(before, after), max(before, after)
        counted = sum(record.bytes or 0 for record in records)
        if low <= counted <= high or not self._sight.complete:
            return records
        if counted > high:
            linked = _linked(records)
            once = sum(record.bytes or 0 for record in linked)
            if low <= once <= high:
                return linked
        self._sight.miss("files that the diff does not list, or hard links")
        return records


def written_bytes(engine: Reads, container_id: str) -> int | None:
    """The engine's own sum of the writable layer: sizes of files and links, an inode once."""
    size = engine.raw("container", container_id, size=True).get("SizeRw")
    return size if isinstance(size, int) else None


def record_of(path: str, status: PathStat) -> FileRecord:
    """What HEAD tells of a name."""
    size = target = None
    if stat.S_ISREG(status.mode):
        kind, size = FileType.FILE, status.size
    elif stat.S_ISLNK(status.mode):
        kind, target = FileType.LINK, status.link_target
    else:
        kind = FileType.DIR if stat.S_ISDIR(status.mode) else FileType.OTHER
    return FileRecord(
        path, kind, size, mode=stat.S_IMODE(status.mode), mtime=status.mtime, target=target
    )


def _linked(records: list[FileRecord]) -> list[FileRecord]:
    """The records, where files alike in size, time and mode are taken for one inode."""
    seen: set[tuple[int | None, float | None, int | None]] = set()
    result = []
    for record in records:
        alike = (record.bytes, record.mtime, record.mode)
        if record.type is FileType.FILE and record.bytes:
            if alike in seen:
                result.append(replace(record, bytes=0))
                continue
            seen.add(alike)
        result.append(record)
    return result
