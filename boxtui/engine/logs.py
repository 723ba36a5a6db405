"""A box's log as lines: taken out of the engine's frames, joined, bounded, told apart.

An engine keeps a long line in pieces of 16 KiB; each comes in a frame of its own, with a stamp of
its own, and only the last ends with a line feed. A box with a terminal has no frames.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

from boxtui.engine import faults
from boxtui.engine.reads import EngineReads, quoted, shown
from boxtui.engine.streams import Body
from boxtui.errors import EngineError
from boxtui.model.log import MOST_BYTES, LogLine
from boxtui.model.ports import LogStream

_HEADER = struct.Struct(">BxxxL")
_STDERR, _ENGINES_OWN = 2, 3
_BIGGEST_FRAME = 1 << 20
"""Bytes of a frame that are looked at: no engine's is as big, and what lies may claim 4 GiB."""
_STAMP_CELLS = 36
"""The longest stamp with its blank."""


class EngineLogs(EngineReads):
    """Answers `ports.Logs` over HTTP."""

    def logs(
        self,
        ref: str,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        tail: int | None = None,
        timestamps: bool = True,
        follow: bool = False,
    ) -> LogStream:
        """Lines in the order the engine gives them."""
        doing = f"read the log of {shown(ref)}"
        has_terminal = bool(self.raw("container", ref).get("Config", {}).get("Tty"))
        params = {
            "stdout": True,
            "stderr": True,
            "since": _seconds(since_ns),
            "until": _seconds(until_ns),
            "tail": "all" if tail is None else tail,
            "timestamps": timestamps,
            "follow": follow,
        }
        path = f"/containers/{quoted(ref)}/logs"
        answer = self._wire.request("GET", path, doing=doing, params=params, stream=True)
        body = Body(answer, self._wire.endpoint)
        reader = Raw(stamped=timestamps) if has_terminal else Framed(doing, stamped=timestamps)
        return Lines(body, reader, self, ref if follow else None)


class Reader(Protocol):
    """Takes chunks, cut anywhere; gives whole lines."""

    def feed(self, data: bytes) -> list[LogLine]: ...
    def finish(self) -> list[LogLine]:
        """Give what has no end of line."""


class Lines:
    """Lines in batches as they arrive, until close(), or until the box ends."""

    def __init__(
        self, body: Body, reader: Reader, reads: EngineReads, followed: str | None
    ) -> None:
        self._body, self._reader = body, reader
        self._reads, self._followed = reads, followed

    def __iter__(self) -> Iterator[list[LogLine]]:
        with self._body as body:
            while data := body.read_some():
                if lines := self._reader.feed(data):
                    yield lines
            if body.closed:
                return
            if lines := self._reader.finish():
                yield lines
            if self._followed is not None:
                self._ask_why(self._followed)

    def close(self) -> None:
        """End it; a thread that waits for the next line goes on at once."""
        self._body.close()

    def _ask_why(self, ref: str) -> None:
        """Raise where the box still runs: an engine that goes down ends its answers in good order.

        Where it has been started again meanwhile there is more to follow, too.
        """
        if self._reads.inspect_container(ref).running:
            endpoint = self._reads._wire.endpoint  # noqa: SLF001 - of one room
            raise faults.lost(endpoint, "the engine ended its stream of log lines")


class _Joined:
    """The pieces of one line so far, never more than MOST_BYTES of them."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._stamp = b""
        self._cut = False
        self.begun = False

    def add(self, data: bytes, stamp: bytes = b"") -> None:
        if not self.begun:
            self.begun, self._stamp = True, stamp
        room = MOST_BYTES - len(self._data)
        self._cut = self._cut or len(data) > room
        self._data += data[:room]

    def take(self, *, stderr: bool) -> LogLine:
        line = LogLine(bytes(self._data), stderr, self._stamp, self._cut)
        self._data.clear()
        self._stamp, self._cut, self.begun = b"", False, False
        return line


class Framed:
    """Of a box without a terminal: a frame is a line, or a piece of one."""

    def __init__(self, doing: str, *, stamped: bool) -> None:
        self._doing, self._stamped = doing, stamped
        self._pending = b""
        self._skip = 0
        self._open = {False: _Joined(), True: _Joined()}

    def feed(self, data: bytes) -> list[LogLine]:
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        data = self._pending + data
        lines: list[LogLine] = []
        at, end = 0, len(data)
        while end - at >= _HEADER.size:
            stream, size = _HEADER.unpack_from(data, at)
            if stream > _ENGINES_OWN:
                raise EngineError(f"could not {self._doing}: the engine's answer makes no sense")
            start, kept = at + _HEADER.size, min(size, _BIGGEST_FRAME)
            if end - start < kept:
                break
            self._take(stream, data[start : start + kept], lines)
            at = start + size
            if at > end:
                self._skip, at = at - end, end
        self._pending = data[at:]
        return lines

    def finish(self) -> list[LogLine]:
        return [pieces.take(stderr=err) for err, pieces in self._open.items() if pieces.begun]

    def _take(self, stream: int, frame: bytes, lines: list[LogLine]) -> None:
        if stream == _ENGINES_OWN:
            words = frame.decode(errors="replace").strip()
            raise EngineError(f"could not {self._doing}", reason=words)
        stderr = stream == _STDERR
        stamp, frame = _stamp_of(frame) if self._stamped else (b"", frame)
        pieces = self._open[stderr]
        if not pieces.begun and len(frame) <= MOST_BYTES and frame.find(b"\n") == len(frame) - 1:
            # nearly every frame there is
            lines.append(LogLine(_chomped(frame[:-1]), stderr, stamp))
            return
        *whole, rest = frame.split(b"\n")
        for part in whole:
            pieces.add(part, stamp)
            lines.append(pieces.take(stderr=stderr))
        if rest:
            pieces.add(rest, stamp)


class Raw:
    """Of a box with a terminal: bytes as the terminal gave them, with a stamp before each line."""

    def __init__(self, *, stamped: bool) -> None:
        self._stamped = stamped
        self._line = _Joined()
        self._head = b""
        """The begin of a line that may be a part of its stamp."""

    def feed(self, data: bytes) -> list[LogLine]:
        lines: list[LogLine] = []
        *whole, rest = data.split(b"\n")
        for part in whole:
            self._add(part, ended=True)
            line = self._line.take(stderr=False)
            lines.append(line._replace(data=_chomped(line.data)))
        if rest:
            self._add(rest, ended=False)
        return lines

    def finish(self) -> list[LogLine]:
        if not self._line.begun and not self._head:
            return []
        self._add(b"", ended=True)
        return [self._line.take(stderr=False)]

    def _add(self, part: bytes, *, ended: bool) -> None:
        if self._line.begun or not self._stamped:
            self._line.add(part)
            return
        part, self._head = self._head + part, b""
        if not ended and len(part) < _STAMP_CELLS and b" " not in part:
            self._head = part
            return
        stamp, text = _stamp_of(part)
        self._line.add(text, stamp)


def _stamp_of(data: bytes) -> tuple[bytes, bytes]:
    stamp, blank, rest = data.partition(b" ")
    if blank and stamp[10:11] == b"T" and len(stamp) < _STAMP_CELLS:
        return stamp, rest
    return b"", data


def _chomped(data: bytes) -> bytes:
    return data[:-1] if data.endswith(b"\r") else data


def _seconds(moment_ns: int | None) -> str | None:
    return None if moment_ns is None else f"{moment_ns // 10**9}.{moment_ns % 10**9:09d}"
