"""A tar stream read as it passes by: its entries, and whether it is whole.

The engine answers 200 and may still cut an archive short, so every stream is walked to its two
zero blocks. Headers are read by hand because `tarfile` needs a seekable or a blocking file and
costs several times as much for each small file. ustar, pax (with GNU's sparse records) and GNU's
long names are read: what GNU tar and the engines write.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import adler32

from boxtui.errors import DamagedError, UnsafeArchiveError

BLOCK = 512
_ZERO = bytes(BLOCK)
_MAX_HEADER_DATA = 8 << 20
"""Bytes of extended headers for one entry; more is an attack on memory."""
_EXTENDED = {b"x", b"g", b"L", b"K"}


@dataclass(slots=True)
class TarEntry:
    """One name in a tar; `size` is what a reader of the restored file would see."""

    name: str
    type: str
    """One of file, dir, link, hardlink, char, block, fifo."""
    size: int
    mode: int
    uid: int
    gid: int
    mtime: float
    target: str = ""
    xattrs: tuple[str, ...] = ()
    sparse: bool = False
    """Whether a map of holes precedes its data."""


_TYPES = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"1": "hardlink",
    b"2": "link",
    b"3": "char",
    b"4": "block",
    b"5": "dir",
    b"6": "fifo",
}


@dataclass(slots=True)
class TarWalk:
    """Feed it the stream in pieces of any size; `on_entry` sees each entry once.

    Without `on_entry` it counts only, at a third of the cost: enough for a stream just made.
    """

    on_entry: Callable[[TarEntry], None] | None
    what: str
    """Named in errors, such as "part phantom_state"."""
    on_data: Callable[[bytes], None] | None = None
    """Sees what follows the last entry, padded to whole blocks."""
    entries: int = 0
    content: int = 0
    """Bytes of the regular files."""
    _rest: bytes = b""
    _skip: int = 0
    _zeros: int = 0
    _pending: bytes = b""
    _pax: dict[bytes, bytes] = field(default_factory=dict)
    _global: dict[bytes, bytes] = field(default_factory=dict)

    def feed(self, data: bytes) -> None:
        """Take the next bytes; DamagedError where they are no tar."""
        start, end = 0, len(data)
        if self._skip >= end and not self._rest:
            self._skip -= end
            if self.on_data:
                self.on_data(data)
            return
        if self._rest:
            data, end, self._rest = self._rest + data, len(self._rest) + end, b""
        while True:
            if self.on_data and self._skip:
                self.on_data(data[start : start + self._skip])
            start += self._skip
            if start >= end:
                self._skip = start - end
                return
            self._skip = 0
            used = self._block(data, start, end)
            if not used:
                self._rest = data[start:]
                return
            start += used

    def finish(self) -> None:
        """Say that the stream is over; DamagedError unless it ended with its two zero blocks."""
        if self._zeros < 2 or self._skip or self._rest:
            raise self._damaged("ends in the middle")

    def _block(self, data: bytes, start: int, end: int) -> int:
        """Read one header (with its data, where it is an extended one); 0 if it is not all here."""
        if end - start < BLOCK:
            return 0
        header = data[start : start + BLOCK]
        if self._zeros or header == _ZERO:
            return self._trailer(header)
        kind = header[156:157]
        size = self._number(header[124:136])
        if kind in _EXTENDED:
            padded = _padded(size)
            if padded > _MAX_HEADER_DATA:
                raise UnsafeArchiveError(f"{self.what} has an extended header of {size} bytes")
            if end - start < BLOCK + padded:
                return 0
            self._check(header)
            body = data[start + BLOCK : start + BLOCK + size]
            self._extend(kind, body)
            return BLOCK + padded
        self._check(header)
        self._entry(header, kind, size)
        return BLOCK

    def _trailer(self, header: bytes) -> int:
        if header != _ZERO:
            raise self._damaged("has data after its end")
        self._zeros += 1
        return BLOCK

    def _check(self, header: bytes) -> None:
        # the low half of Adler-32 is one more than the sum of all bytes, modulo 65521, in C
        stated = header[148:156]
        expected = 1 + self._number(stated) + sum(stated) - 8 * 32
        if adler32(header) & 0xFFFF != expected % 65521:
            raise self._damaged("has a header that does not match its checksum")

    def _extend(self, kind: bytes, body: bytes) -> None:
        if self.on_entry is None and b"size=" not in body:
            return
        if kind == b"x":
            self._pax.update(self._records(body))
        elif kind == b"g":
            self._global.update(self._records(body))
        elif kind == b"L":
            self._pax[b"path"] = body.rstrip(b"\0")
        else:
            self._pax[b"linkpath"] = body.rstrip(b"\0")

    def _records(self, body: bytes) -> dict[bytes, bytes]:
        records: dict[bytes, bytes] = {}
        position = 0
        while position < len(body):
            space = body.find(b" ", position, position + 12)
            if space < 0 or not body[position:space].isdigit():
                raise self._damaged("has a garbled pax header")
            end = position + int(body[position:space])
            key, equals, value = body[space + 1 : end - 1].partition(b"=")
            if end <= space or end > len(body) or not equals:
                raise self._damaged("has a garbled pax header")
            records[key] = value
            position = end
        return records

    def _entry(self, header: bytes, kind: bytes, size: int) -> None:
        pax = self._pax
        if pax or self._global:
            pax, self._pax = {**self._global, **pax}, {}
            size = self._decimal(pax, b"size", size)
        type_ = _TYPES.get(kind)
        if type_ is None:
            raise self._damaged(f"has an entry of unknown type {kind!r}")
        if type_ in {"file", "hardlink"}:
            # pax allows a hard link to carry the content again; GNU tar and Go write none
            self._skip = _padded(size)
        real = pax.get(b"GNU.sparse.realsize") or pax.get(b"GNU.sparse.size")
        content = (int(real) if real and real.isdigit() else size) if type_ == "file" else 0
        self.entries += 1
        self.content += content
        if self.on_entry is None:
            return
        name = pax.get(b"GNU.sparse.name") or pax.get(b"path") or _ustar_name(header)
        self.on_entry(
            TarEntry(
                name=_text(name),
                type=type_,
                size=content,
                mode=self._number(header[100:108]) & 0o7777,
                uid=self._decimal(pax, b"uid", self._number(header[108:116])),
                gid=self._decimal(pax, b"gid", self._number(header[116:124])),
                mtime=self._time(pax, header),
                target=_text(pax.get(b"linkpath") or header[157:257].split(b"\0", 1)[0]),
                xattrs=tuple(_text(k[13:]) for k in pax if k.startswith(b"SCHILY.xattr.")),
                sparse=real is not None,
            )
        )

    def _time(self, pax: dict[bytes, bytes], header: bytes) -> float:
        stated = pax.get(b"mtime")
        if stated is None:
            return float(self._number(header[136:148]))
        try:
            return float(stated)
        except ValueError:
            raise self._damaged("has a garbled time") from None

    def _decimal(self, pax: dict[bytes, bytes], key: bytes, otherwise: int) -> int:
        stated = pax.get(key)
        if stated is None:
            return otherwise
        if not stated.isdigit():
            raise self._damaged(f"has a garbled {key.decode()}")
        return int(stated)

    def _number(self, field_: bytes) -> int:
        """Read octal digits, or GNU's big-endian form where the first bit is set."""
        if field_[0] & 0x80:
            value = int.from_bytes(field_, "big") - (0x80 << 8 * (len(field_) - 1))
            return -1 if field_[0] == 0xFF else value  # GNU's mark of a negative
        digits = field_.strip(b" \0")
        if not digits:
            return 0
        try:
            return int(digits, 8)
        except ValueError:
            raise self._damaged("has a garbled header") from None

    def _damaged(self, why: str) -> DamagedError:
        return DamagedError(f"{self.what} {why}")


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _ustar_name(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    if header[257:263] == b"ustar\0":
        prefix = header[345:500].split(b"\0", 1)[0]
        if prefix:
            return prefix + b"/" + name
    return name
