"""The engine's diff, and a HEAD for each name that may be a file: works everywhere, runs nothing.

Sees names, types, sizes, modes and times. Cannot see allocation, owners, what mounts hide, layers
committed by a remount, names that are not UTF-8, or whether a directory that holds changes had its
own owner or mode changed. Hard links and unlisted copies (a chmod to the same mode) it infers from
the engine's own sum of the writable layer: the scan is complete only where the two agree. Engines
that sum disk usage instead of sizes (podman, and docker with containerd's store) leave it open.

On a box that does not run, new directories are read as archives instead: their tar headers also
tell owners, hard links and names that are not UTF-8. (On a running box that would lock it.)
"""

import stat
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from itertools import chain

from boxtui.errors import EngineError, NotFoundError
from boxtui.model.container import BASE_ID_LABEL
from boxtui.model.ports import PathStat, Reads
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.archive_headers import archive_records
from boxtui.persistence.diff_list import Listed, depth_first, listed
from boxtui.persistence.errand import Errand

MOST_HEADS = 40_000
"""Names asked for by themselves, at some 0.4 ms each; if there are more, none is: the sums could
not be whole, and it would take minutes."""

_AT_ONCE = 8
_WINDOW = 512
_BEYOND_UTF8 = "\N{REPLACEMENT CHARACTER}"

_LOOP = PathStat("", 0, stat.S_IFLNK | 0o777, 0.0, "")
"""What is known of a link that leads in a circle."""

_MOST_TARGET = 4095

_SIZES_SUMMED = frozenset({"overlay2", "overlay", "aufs", "fuse-overlayfs", "vfs"})
"""Docker's storage drivers that sum the sizes of files, an inode once."""

_Pending = Callable[[], list[FileRecord]]


class DiffRoute:
    """Iterate for the records, depth first."""

    def __init__(self, errand: Errand, *, archives: bool = False) -> None:
        self._engine = errand.engine
        self._id = errand.container.id
        self._committed = BASE_ID_LABEL in errand.container.labels
        self._boundary = errand.boundary
        self._watch = errand.watch
        self._sight = errand.sight
        self._archives = archives
        self._summed = not errand.info.podman and errand.info.storage_driver in _SIZES_SUMMED
        self._link_bytes = 0
        self._loops = 0

    def __iter__(self) -> Iterator[FileRecord]:
        if self._committed:
            self._sight.miss("layers committed by a remount")
        lines = self._lines()
        few, asked = [], 0
        for line in lines:
            few.append(line)
            asked += self._askable(line)
            if asked > MOST_HEADS:
                return self._names_alone(chain(few, lines))
        return iter(self._asked(few))

    def _asked(self, lines: list[Listed]) -> list[FileRecord]:
        before = written_bytes(self._engine, self._id)
        records = [record for records in self._answers(lines) for record in records]
        after = written_bytes(self._engine, self._id)
        records = self._checked(records, before, after)
        records.sort(key=lambda record: depth_first(record.path))
        return records

    def _names_alone(self, lines: Iterable[Listed]) -> Iterator[FileRecord]:
        """Too many to ask for: what the list alone tells, as it arrives."""
        self._sight.miss(f"the sizes of more than {MOST_HEADS} files")
        for line in lines:
            yield from self._unasked(line)()

    # -- asking ----------------------------------------------------------------------------------

    def _lines(self) -> Iterator[Listed]:
        """What counts of the list, without what an archive will tell."""
        covered = None
        for line in listed(self._engine.changes(self._id)):
            self._watch.name()
            path = line.path
            if self._boundary.runtime(path) or path in self._boundary.targets:
                continue
            if covered is not None and path.startswith(covered) and not self._hidden(line):
                continue
            covered = f"{path}/" if self._archivable(line) else None
            yield line

    def _hidden(self, line: Listed) -> bool:
        return self._boundary.shadow(line.path) is not None

    def _archivable(self, line: Listed) -> bool:
        return self._archives and line.kind == "A" and line.holds and not self._hidden(line)

    def _askable(self, line: Listed) -> bool:
        if line.kind == "D" or line.holds or _BEYOND_UTF8 in line.path:
            return False
        return not self._hidden(line)

    def _answers(self, lines: Iterable[Listed]) -> Iterator[list[FileRecord]]:
        """Records in the order of the list, with several questions under way at once."""
        waiting: deque[_Pending] = deque()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            try:
                for line in lines:
                    self._watch.name()
                    waiting.append(self._question(line, pool))
                    if len(waiting) > _WINDOW:
                        yield waiting.popleft()()
                while waiting:
                    self._watch.check()
                    yield waiting.popleft()()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _question(self, line: Listed, pool: ThreadPoolExecutor) -> _Pending:
        if self._archivable(line):
            return self._archive(line.path)
        if self._askable(line):
            return self._answer(line, pool.submit(self._head, line.path))
        return self._unasked(line)

    def _archive(self, path: str) -> _Pending:
        def read() -> list[FileRecord]:
            stream = self._engine.get_archive(self._id, path)
            records = list(archive_records(stream, path, self._boundary, self._watch))
            self._link_bytes += sum(_length(record) for record in records)
            return records

        return read

    def _head(self, path: str) -> PathStat | None:
        try:
            return self._engine.stat_path(self._id, path)
        except NotFoundError:
            return None  # removed meanwhile; a removed box is told of at the end
        except EngineError as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            # the engine follows links to say where they lead, and fails on a loop
            return _LOOP

    def _answer(self, line: Listed, asked: "Future[PathStat | None]") -> _Pending:
        def read() -> list[FileRecord]:
            status = asked.result()
            if status is None:
                return []
            record = record_of(line.path, status)
            if record.type is FileType.DIR and line.gaps and line.kind == "C":
                return []  # listed for the sake of what was deleted in it
            if status is _LOOP:
                self._loops += 1
            elif record.type is FileType.LINK:
                self._link_bytes += status.size
            return [record]

        return read

    def _unasked(self, line: Listed) -> _Pending:
        if line.kind == "D":
            return lambda: [FileRecord(line.path, FileType.DELETED)]
        if line.holds:
            # what is listed as changed with changes in it is so, most often, for their sake
            return lambda: [FileRecord(line.path, FileType.DIR)] if line.kind == "A" else []
        if self._hidden(line):
            self._sight.miss("what is hidden by mounts")
        elif _BEYOND_UTF8 in line.path:
            self._sight.miss("names that are not UTF-8")
        return lambda: [FileRecord(line.path, FileType.FILE)]

    # -- checking --------------------------------------------------------------------------------

    def _checked(
        self, records: list[FileRecord], before: int | None, after: int | None
    ) -> list[FileRecord]:
        """The records, hard links counted once, if that explains the engine's own sum."""
        if not self._summed or before is None or after is None:
            self._sight.miss("hard links, and copies that the diff does not list")
            return records
        if self._loops:
            self._sight.miss("how long links are that lead in a circle")
        low = min(before, after) - self._link_bytes - _MOST_TARGET * self._loops
        high = max(before, after) - self._link_bytes - self._loops
        counted = _bytes(records)
        if counted > high:
            records = _linked(records, counted - high)
            counted = _bytes(records)
        if not low <= counted <= high and self._sight.complete:
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


def _bytes(records: list[FileRecord]) -> int:
    return sum(record.bytes or 0 for record in records)


def _length(record: FileRecord) -> int:
    """What a link adds to the engine's sum."""
    return len((record.target or "").encode(errors="surrogateescape"))


def _linked(records: list[FileRecord], excess: int) -> list[FileRecord]:
    """The records, with files alike in size, time and mode taken for one inode.

    Only as many as explain the excess, large ones first: clocks are coarse, so that small files
    made one after another are alike without being one. The sum is right whichever are taken.
    """
    alike: dict[tuple[int, float | None, int | None], list[int]] = {}
    for index, record in enumerate(records):
        if record.type is FileType.FILE and record.bytes:
            alike.setdefault((record.bytes, record.mtime, record.mode), []).append(index)
    result = list(records)
    for (size, _, _), indexes in sorted(alike.items(), key=lambda item: -item[0][0]):
        for index in indexes[1:]:
            if size <= excess:
                excess -= size
                result[index] = replace(records[index], bytes=0)
    return result
