"""One program in a box without a terminal: input, output and errors apart, as they come."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from boxtui.engine import exec_end, exec_scripts
from boxtui.engine.exec_session import DockerTerminal
from boxtui.engine.execs import Frames
from boxtui.errors import EngineError
from boxtui.model.ports import EndCause, SessionEnd, TerminalRequest

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

_STDERR = 2


class DockerProgram(DockerTerminal):
    """Answers `ports.ProgramSession`: a session whose output comes in frames."""

    _tty = False

    def __init__(
        self,
        wire: "Wire",
        run: exec_end.Runner,
        request: TerminalRequest,
        *,
        on_stdout: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> None:
        self._frames = Frames()
        self._on_stderr = on_stderr
        super().__init__(wire, run, request, on_output=on_stdout, on_end=on_end)

    def close_input(self) -> None:
        """Let the program see the end of its input, once all that was written has gone."""
        with self._early_lock:
            self._input_over = True
            if self._early is None:
                self._pump.finish_writing()

    def _wrapped_argv(self, nonce: str) -> list[str]:
        return ["sh", "-c", exec_scripts.PLAIN, "sh", nonce, *self._request.argv]

    def _console_size(self) -> dict[str, Any]:
        return {}

    def _arrived(self, data: bytes) -> None:
        try:
            for stream, piece in self._frames.feed(data):
                if stream != _STDERR:
                    super()._arrived(piece)
                elif not self._closed:
                    self._on_stderr(piece)
        except EngineError as error:
            self.close()
            self._on_end(SessionEnd(None, error.message, EndCause.LOST))
