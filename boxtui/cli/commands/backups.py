"""List backups, look into them, take files out, and let old ones go."""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from boxtui import formatting
from boxtui.bootstrap.backups import (
    Policy,
    catalogue,
    extract,
    files,
    forget,
    prunable,
    store_of,
)
from boxtui.cli import output, question, shape, shape_backup
from boxtui.cli.command import Call, Command, Report
from boxtui.cli.output import Cell
from boxtui.errors import ReadOnlyError, UnconfirmedError, UsageError
from boxtui.model.backup import Backup
from boxtui.model.operation import Needs

_WORDS = {"list": 0, "show": 1, "forget": 1, "prune": 0, "files": 1, "extract": 2}
"""How many words each action takes."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", nargs="?", choices=list(_WORDS), default="list")
    parser.add_argument("id", metavar="ID", nargs="?", help="of show, forget, files, extract")
    parser.add_argument("path", metavar="PATH", nargs="?", help="of extract; / is all of it")
    parser.add_argument("--into", metavar="DIR", help="where extract puts it; nothing is replaced")
    parser.add_argument("--search", metavar="TEXT", help="of list: targets and notes with this")
    for kind in ("last", "daily", "weekly", "monthly"):
        parser.add_argument(f"--keep-{kind}", type=_count, default=0, metavar="N", help="of prune")
    parser.add_argument("--dry-run", action="store_true", help="remove nothing, say what would go")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--confirm", metavar="NAME", help=argparse.SUPPRESS)
    parser.add_argument("--progress", choices=["json"], help=argparse.SUPPRESS)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of backups")
    return int(text)


def run(call: Call) -> Report:
    args = call.args
    given = [word for word in (args.id, args.path) if word is not None]
    if len(given) != _WORDS[args.action]:
        needs = {0: "nothing more", 1: "an ID", 2: "an ID and a PATH"}[_WORDS[args.action]]
        raise UsageError(f"`backups {args.action}` takes {needs}")
    return _ACTIONS[args.action](call)


def _list(call: Call) -> Report:
    found = catalogue(call.core)
    if wanted := call.args.search:
        found = [b for b in found if wanted in b.target or wanted in b.note or wanted in b.id]
    return _listed(found, lambda: _table(found, call))


def _show(call: Call) -> Report:
    found = store_of(call.core).get(call.args.id)
    return _listed([found], lambda: shape_backup.lines(found))


def _forget(call: Call) -> Report:
    return _removed(call, [store_of(call.core).get(call.args.id)])


def _prune(call: Call) -> Report:
    args = call.args
    policy = Policy(args.keep_last, args.keep_daily, args.keep_weekly, args.keep_monthly)
    if policy == Policy():
        raise UsageError("prune keeps nothing as asked", hint="give --keep-last N or the like")
    return _removed(call, prunable(call.core, policy))


def _removed(call: Call, doomed: list[Backup]) -> Report:
    if doomed and not call.args.dry_run:
        if call.settings.read_only:
            raise ReadOnlyError("backups are not removed: boxtui was started with --read-only")
        if not _confirmed(call, doomed):
            raise UnconfirmedError(
                f"{len(doomed)} backups would be removed for good", hint="give --yes"
            )
        forget(call.core, doomed)
    word = "would be removed" if call.args.dry_run else "removed"
    return _listed(doomed, lambda: (f"{b.id} {word}" for b in doomed))


def _confirmed(call: Call, doomed: list[Backup]) -> bool:
    if call.args.yes or call.args.confirm in {b.id for b in doomed}:
        return True
    if not question.somebody_there(json=call.args.json):
        return False
    lines = [f"remove {b.id}" for b in doomed]
    return question.confirmed(lines, Needs.YES, "") is not None


def _files(call: Call) -> Report:
    store = store_of(call.core)
    backup = store.get(call.args.id)
    records = files(store.folder(backup), backup)
    documents = [shape.file(record) for record in records]
    return Report(
        {"files": documents}, lambda: (formatting.plain(record.path) for record in records)
    )


def _extract(call: Call) -> Report:
    if not call.args.into:
        raise UsageError("extract needs a folder", hint="give --into DIR")
    store = store_of(call.core)
    backup = store.get(call.args.id)
    into = Path(call.args.into).expanduser().absolute()
    taken = extract(store.folder(backup), backup, call.args.path, into)
    document = {"into": taken.into, "files": taken.files, "bytes": taken.bytes}
    words = f"{formatting.count(taken.files)} names, {formatting.size(taken.bytes)}"
    return Report({"extracted": document}, lambda: [f"{words}, in {formatting.plain(taken.into)}"])


def _listed(found: list[Backup], lines: Callable[[], Iterable[str]]) -> Report:
    return Report({"backups": [shape_backup.backup(b) for b in found]}, lines)


def _table(found: list[Backup], call: Call) -> Iterable[str]:
    if not found:
        return ["No backups here."]
    head = ["ID", "KIND", "OF", "AGE", "SIZE", "STORED", "NOTE"]
    rows = [
        [
            Cell(b.id),
            Cell(b.kind),
            Cell(b.target),
            Cell(formatting.age(b.created), right=True),
            Cell(formatting.size(b.bytes), right=True),
            Cell(formatting.size(b.stored_bytes), right=True),
            Cell(b.note),
        ]
        for b in found
    ]
    return output.table(head, rows, color=call.color)


_ACTIONS: dict[str, Callable[[Call], Report]] = {
    "list": _list,
    "show": _show,
    "forget": _forget,
    "prune": _prune,
    "files": _files,
    "extract": _extract,
}

COMMAND = Command(run=run, configure=configure, fields=("backups",))
