"""A tar as a stream of chunks, made while it is sent: hundreds of megabytes, never in memory."""

import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, a folder (`folder`) or a symbolic link (`link`); the path has no leading slash."""

    path: str
    content: bytes = b""
    mode: int = 0o644
    owner: int = 0
    mtime: float = 0.0
    link: str | None = None
    folder: bool = False


def stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Give the tar of these entries in their order: folders come before what is in them."""
    for entry in entries:
        yield _header(entry)
        if entry.content:
            yield entry.content
            yield b"\0" * (-len(entry.content) % BLOCK)
    yield b"\0" * (2 * BLOCK)


def with_folders(entries: Iterable[Entry], existing: Iterable[str] = ()) -> Iterator[Entry]:
    """Put the folders that are not `existing` before what lies in them, of the same owner."""
    known = {"", *existing}
    for entry in entries:
        parts = entry.path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            if path not in known:
                known.add(path)
                yield Entry(path, mode=0o755, owner=entry.owner, mtime=entry.mtime, folder=True)
        if entry.folder:
            if entry.path in known:
                continue
            known.add(entry.path)
        yield entry


def _header(entry: Entry) -> bytes:
    member = tarfile.TarInfo(entry.path)
    member.mode, member.mtime = entry.mode, entry.mtime
    member.uid = member.gid = entry.owner
    member.size = len(entry.content)
    if entry.folder:
        member.type = tarfile.DIRTYPE
    elif entry.link is not None:
        member.type, member.linkname = tarfile.SYMTYPE, entry.link
    return member.tobuf(tarfile.PAX_FORMAT)
