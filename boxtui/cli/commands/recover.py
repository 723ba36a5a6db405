"""Finish or undo what a dead operation left half way."""

import argparse
from collections.abc import Iterable, Sequence

from boxtui.bootstrap.operations import Pending, PendingVolume, Way, pending, recover
from boxtui.cli import shape_change
from boxtui.cli.change import error_of, operation_lines, progress_printer
from boxtui.cli.command import Call, Command, Report
from boxtui.errors import ReadOnlyError
from boxtui.formatting import age, plain
from boxtui.model.operation import OperationState


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("operation", metavar="OPERATION", nargs="?", help="only this one")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--finish", action="store_true", help="go on with the new container")
    way.add_argument("--undo", action="store_true", help="go back to the old container")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    parser.add_argument("--progress", choices=["json"], help="progress for scripts, on stderr")


def run(call: Call) -> Report:
    args = call.args
    if args.list:
        found = pending(call.core)
        if args.operation:
            found = [p for p in found if p.operation.id == args.operation]
        documents = [shape_change.operation(p.operation) for p in found]
        return Report({"operations": documents}, lambda: _listed(found))
    if call.settings.read_only:
        raise ReadOnlyError("recover refused: boxtui was started with --read-only")
    way = Way.FINISH if args.finish else Way.UNDO if args.undo else Way.EITHER
    done = recover(
        call.core,
        operation=args.operation,
        way=way,
        on_progress=progress_printer(args.progress),
    )
    stuck = [o for o in done if o.state is OperationState.NEEDS_RECOVERY]
    error = error_of(stuck[0]) if stuck else None
    return Report(
        {"operations": [shape_change.operation(o) for o in done]},
        lambda: (line for o in done for line in operation_lines(o)),
        error.exit_code if error else 0,
        error,
    )


def _listed(found: Sequence[Pending | PendingVolume]) -> Iterable[str]:
    for one in found:
        operation = one.operation
        whose = plain(operation.owner)
        alive = {True: "alive", False: "left behind", None: "of another machine"}[one.alive]
        yield (
            f"{operation.id}  {operation.kind} {plain(operation.object_name)}  "
            f"{age(operation.started)} old, by {whose}, {alive}"
        )


COMMAND = Command(run=run, configure=configure, fields=("operations",))
