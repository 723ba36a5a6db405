"""One program on a terminal in a box: started, fed, resized, hung up, and its end told plainly.

create ── start ── announcement ── output … ── end of stream ── inspect ── on_end
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from boxtui.engine import exec_end, exec_scripts
from boxtui.engine.pump import Pump
from boxtui.engine.reads import quoted, shown
from boxtui.errors import BoxtuiError, EngineError
from boxtui.model.ports import SessionEnd, TerminalRequest

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

# The engine holds the first key of this sequence back until the next one comes, and ends the
# stream at the last; it cannot be switched off. The default begins with ^P, which shells need;
# ^@ is rare, and eight of these in a row nobody types.
DETACH_KEYS = "ctrl-@,ctrl-^,ctrl-_,ctrl-],ctrl-@,ctrl-^,ctrl-_,ctrl-]"
_TERMINAL = ("TERM=xterm-256color", "COLORTERM=truecolor")
_HEAD_KEPT = 4096
_HANG_UP_LIMIT = 30.0


class DockerTerminal:
    """Answers `ports.TerminalSession` over one connection and two threads of its own."""

    _tty = True

    def __init__(
        self,
        wire: "Wire",
        run: exec_end.Runner,
        request: TerminalRequest,
        *,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> None:
        self._wire = wire
        self._run = run
        self._ref = request.container
        self._request = request
        self._on_output = on_output
        self._on_end = on_end
        self._size = (request.columns, request.lines)
        self._resizer = _Resizer(self._post_size)
        self._head = b""
        """The first output, where an engine tells why it could not start the program."""
        self._hung_up = False
        self._hang_up_over = threading.Event()
        self._known = threading.Event()
        """Set once the program runs, or it is clear that it never will."""
        self._closed = False
        self._early: list[bytes] | None = []
        """Input that came before the program runs: the terminal would echo it, and the wrapper's
        shell might take it. None once it has been sent on."""
        self._early_lock = threading.Lock()
        self._input_over = False
        self._begin(wrapped=True)

    @property
    def exec_id(self) -> str:
        """The engine's id of the exec."""
        return self._exec_id

    @property
    def pid(self) -> int | None:
        """In the box's own numbering; None until it is announced, and where the box has no sh."""
        return self._announcement.pid

    @property
    def unsent(self) -> int:
        """Bytes written that the box has not taken yet."""
        with self._early_lock:
            return self._pump.unsent + sum(map(len, self._early or ()))

    def write(self, data: bytes) -> None:
        """Queue input; never blocks."""
        with self._early_lock:
            if self._early is None:
                self._pump.write(data)
            else:
                self._early.append(data)

    def resize(self, columns: int, lines: int) -> None:
        """Tell the program its new size; of many in a row the last one counts. Never blocks."""
        self._size = (columns, lines)
        self._resizer.ask(columns, lines)

    def pause_reading(self) -> None:
        """Leave output with the engine until resume_reading()."""
        self._pump.pause()

    def resume_reading(self) -> None:
        """Take output again."""
        self._pump.resume()

    def hang_up(self) -> None:
        """End the program and all that its terminal holds, in a thread; on_end follows."""
        self._hung_up = True
        threading.Thread(target=self._hang_up, name="exec-hang-up", daemon=True).start()

    def close(self) -> None:
        """Give the connection up and leave the program running; no callback comes any more."""
        self._closed = True
        self._resizer.close()
        self._pump.close()

    def _hang_up(self) -> None:
        self._known.wait(_HANG_UP_LIMIT)
        try:
            exec_end.hang_up(self._run, self._ref, self.pid, self._request.user)
        except BoxtuiError as error:
            if not self._closed:
                self.close()
                self._on_end(exec_end.not_hung_up(error))
        finally:
            self._hang_up_over.set()

    def _begin(self, *, wrapped: bool) -> None:
        self._wrapped = wrapped
        doing = f"open a terminal in {shown(self._ref)}"
        nonce = secrets.token_hex(8)
        self._announcement = exec_scripts.Announcement(nonce)
        self._announcement.pending = wrapped
        argv = self._wrapped_argv(nonce) if wrapped else list(self._request.argv)
        size = self._console_size()
        self._exec_id = self._create(_body(self._request, argv, size, tty=self._tty), doing)
        start: dict[str, Any] = {"Detach": False, "Tty": self._tty, **size}
        stream = self._wire.take_over(f"/exec/{self._exec_id}/start", start, doing=doing)
        self._pump = Pump(stream.socket, self._arrived, self._ended)
        if not wrapped:
            self._runs()
        self._pump.start(stream.first)

    def _wrapped_argv(self, nonce: str) -> list[str]:
        columns, lines = self._size
        script = exec_scripts.RUN if self._request.argv else exec_scripts.SHELL
        rest = self._request.argv or (self._request.shell or "",)
        return ["sh", "-c", script, "sh", nonce, str(lines), str(columns), *rest]

    def _runs(self) -> None:
        """Pass on what had to wait until the program runs: input, and the latest size."""
        if self._tty:
            self._resizer.ask(*self._size)
        self._send_early()
        self._known.set()

    def _send_early(self) -> None:
        with self._early_lock:
            for data in self._early or ():
                self._pump.write(data)
            self._early = None
            if self._input_over:
                self._pump.finish_writing()

    def _console_size(self) -> dict[str, Any]:
        major, _, minor = self._wire.api_version.partition(".")
        columns, lines = self._size
        known = (int(major), int(minor)) >= (1, 42)
        return {"ConsoleSize": [lines, columns]} if known else {}

    def _create(self, body: Mapping[str, Any], doing: str) -> str:
        path = f"/containers/{quoted(self._ref)}/exec"
        answer = self._wire.request("POST", path, doing=doing, document=body, timeout=30)
        told = self._wire.parsed(answer, doing)
        if not isinstance(told, dict) or not told.get("Id"):
            raise EngineError(f"could not {doing}: the engine gave no id")
        return str(told["Id"])

    def _arrived(self, data: bytes) -> None:
        waiting = self._announcement.pending
        output = self._announcement.feed(data)
        if waiting and self._announcement.pid is not None:
            self._runs()
        if self._announcement.pid is None and len(self._head) < _HEAD_KEPT:
            self._head += output
            if self._wrapped:
                return  # no announcement: what comes is the engine's reason, told at the end
        if output and not self._closed:
            self._on_output(output)

    def _ended(self) -> None:
        self._head += self._announcement.flush()
        end = exec_end.of(self._wire, self._exec_id, self._ref, self._head, hung_up=self._hung_up)
        if self._wrapped and self._request.argv and exec_end.has_no_shell(end):
            self._head = b""
            try:
                self._begin(wrapped=False)
            except BoxtuiError as error:
                end = exec_end.not_started(error)
            else:
                return
        self._known.set()
        self._resizer.close()
        if self._hung_up:
            # its end is told once nothing of it is left
            self._hang_up_over.wait(_HANG_UP_LIMIT)
        if not self._closed:
            self._on_end(end)

    def _post_size(self, columns: int, lines: int) -> None:
        if self._announcement.pending:
            return  # the engine would keep us waiting until it runs
        self._wire.request(
            "POST",
            f"/exec/{self._exec_id}/resize",
            doing="resize a terminal",
            params={"h": lines, "w": columns},
            timeout=10,
        )


class _Resizer:
    """Posts sizes from a thread of its own; what comes while one is under way is coalesced."""

    def __init__(self, post: Callable[[int, int], None]) -> None:
        self._post = post
        self._asked = threading.Condition()
        self._next: tuple[int, int] | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def ask(self, columns: int, lines: int) -> None:
        with self._asked:
            if self._closed:
                return
            self._next = (columns, lines)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="exec-resize", daemon=True)
                self._thread.start()
            self._asked.notify()

    def close(self) -> None:
        with self._asked:
            self._closed = True
            self._asked.notify()

    def _work(self) -> None:
        while True:
            with self._asked:
                while self._next is None and not self._closed:
                    self._asked.wait()
                if self._closed or self._next is None:
                    return
                size, self._next = self._next, None
            try:
                self._post(*size)
            except BoxtuiError:
                # the program has ended, or the line broke: the stream's end tells either
                continue


def _body(
    request: TerminalRequest, argv: list[str], size: Mapping[str, Any], *, tty: bool
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": tty,
        "DetachKeys": DETACH_KEYS,
        "Cmd": argv,
        # of two with one name the engine takes the last
        "Env": [*(_TERMINAL if tty else ()), *request.environment],
        **size,
    }
    if request.user:
        body["User"] = request.user
    if request.working_dir:
        body["WorkingDir"] = request.working_dir
    return body
