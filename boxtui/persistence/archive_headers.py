"""The headers of a tar that the engine makes of a directory in a box that does not run."""

import io
import posixpath
import tarfile
from collections.abc import Iterator

from boxtui.errors import EngineError
from boxtui.model.ports import ByteStream
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.errand import Watch


class _Reader(io.RawIOBase):
    """A stream of chunks as a file to read from."""

    def __init__(self, stream: ByteStream) -> None:
        self._chunks = iter(stream)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = bytes(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def opened(stream: ByteStream) -> tarfile.TarFile:
    """The stream as a tar, to be read once and in order."""
    return tarfile.open(
        fileobj=io.BufferedReader(_Reader(stream), 1 << 20),
        mode="r|",
        encoding="utf-8",
        errors="surrogateescape",
    )


def archive_records(
    stream: ByteStream, path: str, boundary: Boundary, watch: Watch
) -> Iterator[FileRecord]:
    """Records of a directory and all in it, without what is mounted there."""
    parent = posixpath.dirname(path).rstrip("/")
    with stream:
        try:
            with opened(stream) as tar:
                for member in tar:
                    watch.name()
                    name = f"{parent}/{member.name.strip('/')}"
                    tar.members = []  # type: ignore[attr-defined]  # else every header is kept
                    if boundary.shadow(name) is None:
                        yield _record(name, member)
        except tarfile.TarError as error:
            raise EngineError(
                f"could not read {path}: the engine's archive makes no sense", reason=str(error)
            ) from error


def _record(path: str, member: tarfile.TarInfo) -> FileRecord:
    kind, size, target = FileType.OTHER, None, None
    if member.islnk():
        kind, size = FileType.FILE, 0  # its inode has been counted at its first name
    elif member.isreg():
        kind, size = FileType.FILE, member.size
    elif member.isdir():
        kind = FileType.DIR
    elif member.issym():
        kind, target = FileType.LINK, member.linkname
    return FileRecord(
        path,
        kind,
        size,
        mode=member.mode & 0o7777,
        uid=member.uid,
        gid=member.gid,
        mtime=float(member.mtime),
        target=target,
    )
