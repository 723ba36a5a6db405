"""Bring a volume back from a backup: as a new one, in place, or a path of it to this host."""

import argparse
from pathlib import Path

from boxtui.bootstrap.backups import extract_change, restore_volume, store_of
from boxtui.cli.change import FIELDS, change
from boxtui.cli.command import Call, Command, Report
from boxtui.errors import UnsupportedError, UsageError
from boxtui.model.backup import Backup, BackupKind


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a backup's id or the beginning of it")
    parser.add_argument("--as", dest="name", metavar="NAME", help="as a new volume of this name")
    parser.add_argument(
        "--volume", metavar="OLD=NEW", action="append", default=[], help="the same, of one volume"
    )
    parser.add_argument("--path", metavar="PATH", help="only this path")
    parser.add_argument("--into", metavar="DIR", help="to this folder of this machine")


def run(call: Call) -> Report:
    args = call.args
    if args.path is not None or args.into is not None:
        return _path(call)
    backup = store_of(call.core).get(args.id)
    if backup.kind is not BackupKind.VOLUME:
        raise UnsupportedError("boxtui restores volumes only, so far")
    return change(call, restore_volume(call.core, backup, _name(call, backup)))


def _path(call: Call) -> Report:
    args = call.args
    if args.name or args.volume:
        raise UsageError("--path goes into a folder, not into a volume")
    if args.path is None:
        raise UsageError("--into needs a path", hint="give --path PATH; --path / is all of it")
    if args.into is None:
        raise UnsupportedError(
            "boxtui restores a single path only to a folder of this machine, so far",
            hint="give --into DIR",
        )
    if not args.into or not args.path:
        raise UsageError("--path and --into must not be empty")
    into = Path(args.into).expanduser().absolute()
    return change(call, extract_change(call.core, args.id, args.path, into))


def _name(call: Call, backup: Backup) -> str | None:
    args = call.args
    names: list[str] = [] if args.name is None else [args.name]
    for pair in args.volume:
        old, equals, new = pair.partition("=")
        if not equals or not old or not new:
            raise UsageError(f"--volume {pair!r} is not OLD=NEW")
        if old != backup.target:
            raise UsageError(f"the backup holds volume {backup.target}, not {old}")
        names.append(new)
    if len(names) > 1:
        raise UsageError("the volume is given several names")
    return names[0] if names else None


COMMAND = Command(run=run, configure=configure, fields=FIELDS, changes=True)
