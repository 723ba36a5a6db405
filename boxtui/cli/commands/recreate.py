"""Make a box anew from its image, configured as it was; its writable layer is lost."""

import argparse

from boxtui.bootstrap.operations import GRACE, RecreateOptions, recreate
from boxtui.cli.change import FIELDS, change, seconds
from boxtui.cli.command import Call, Command, Report
from boxtui.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("box", metavar="BOX", help="a name, an id prefix, or PROJECT/SERVICE")
    parser.add_argument("--image", metavar="REF", help="from this image instead of its own")
    parser.add_argument("--pull", action="store_true", help="fetch the image first")
    parser.add_argument(
        "--grace",
        type=seconds,
        default=GRACE,
        metavar="SECONDS",
        help="how long it must run on where it has no health check (%(default)s)",
    )
    backup = parser.add_mutually_exclusive_group()
    backup.add_argument("--backup", action="store_true", help="back it up first")
    backup.add_argument("--no-backup", action="store_true", help="do not (the default)")


def run(call: Call) -> Report:
    args = call.args
    if args.backup:
        raise UsageError("backups are not built yet", hint="leave --backup out")
    if args.image == "":
        raise UsageError("--image is empty", hint="give an image's name or id")
    options = RecreateOptions(args.image, args.pull, args.grace)
    return change(call, recreate(call.core, args.box, options))


COMMAND = Command(run=run, configure=configure, fields=FIELDS, changes=True)
