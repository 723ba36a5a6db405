"""Terminals of the fake engine: tests see what was typed, and say what is shown."""

from collections.abc import Callable

from boxtui.model.ports import EndCause, SessionEnd, TerminalRequest
from tests.fakes.state import FakeState, refused


class FakeTerminal:
    """A ports.TerminalSession; `show` and `finish` play the program's part."""

    exec_id = "fake-exec"
    pid: int | None = 7
    unsent = 0

    def __init__(
        self,
        request: TerminalRequest,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> None:
        self.request = request
        self.written = b""
        self.sizes = [(request.columns, request.lines)]
        self.reading = True
        self.closed = False
        self._on_output = on_output
        self._on_end = on_end

    def show(self, data: bytes) -> None:
        """Have the program print."""
        self._on_output(data)

    def finish(self, code: int | None = 0, reason: str = "the program ended") -> None:
        """Have the program end."""
        cause = EndCause.LOST if code is None else EndCause.EXITED
        self._end(SessionEnd(code, reason, cause))

    def write(self, data: bytes) -> None:
        self.written += data

    def resize(self, columns: int, lines: int) -> None:
        self.sizes.append((columns, lines))

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def hang_up(self) -> None:
        self._end(SessionEnd(129, "hung up", EndCause.HUNG_UP))

    def close(self) -> None:
        self.closed = True

    def _end(self, end: SessionEnd) -> None:
        if not self.closed:
            self.closed = True
            self._on_end(end)


class FakeProgram(FakeTerminal):
    """A ports.ProgramSession; `show` prints on its standard output."""

    def close_input(self) -> None:
        """Nothing: the test says when the program ends."""


class FakeTerminals(FakeState):
    def __init__(self) -> None:
        super().__init__()
        self.terminals: list[FakeTerminal] = []
        """Every terminal opened, oldest first."""

    def open_terminal(
        self,
        request: TerminalRequest,
        *,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> FakeTerminal:
        self._check(request)
        terminal = FakeTerminal(request, on_output, on_end)
        self.terminals.append(terminal)
        return terminal

    def open_program(
        self,
        request: TerminalRequest,
        *,
        on_stdout: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> FakeProgram:
        self._check(request)
        return FakeProgram(request, on_stdout, on_end)

    def _check(self, request: TerminalRequest) -> None:
        self.change("open_terminal", request.container)
        document = self.find(request.container)
        if document["State"]["Status"] != "running":
            words = f"Container {document['Id']} is not running"
            raise refused(f"open a terminal in {request.container}", words)
