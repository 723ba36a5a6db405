"""Terminals and streamed programs in boxes, for the rooms above."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from boxtui.engine import exec_end
from boxtui.engine.exec_program import DockerProgram
from boxtui.engine.exec_session import DockerTerminal
from boxtui.model.ports import SessionEnd, TerminalRequest

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire


class EngineTerminals:
    """Answers `ports.Terminals`; joined with EngineExecs, whose `run` hangs sessions up."""

    _wire: "Wire"
    run: exec_end.Runner

    def open_terminal(
        self,
        request: TerminalRequest,
        *,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> DockerTerminal:
        """Start it; EngineError at once for a box that does not run or is paused."""
        return DockerTerminal(self._wire, self.run, request, on_output=on_output, on_end=on_end)

    def open_program(
        self,
        request: TerminalRequest,
        *,
        on_stdout: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> DockerProgram:
        """Start it without a terminal; EngineError at once for a box that does not run."""
        return DockerProgram(
            self._wire,
            self.run,
            request,
            on_stdout=on_stdout,
            on_stderr=on_stderr,
            on_end=on_end,
        )
