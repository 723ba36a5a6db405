"""Programs run in a box without a terminal: output apart, an exit code that is no guess."""

import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boxtui.engine import faults
from boxtui.engine.reads import quoted, shown
from boxtui.engine.streams import Body
from boxtui.engine.wire import READ_TIMEOUT, Wire
from boxtui.errors import EngineError
from boxtui.model.ports import JSON, ExecResult

if TYPE_CHECKING:
    from boxtui.engine.endpoint import Endpoint

_HEADER = struct.Struct(">BxxxL")
_STDERR, _LAST_STREAM = 2, 3
_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.5


class EngineExecs:
    """Answers `ports.Execs` over HTTP."""

    _wire: Wire

    def run(
        self,
        ref: str,
        argv: Sequence[str],
        *,
        user: str | None = None,
        working_dir: str | None = None,
        environment: Mapping[str, str] | None = None,
        limit: int = 64 << 20,
    ) -> ExecResult:
        """Wait for a program without a terminal; more than `limit` bytes of output is an error.

        A program that is not there ends with 126 or 127, its reason in `stdout`.
        """
        doing = f"run {argv[0] if argv else 'nothing'} in {shown(ref)}"
        exec_id = self._create(ref, doing, exec_body(argv, user, working_dir, environment))
        answer = self._wire.request(
            "POST",
            f"/exec/{exec_id}/start",
            doing=doing,
            document={"Detach": False, "Tty": False},
            stream=True,
        )
        out: tuple[list[bytes], list[bytes]] = ([], [])
        kept = 0
        with Body(answer, self._wire.endpoint) as body:
            for stream, data in demultiplexed(body, self._wire.endpoint):
                kept += len(data)
                if kept > limit:
                    raise EngineError(
                        f"could not {doing}: more than {limit} bytes of output", status=None
                    )
                out[stream == _STDERR].append(data)
        return ExecResult(self._exit_code(exec_id, doing), b"".join(out[0]), b"".join(out[1]))

    def _create(self, ref: str, doing: str, body: Mapping[str, Any]) -> str:
        path = f"/containers/{quoted(ref)}/exec"
        answer = self._wire.request("POST", path, doing=doing, document=body, timeout=READ_TIMEOUT)
        told = self._wire.parsed(answer, doing)
        if not isinstance(told, dict) or not told.get("Id"):
            raise EngineError(f"could not {doing}: the engine gave no id")
        return str(told["Id"])

    def _exit_code(self, exec_id: str, doing: str) -> int:
        """Await the end of a program whose output has ended: the engine has no call for that."""
        wait, pause = _FIRST_WAIT, threading.Event()
        while (document := self._inspect(exec_id, doing)).get("Running"):
            pause.wait(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        code = document.get("ExitCode")
        if code is None:
            raise EngineError(
                f"could not {doing}: the engine does not know its exit code",
                hint="was the box stopped, or the engine restarted, while it ran?",
            )
        return int(code)

    def _inspect(self, exec_id: str, doing: str) -> JSON:
        document = self._wire.get(f"/exec/{exec_id}/json", doing=doing)
        if not isinstance(document, dict):
            raise EngineError(f"could not {doing}: the engine's answer is no JSON object")
        return document


def exec_body(
    argv: Sequence[str],
    user: str | None,
    working_dir: str | None,
    environment: Mapping[str, str] | None,
) -> JSON:
    """The engine's ExecConfig for a program whose output is wanted."""
    body: JSON = {"Cmd": list(argv), "AttachStdout": True, "AttachStderr": True}
    if user:
        body["User"] = user
    if working_dir:
        body["WorkingDir"] = working_dir
    if environment:
        body["Env"] = [f"{key}={value}" for key, value in environment.items()]
    return body


def demultiplexed(body: Body, endpoint: "Endpoint") -> Iterator[tuple[int, bytes]]:
    """(stream, bytes) pieces of a body: 1 stdout, 2 stderr, 3 the engine's own errors."""
    frames = Frames()
    while data := body.read_some():
        yield from frames.feed(data)
    if not frames.whole and not body.closed:
        raise faults.lost(endpoint, "the output was cut off")


class Frames:
    """Takes the engine's frames apart, wherever chunks are cut."""

    def __init__(self) -> None:
        self._stream, self._left = 0, 0
        self._pending = b""

    @property
    def whole(self) -> bool:
        """Whether no frame is cut short."""
        return not self._pending and not self._left

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give (stream, bytes) pieces; nothing is held back but a part of a header."""
        pending = self._pending + data
        at = 0
        while True:
            if self._left:
                piece = pending[at : at + self._left]
                if not piece:
                    break
                at += len(piece)
                self._left -= len(piece)
                yield self._stream, piece
            elif len(pending) - at >= _HEADER.size:
                self._stream, self._left = _HEADER.unpack_from(pending, at)
                at += _HEADER.size
                if self._stream > _LAST_STREAM:
                    raise EngineError("the engine's output stream makes no sense")
            else:
                break
        self._pending = pending[at:]
