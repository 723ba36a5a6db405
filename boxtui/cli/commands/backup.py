"""Back up a volume: compressed tars with a checksum each, seen only when whole."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from boxtui.bootstrap.backups import backup_volume, store_of
from boxtui.cli import shape_backup
from boxtui.cli.change import change, operation_lines
from boxtui.cli.command import Call, Command, Report
from boxtui.errors import UnsupportedError, UsageError
from boxtui.model.backup import Consistency
from boxtui.model.operation import Operation


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("box", metavar="BOX", nargs="?", help="not built yet")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--volume", metavar="NAME", help="a volume")
    what.add_argument("--path", metavar="BOX:PATH", help="not built yet")
    what.add_argument("--project", metavar="NAME", help="not built yet")
    parser.add_argument(
        "--consistency",
        choices=[str(c) for c in Consistency],
        default=str(Consistency.LIVE),
        help="what is done to the writers meanwhile (%(default)s)",
    )
    parser.add_argument("--with-binds", action="store_true", help="with a box's binds")
    parser.add_argument("--without-secrets", action="store_true", help="leave out secrets")
    parser.add_argument("--note", metavar="TEXT", default="", help="kept with the backup")


def run(call: Call) -> Report:
    args = call.args
    if args.volume == "":
        raise UsageError("--volume is empty", hint="give a volume's name")
    if args.box is not None and (args.volume or args.path or args.project):
        raise UsageError("one thing at a time", hint="give BOX alone, or one of the flags")
    if not (args.box or args.volume or args.path or args.project):
        raise UsageError("nothing is named", hint="give --volume NAME")
    if args.volume is None:
        raise UnsupportedError(
            "boxtui backs up volumes only, so far",
            hint="name each of the box's volumes: boxtui backup --volume NAME",
        )
    planned = backup_volume(
        call.core, args.volume, consistency=Consistency(args.consistency), note=args.note
    )

    def tell(done: Operation) -> tuple[Mapping[str, Any], Callable[[], Iterable[str]]]:
        if done.backup is None:
            return {"backup": None}, lambda: operation_lines(done)
        made = store_of(call.core).get(done.backup)
        return {"backup": shape_backup.backup(made)}, lambda: shape_backup.lines(made)

    return change(call, planned, tell)


COMMAND = Command(run=run, configure=configure, fields=("backup",), changes=True)
