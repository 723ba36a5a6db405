"""The find that is run in a box or a helper, and what it prints: GNU's and BusyBox's."""

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.errand import RouteRefusedError

_GNU = r"%y\0%s\0%b\0%m\0%U\0%G\0%T@\0%i\0%n\0%C@\0%l\0%p\0"
_GNU_FIELDS = 12
_BUSYBOX = "%f|%s|%b|%a|%u|%g|%Y|%i|%h|%Z"
_BUSYBOX_FIELDS = 10
_BLOCK = 512
_KINDS = {"f": FileType.FILE, "d": FileType.DIR, "l": FileType.LINK}
_MODES = {stat.S_IFREG: FileType.FILE, stat.S_IFDIR: FileType.DIR, stat.S_IFLNK: FileType.LINK}
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One name that find has printed."""

    record: FileRecord
    inode: str
    links: int
    changed: float
    """st_ctime; whole seconds from BusyBox."""


def gnu_command(root: str, since: datetime | None) -> list[str]:
    """Print all beneath a root on its file system, fields ended by NUL."""
    newer = [] if since is None else ["-newerct", f"@{since.timestamp():.6f}"]
    return ["find", root, "-xdev", "-mindepth", "1", *newer, "-printf", _GNU]


def parse_gnu(pieces: Iterable[bytes]) -> Iterator[Found]:
    """Names as `gnu_command` prints them, wherever the output is cut."""
    fields: list[str] = []
    rest = b""
    for piece in pieces:
        whole, ended, rest = (rest + piece).rpartition(b"\0")
        if not ended:
            continue
        fields += os.fsdecode(whole).split("\0")
        complete = len(fields) - len(fields) % _GNU_FIELDS
        for start in range(0, complete, _GNU_FIELDS):
            yield _of_fields(fields[start : start + _GNU_FIELDS])
        del fields[:complete]
    if fields or rest:
        raise RouteRefusedError("find printed something that makes no sense")


def _of_fields(fields: list[str]) -> Found:
    kind, size, blocks, mode, uid, gid, mtime, inode, links, ctime, target, path = fields
    record = FileRecord(
        path,
        _KINDS.get(kind, FileType.OTHER),
        int(size) if kind == "f" else None,
        int(blocks) * _BLOCK if kind == "f" else None,
        int(mode, 8),
        int(uid),
        int(gid),
        float(mtime),
        target if kind == "l" else None,
    )
    return Found(record, inode, int(links), float(ctime))


def busybox_command(root: str, since: datetime | None, mark: str, now: datetime) -> list[str]:
    """The same for BusyBox, whose find cannot print fields, nor its stat every name.

    Each batch of names gives a line a name, then the names themselves, ended by NUL, then what
    links point to. Marks that nobody can guess part them: a name may hold any byte but NUL.
    """
    newer = ""
    if since is not None:
        # whole minutes: what is older than the box is sorted out afterwards
        newer = f"-cmin -{int((now - since).total_seconds() / _MINUTE) + 2}"
    batch = (
        f'stat -c "{_BUSYBOX}{mark}" "$@"; printf "%s" "{mark}"; printf "%s\\0" "$@"; '
        f'printf "%s" "{mark}"; for f; do if [ -L "$f" ]; then readlink "$f"; '
        f'printf "%s" "{mark}"; fi; done; printf "%s" "{mark}end{mark}"'
    )
    script = f"find \"$1\" -xdev -mindepth 1 {newer} -exec sh -c '{batch}' sh {{}} +"
    return ["sh", "-c", script, "sh", root]


def new_mark() -> str:
    """What no name in the box can hold."""
    return f"|{secrets.token_hex(16)}|"


def parse_busybox(pieces: Iterable[bytes], mark: str) -> Iterator[Found]:
    """Names as `busybox_command` prints them, wherever the output is cut."""
    end = f"{mark}end{mark}".encode()
    rest = bytearray()
    for piece in pieces:
        looked = max(0, len(rest) - len(end))
        rest += piece
        while (at := rest.find(end, looked)) >= 0:
            yield from _batch(os.fsdecode(bytes(rest[:at])), mark)
            del rest[: at + len(end)]
            looked = 0
    if rest:
        raise RouteRefusedError("the box's find or stat cannot print what is needed")


def _batch(text: str, mark: str) -> Iterator[Found]:
    # each line is ended by a mark of its own, so that the last mark before the names is a double
    lines, _, rest = text.rpartition(f"{mark}\n{mark}")
    names, *targets = rest.split(mark)
    paths = names.split("\0")[:-1]
    rows = [line.split("|", _BUSYBOX_FIELDS) for line in lines.split(f"{mark}\n")]
    if len(rows) != len(paths) or any(len(row) != _BUSYBOX_FIELDS for row in rows):
        raise RouteRefusedError("files vanished while the box's stat looked at them")
    told = iter(targets)
    for path, row in zip(paths, rows, strict=True):
        kind = _MODES.get(stat.S_IFMT(int(row[0], 16)), FileType.OTHER)
        target = next(told, "").removesuffix("\n") if kind is FileType.LINK else None
        yield _of_row(path, row, kind, target)


def _of_row(path: str, row: list[str], kind: FileType, target: str | None) -> Found:
    _, size, blocks, mode, uid, gid, mtime, inode, links, ctime = row
    regular = kind is FileType.FILE
    record = FileRecord(
        path,
        kind,
        int(size) if regular else None,
        int(blocks) * _BLOCK if regular else None,
        int(mode, 8),
        int(uid),
        int(gid),
        float(mtime),
        target,
    )
    return Found(record, inode, int(links), float(ctime))


def once(found: Iterable[Found]) -> Iterator[FileRecord]:
    """Records with the bytes of an inode counted at its first name."""
    seen: set[str] = set()
    for one in found:
        record = one.record
        if record.type is FileType.FILE and one.links > 1:
            if one.inode in seen:
                yield replace(record, bytes=0, allocated=0)
                continue
            seen.add(one.inode)
        yield record
