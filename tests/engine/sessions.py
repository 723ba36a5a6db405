"""A terminal session to be awaited by tests."""

import queue
import threading
from collections.abc import Callable

from boxtui.engine.client import DockerEngine
from boxtui.model.ports import SessionEnd, TerminalRequest

WAIT = 30


class Session:
    """Opens a terminal, collects its output and its end."""

    def __init__(self, engine: DockerEngine, request: TerminalRequest) -> None:
        self.output = b""
        self._grown = threading.Condition()
        self._ends: queue.SimpleQueue[SessionEnd] = queue.SimpleQueue()
        self.terminal = engine.open_terminal(request, on_output=self._take, on_end=self._ends.put)

    def _take(self, data: bytes) -> None:
        with self._grown:
            self.output += data
            self._grown.notify_all()

    def until(self, condition: Callable[[bytes], bool] | bytes) -> bytes:
        """Await output that fulfils a condition, or has these bytes in it."""
        wanted = condition if callable(condition) else lambda out: condition in out
        with self._grown:
            assert self._grown.wait_for(lambda: wanted(self.output), WAIT), self.output[-2000:]
            return self.output

    def end(self) -> SessionEnd:
        return self._ends.get(timeout=WAIT)

    def ended(self) -> bool:
        return not self._ends.empty()


class Program:
    """Opens a program without a terminal, collects both its outputs and its end."""

    def __init__(self, engine: DockerEngine, request: TerminalRequest) -> None:
        self.out = b""
        self.err = b""
        self._ends: queue.SimpleQueue[SessionEnd] = queue.SimpleQueue()
        self.session = engine.open_program(
            request, on_stdout=self._take_out, on_stderr=self._take_err, on_end=self._ends.put
        )

    def _take_out(self, data: bytes) -> None:
        self.out += data

    def _take_err(self, data: bytes) -> None:
        self.err += data

    def end(self) -> SessionEnd:
        return self._ends.get(timeout=WAIT)
