"""A local program on a pseudo-terminal in a box's place: the holder, tested without an engine."""

import contextlib
import errno
import fcntl
import os
import pty
import signal
import struct
import termios
import threading
from collections.abc import Callable

from boxtui.errors import EngineError
from boxtui.model.ports import SessionEnd, TerminalRequest


class PtySession:
    def __init__(
        self,
        request: TerminalRequest,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> None:
        self.exec_id = f"exec-{request.container}"
        pid, self._fd = pty.fork()
        if not pid:
            os.environ.update(e.split("=", 1) for e in request.environment)
            os.execvp(request.argv[0], request.argv)
        self.pid: int | None = pid
        self.resize(request.columns, request.lines)
        self._on_output, self._on_end = on_output, on_end
        self._reading = threading.Event()
        self._reading.set()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        while True:
            self._reading.wait()
            try:
                data = os.read(self._fd, 65_536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            if not data:
                break
            self._on_output(data)
        assert self.pid is not None
        _, status = os.waitpid(self.pid, 0)
        os.close(self._fd)
        self._on_end(SessionEnd(os.waitstatus_to_exitcode(status), "exited"))

    def write(self, data: bytes) -> None:
        os.write(self._fd, data)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    def pause_reading(self) -> None:
        self._reading.clear()

    def resume_reading(self) -> None:
        self._reading.set()

    @property
    def unsent(self) -> int:
        return 0

    def hang_up(self) -> None:
        assert self.pid is not None
        os.kill(self.pid, signal.SIGHUP)

    def close(self) -> None:
        """Nothing: the program has a terminal of its own."""

    def kill(self) -> None:
        if self.thread.is_alive():
            assert self.pid is not None
            with contextlib.suppress(ProcessLookupError):
                # it may just have ended by itself
                os.kill(self.pid, signal.SIGKILL)
            self._reading.set()
            self.thread.join()


class PtyEngine:
    def __init__(self, *_where: str | None) -> None:
        self.sessions: list[PtySession] = []
        self.closed = False

    def open_terminal(
        self,
        request: TerminalRequest,
        *,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> PtySession:
        if request.container == "stopped":
            raise EngineError("no terminal can be opened", reason="Container is not running")
        session = PtySession(request, on_output, on_end)
        self.sessions.append(session)
        return session

    def close(self) -> None:
        self.closed = True
