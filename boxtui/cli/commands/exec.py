"""Run a program in a box; input, output, errors and exit code are its own.

125 is the exit code where the program's own is not known; what was typed at a terminal's Ctrl-C
ends the program too.
"""

import argparse
import os
import select
import sys
import threading
from functools import partial
from typing import TYPE_CHECKING

from boxtui.cli.command import Call, Command
from boxtui.cli.interruption import Interrupted
from boxtui.cli.programs import FAILED, add_program_flags, environment, refuse_where_forbidden
from boxtui.errors import UsageError
from boxtui.formatting import plain
from boxtui.model.ports import EndCause, SessionEnd, TerminalRequest

if TYPE_CHECKING:
    from boxtui.model.ports import ProgramSession

_READ = 64 << 10
_AHEAD = 1 << 20
"""Bytes of input that may be under way before more is read."""
_GRACE = 35.0
"""Seconds in which a program that was interrupted ends: the engine room gives it 30."""


def run(call: Call) -> int:
    refuse_where_forbidden(call, "exec")
    if not call.program:
        raise UsageError("nothing to run", hint="boxtui exec BOX -- PROGRAM [ARGUMENT...]")
    args = call.args
    request = TerminalRequest(
        call.core.find(args.box).id,
        argv=call.program,
        user=args.user,
        working_dir=args.workdir,
        environment=environment(args.env),
    )
    return _told(_Stream(call, request).run())


def _told(end: SessionEnd) -> int:
    if end.status == FAILED or end.cause is not EndCause.EXITED:
        sys.stderr.write(f"boxtui: {plain(end.reason)}\n")
    return end.status


class _Stream:
    """One program, joined to our own three streams."""

    def __init__(self, call: Call, request: TerminalRequest) -> None:
        self._call = call
        self._request = request
        self._over = threading.Event()
        self._end: SessionEnd | None = None
        self._reader_gone = False
        self._session: ProgramSession | None = None

    def run(self) -> SessionEnd:
        """Give how it ended; BrokenPipeError where nobody reads its output any more."""
        session = self._session = self._call.core.engine.open_program(
            self._request,
            on_stdout=partial(self._write, 1),
            on_stderr=partial(self._write, 2),
            on_end=self._finish,
        )
        if self._reader_gone:
            session.hang_up()
        threading.Thread(target=_pass_input, args=(session,), daemon=True).start()
        try:
            self._over.wait()
        except Interrupted:
            session.hang_up()
            self._over.wait(_GRACE)
            raise
        if self._reader_gone:
            raise BrokenPipeError
        assert self._end is not None
        return self._end

    def _write(self, descriptor: int, data: bytes) -> None:
        if self._reader_gone:
            return
        try:
            _write_all(descriptor, data)
        except OSError:
            # as SIGPIPE would: nobody wants what the program still has to say
            self._reader_gone = True
            if self._session is not None:
                self._session.hang_up()

    def _finish(self, end: SessionEnd) -> None:
        self._end = end
        self._over.set()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


def _pass_input(session: "ProgramSession") -> None:
    pause = threading.Event()
    while True:
        try:
            data = os.read(0, _READ)
        except BlockingIOError:
            select.select([0], [], [])
            continue
        except OSError:
            # no input at all: closed before we began, or a terminal that is not ours to read
            data = b""
        if not data:
            session.close_input()
            return
        session.write(data)
        while session.unsent > _AHEAD:
            pause.wait(0.005)


def configure(parser: argparse.ArgumentParser) -> None:
    add_program_flags(parser)
    parser.usage = "boxtui exec BOX [-u USER] [-w DIR] [-e K=V] -- PROGRAM [ARGUMENT...]"


COMMAND = Command(run=run, configure=configure, program=True, failure_exit=FAILED)
