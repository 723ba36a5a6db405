"""One part on disk: a zstd-compressed tar, written and read as a stream with its SHA-256."""

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import zstandard

from boxtui.backups.tarstream import TarEntry, TarWalk
from boxtui.errors import DamagedError, UnsafeArchiveError
from boxtui.model.backup import Part, PartKind

BLOCK = 1 << 20
_LEVEL = 3
_QUEUED = 8
"""Blocks between the reader of a source and the compressor."""


class PartWriter:
    """Compress, hash and write one part in a thread of its own, behind a bounded queue.

    The thread lets the source be read while the last block is compressed: zlib-like work releases
    the interpreter's lock. An error of the thread (a full disk) is raised by write() or close().
    """

    def __init__(self, path: Path, *, name: str, kind: PartKind, source: str) -> None:
        self._path = path
        self._name, self._kind, self._source = name, kind, source
        self._tar_bytes = 0
        self._stored_bytes = 0
        self._sha256 = hashlib.sha256()
        self._failure: BaseException | None = None
        self._walk = TarWalk(None, f"the archive of {source}")
        self._blocks: queue.Queue[bytes | None] = queue.Queue(_QUEUED)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._arriving = iter(self._blocks.get, None)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        self._thread = threading.Thread(target=self._run, name=f"part-{name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def files(self) -> int:
        """Names of every type written, once closed."""
        return self._walk.entries

    @property
    def content_bytes(self) -> int:
        """Bytes of the regular files written, once closed."""
        return self._walk.content

    def write(self, block: bytes) -> None:
        """Queue the next bytes of the tar; waits while the compressor is behind."""
        if self._failure:
            self.close()
        self._blocks.put(block)

    def close(self) -> Part:
        """Finish, sync to the disk, and say what was written; DamagedError if the tar was cut."""
        self._end()
        if self._failure:
            raise self._failure
        return Part(
            name=self._name,
            kind=self._kind,
            source=self._source,
            file=self._path.name,
            sha256=self._sha256.hexdigest(),
            bytes=self._tar_bytes,
            stored_bytes=self._stored_bytes,
        )

    def _end(self) -> None:
        if self._thread.is_alive():
            self._blocks.put(None)
        self._thread.join()
        self._file.close()

    def _run(self) -> None:
        try:
            self._compress()
        except BaseException as error:  # noqa: BLE001 - raised again by write() or close()
            self._failure = error
            for _ in self._arriving:
                pass

    def _compress(self) -> None:
        threads = os.cpu_count() or 1
        settings = zstandard.ZstdCompressor(level=_LEVEL, threads=threads, write_checksum=True)
        stream = settings.compressobj()
        for block in self._arriving:
            self._tar_bytes += len(block)
            self._walk.feed(block)
            self._store(stream.compress(block))
        self._store(stream.flush())
        self._walk.finish()
        os.fsync(self._file.fileno())

    def _store(self, data: bytes) -> None:
        view = memoryview(data)
        self._sha256.update(view)
        self._stored_bytes += len(view)
        while view:
            view = view[self._file.write(view) :]


def read_part(folder: Path, part: Part) -> Iterator[bytes]:
    """Give the tar of a part in blocks; DamagedError if the file is not what the manifest says.

    The checksum covers the whole file and so is known at the end only: consume all before acting
    on it, or verify first.
    """
    digest = hashlib.sha256()
    stored = total = 0
    decoder = zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
    try:
        with (folder / part.file).open("rb") as file:
            while data := file.read(BLOCK):
                stored += len(data)
                digest.update(data)
                for block in _decoded(decoder, data, part):
                    total += len(block)
                    if total > part.bytes:
                        raise UnsafeArchiveError(f"part {part.name} unpacks to more than it states")
                    yield block
    except FileNotFoundError:
        raise DamagedError(f"part {part.name} is missing ({part.file})") from None
    if stored != part.stored_bytes:
        raise DamagedError(
            f"part {part.name} has {stored} bytes, the manifest says {part.stored_bytes}"
        )
    if digest.hexdigest() != part.sha256:
        raise DamagedError(f"part {part.name} does not match its checksum")
    if total != part.bytes:
        raise DamagedError(f"part {part.name} unpacks to {total} bytes, not {part.bytes}")


def _decoded(decoder: "zstandard.ZstdDecompressionObj", data: bytes, part: Part) -> Iterator[bytes]:
    """Decompress in small pieces of input, so that a bomb is seen before it fills the memory."""
    piece = 64 << 10
    for start in range(0, len(data), piece):
        try:
            block = decoder.decompress(data[start : start + piece])
        except zstandard.ZstdError as error:
            raise DamagedError(f"part {part.name} is damaged: {error}") from error
        if block:
            yield block


def walk_part(
    folder: Path,
    part: Part,
    on_entry: Callable[[TarEntry], None],
    on_bytes: Callable[[int], None] | None = None,
) -> None:
    """Read a part to its end and see every entry; DamagedError if anything in it is wrong."""
    walk = TarWalk(on_entry, f"part {part.name}")
    for block in read_part(folder, part):
        walk.feed(block)
        if on_bytes:
            on_bytes(len(block))
    walk.finish()
