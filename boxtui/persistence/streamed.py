"""The output of a program in a box as it comes, ended with the program where nobody wants it."""

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Self

from boxtui.errors import EngineError
from boxtui.model.ports import EndCause, SessionEnd, TerminalRequest, Terminals
from boxtui.persistence.errand import RouteRefusedError, Watch

_AHEAD = 64
"""Pieces of output that may wait to be read; then the program waits."""
_LOOK_S = 0.2
"""How often somebody who waits for output looks whether it is still wanted."""
_PATIENCE_S = 10.0
"""How long a program that is told to end may take."""
_NOT_THERE = frozenset({126, 127})


class Streamed:
    """One program, run as the box's root; iterate for its output, then ask for its end.

    CancelledError once the watch is told so: the program is then ended in the box too.
    """

    def __init__(self, engine: Terminals, ref: str, argv: Sequence[str], watch: Watch) -> None:
        self._watch = watch
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._unwanted = threading.Event()
        self._over = threading.Event()
        self._end: SessionEnd | None = None
        self.complained = False
        """Whether it wrote to its error output."""
        try:
            self._session = engine.open_program(
                TerminalRequest(ref, tuple(argv), user="0", working_dir="/"),
                on_stdout=self._put,
                on_stderr=self._complain,
                on_end=self._finish,
            )
        except EngineError as error:
            if error.status is None:
                raise
            raise RouteRefusedError(error.reason or error.message) from error
        self._session.close_input()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._over.is_set():
            self._unwanted.set()
            self._session.hang_up()
            self._over.wait(_PATIENCE_S)
        self._session.close()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._watch.check()
            try:
                piece = self._pieces.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if piece is None:
                return
            yield piece

    def code(self) -> int:
        """Its exit code, once its output is over; RouteRefusedError where there was no such."""
        assert self._end is not None
        if self._end.cause is EndCause.NOT_STARTED or self._end.code in _NOT_THERE:
            raise RouteRefusedError("there is no find, or no shell, to run")
        if self._end.code is None:
            raise EngineError("the search in the box was cut off", reason=self._end.reason)
        return self._end.code

    # -- from the session's thread ---------------------------------------------------------------

    def _put(self, piece: bytes | None) -> None:
        while not self._unwanted.is_set():
            try:
                self._pieces.put(piece, timeout=_LOOK_S)
            except queue.Full:
                continue
            return

    def _complain(self, _words: bytes) -> None:
        self.complained = True

    def _finish(self, end: SessionEnd) -> None:
        self._end = end
        self._over.set()
        self._put(None)
