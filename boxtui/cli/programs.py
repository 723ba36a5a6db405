"""What the commands that run a program in a box share: their flags, and what forbids them."""

import argparse
import os
from collections.abc import Iterable

from boxtui.cli.command import Call
from boxtui.errors import ReadOnlyError, UsageError
from boxtui.model.ports import NO_STATUS

FAILED = NO_STATUS


def add_program_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("box", metavar="BOX", help="a name, an id prefix or PROJECT/SERVICE")
    parser.add_argument("-u", "--user", metavar="U", help="user, uid or user:group in the box")
    parser.add_argument("-w", "--workdir", metavar="DIR", help="folder in the box")
    parser.add_argument(
        "-e",
        "--env",
        metavar="K=V",
        action="append",
        default=[],
        help="a variable; K alone takes boxtui's own value",
    )


def refuse_where_forbidden(call: Call, verb: str) -> None:
    """Refuse before anything is asked of an engine."""
    if call.args.json:
        raise UsageError(f"{verb} has no --json", hint="its streams are the program's own")
    if call.settings.read_only and not call.settings.allow_exec:
        raise ReadOnlyError(
            f"{verb} refused: boxtui was started with --read-only",
            hint="--allow-exec allows programs to be run in boxes",
        )


def environment(wanted: Iterable[str]) -> tuple[str, ...]:
    """Give KEY=value for every -e; a key that has no value here is left out, as docker does."""
    made = []
    for one in wanted:
        key, sign, _ = one.partition("=")
        if not key:
            raise UsageError(f"-e {one!r} names no variable", hint="write -e KEY=VALUE")
        if sign:
            made.append(one)
        elif key in os.environ:
            made.append(f"{key}={os.environ[key]}")
    return tuple(made)
