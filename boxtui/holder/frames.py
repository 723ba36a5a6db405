"""The language of console and holder: frames over a stream socket.

A frame is its length (4 bytes, big endian, of what follows), its kind (1 byte), the terminal it
is about (4 bytes, 0 for none) and a body: JSON for messages, raw bytes for everything else.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from boxtui.errors import InternalError
from boxtui.model.ports import EndCause, SessionEnd, TerminalRequest

VERSION = 1
MAX_FRAME = 256 << 20
_HEAD = struct.Struct(">IBI")
_AFTER_LENGTH = _HEAD.size - 4


class Kind(IntEnum):
    """What a frame carries."""

    MESSAGE = 1
    """A JSON object with `op`."""
    DATA = 2
    """Output of the program to the console, input of the operator to the holder."""
    SNAPSHOT = 3
    """The whole state of a terminal; DATA goes on from there."""


_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame."""

    kind: Kind
    terminal: int
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        """The JSON object; InternalError if the peer sent none."""
        try:
            document = json.loads(self.body)
        except ValueError as error:
            raise InternalError("the holder's peer does not speak its language") from error
        if self.kind is not Kind.MESSAGE or not isinstance(document, dict):
            raise InternalError("the holder's peer does not speak its language")
        return document


def encode(kind: Kind, terminal: int, body: bytes) -> bytes:
    """Give a frame's bytes."""
    return _HEAD.pack(len(body) + _AFTER_LENGTH, kind, terminal) + body


def message(op: str, terminal: int = 0, facts: Mapping[str, object] | None = None) -> bytes:
    """Give a message's bytes."""
    return encode(Kind.MESSAGE, terminal, json.dumps({**(facts or {}), "op": op}).encode())


def request_of(told: Mapping[str, Any]) -> TerminalRequest:
    """Take a request out of its JSON form; KeyError or TypeError where it is none."""
    return TerminalRequest(
        container=told["container"],
        argv=tuple(told["argv"]),
        user=told["user"],
        working_dir=told["working_dir"],
        environment=tuple(told["environment"]),
        columns=told["columns"],
        lines=told["lines"],
        shell=told["shell"],
    )


def end_of(told: Mapping[str, Any]) -> SessionEnd:
    """Take an end out of its JSON form."""
    return SessionEnd(told["code"], told["reason"], EndCause(told["cause"]))


class Decoder:
    """Bytes in, whole frames out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take what arrived; InternalError at what is no frame of ours."""
        self._buffer += data
        frames = []
        start = 0
        while len(self._buffer) - start >= _HEAD.size:
            length, kind, terminal = _HEAD.unpack_from(self._buffer, start)
            if not _AFTER_LENGTH <= length <= MAX_FRAME or kind not in _KINDS:
                raise InternalError("the holder's peer does not speak its language")
            end = start + 4 + length
            if len(self._buffer) < end:
                break
            body = bytes(self._buffer[start + _HEAD.size : end])
            frames.append(Frame(Kind(kind), terminal, body))
            start = end
        del self._buffer[:start]
        return frames
