"""Answers that are read as they arrive, and can be given up at any time from any thread."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import requests
import urllib3.exceptions

from boxtui.engine import faults
from boxtui.errors import EngineError
from boxtui.model.ports import Change

if TYPE_CHECKING:
    from boxtui.engine.endpoint import Endpoint

CHUNK = 1 << 20
_KINDS = {0: "C", 1: "A", 2: "D"}
_BROKEN = (
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    requests.exceptions.RequestException,
    OSError,
    # what a reader meets whose socket or file another thread closes
    ValueError,
    AttributeError,
)


class Body:
    """The body of one answer, as bytes in chunks."""

    def __init__(self, answer: requests.Response, endpoint: "Endpoint") -> None:
        self._answer = answer
        self._endpoint = endpoint
        self._closed = threading.Event()

    def read(self, limit: int = CHUNK) -> bytes:
        """Up to `limit` bytes once there are that many, or the end (b"")."""
        return self._guarded(lambda: self._answer.raw.read(limit, decode_content=False))

    def read_some(self, limit: int = 65536) -> bytes:
        """What there is, at least one byte, or the end (b"")."""
        return self._guarded(lambda: self._answer.raw.read1(limit, decode_content=False))

    def __iter__(self) -> Iterator[bytes]:
        try:
            while chunk := self.read():
                yield chunk
        finally:
            self.close()

    @property
    def closed(self) -> bool:
        """Whether somebody gave it up."""
        return self._closed.is_set()

    def close(self) -> None:
        """Give the connection up; a reader in another thread sees the end at once."""
        if self._closed.is_set():
            return
        self._closed.set()
        # the file object is locked by a reader that waits in it: cut the socket beneath first
        # RuntimeError: it was read to its end, and its connection is back in the pool
        with contextlib.suppress(RuntimeError, *_BROKEN):
            self._answer.raw.shutdown()
        with contextlib.suppress(*_BROKEN):
            self._answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _guarded(self, read: Any) -> bytes:
        if self.closed:
            return b""
        try:
            data: bytes = read()
        except _BROKEN as error:
            if self._closed.is_set():
                return b""
            self.close()
            raise faults.lost(self._endpoint, faults.reason_of(error)) from error
        return data


def json_lines(body: Body, doing: str) -> Iterator[dict[str, Any]]:
    """Objects one after another, each as soon as it is whole."""
    decoder = json.JSONDecoder()
    pending = ""
    tail = b""
    while data := body.read_some():
        text, tail = _decoded(tail + data)
        pending += text
        at = 0
        while (start := _skip_space(pending, at)) < len(pending):
            try:
                entry, at = decoder.raw_decode(pending, start)
            except json.JSONDecodeError:
                break
            yield _object(entry, doing)
        pending = pending[at:]
        if "\n" in pending.strip():
            # engines write one object a line: this one will never be whole
            raise _nonsense(doing, pending)
    if (pending.strip() or tail) and not body.closed:
        raise _nonsense(doing, pending)


def changes(body: Body) -> Iterator[Change]:
    """Parse the engine's diff, a JSON list of small objects, in bounded memory.

    A quote within a string is always escaped, so that `},{"` can only stand between two objects.
    """
    doing = "read what the box has changed"
    pending = b""
    first = True
    with body:
        while data := body.read():
            pending += data
            cut = pending.rfind(b'},{"')
            if cut < 0:
                continue
            yield from _changes(_opened(pending[: cut + 1], first=first, doing=doing) + b"]", doing)
            pending, first = pending[cut + 2 :], False
        if body.closed:
            return
        yield from _changes(_opened(pending, first=first, doing=doing), doing)


def _opened(part: bytes, *, first: bool, doing: str) -> bytes:
    if not first:
        return b"[" + part
    part = part.strip()
    if part in {b"", b"null"}:
        return b"[]"
    if not part.startswith(b"["):
        raise _nonsense(doing, part[:200].decode(errors="replace"))
    return part


def _changes(document: bytes, doing: str) -> Iterator[Change]:
    try:
        for entry in json.loads(document):
            yield Change(_KINDS[entry["Kind"]], entry["Path"])
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"could not {doing}: the engine's answer makes no sense", reason=str(error)
        ) from error


def _decoded(data: bytes) -> tuple[str, bytes]:
    """The text so far, and the bytes of a character that is not whole yet."""
    for missing in range(4):
        try:
            end = len(data) - missing
            return data[:end].decode(), data[end:]
        except UnicodeDecodeError as error:
            if error.end < len(data) - missing:
                break
    return data.decode(errors="replace"), b""


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _object(entry: Any, doing: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise _nonsense(doing, repr(entry))
    return entry


def _nonsense(doing: str, text: str) -> EngineError:
    return EngineError(
        f"could not {doing}: the engine's answer is no JSON", reason=repr(text.strip()[:200])
    )
