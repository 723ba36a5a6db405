"""Open the console on a terminal in a box; it ends with the terminal's program.

Without a program it is the box's own shell. The exit code is the program's own, 0 where it was
left running, and 125 where there is none.
"""

import argparse

from boxtui.bootstrap import AttachRequest, ConsoleRequest
from boxtui.cli.command import Answer, Call, Command
from boxtui.cli.programs import FAILED, add_program_flags, environment, refuse_where_forbidden
from boxtui.errors import EngineError
from boxtui.model.container import State


def run(call: Call) -> Answer:
    refuse_where_forbidden(call, "attach")
    args = call.args
    asked = AttachRequest(
        args.box,
        user=args.user,
        working_dir=args.workdir,
        environment=environment(args.env),
        command=call.program,
    )
    box = call.core.find(args.box)
    if box.state is not State.RUNNING:
        raise EngineError(
            f"{box.name} is {box.state.value}: no program can be run in it",
            hint="unpause it first" if box.state is State.PAUSED else "start it first",
        )
    return ConsoleRequest(call.settings, attach=asked, color=not args.no_color)


def configure(parser: argparse.ArgumentParser) -> None:
    add_program_flags(parser)
    parser.usage = "boxtui attach BOX [-u USER] [-w DIR] [-e K=V] [-- PROGRAM [ARGUMENT...]]"


COMMAND = Command(run=run, configure=configure, program=True, failure_exit=FAILED)
