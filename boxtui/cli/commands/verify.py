"""Read all of a backup and say whether it is whole and safe to restore."""

import argparse
from collections.abc import Iterable, Sequence

from boxtui.bootstrap.backups import PartVerdict, check, check_deep
from boxtui.cli.command import Call, Command, Report
from boxtui.errors import DamagedError
from boxtui.formatting import plain

_WANTING = 3


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a backup's id or the beginning of it")
    parser.add_argument(
        "--deep",
        action="store_true",
        help="restore it into scratch volumes on the engine, and compare",
    )


def run(call: Call) -> Report:
    args = call.args
    try:
        backup, verdicts = check(call.core, args.id)
    except DamagedError as error:
        # the manifest itself: there is nothing to name but the backup
        verdicts = (PartVerdict("manifest.json", error.message),)
        return _report(args.id, verdicts)
    if args.deep and all(verdict.ok for verdict in verdicts):
        # what is damaged is not unpacked even for a trial
        verdicts = check_deep(call.core, backup)
        return _report(backup.id, verdicts, deep=True)
    return _report(backup.id, verdicts)


def _report(identity: str, verdicts: Sequence[PartVerdict], *, deep: bool = False) -> Report:
    ok = all(verdict.ok for verdict in verdicts)
    document = {
        "id": identity,
        "ok": ok,
        "deep": deep,
        "parts": [{"name": v.name, "ok": v.ok, "problem": v.problem} for v in verdicts],
    }
    return Report({"verify": document}, lambda: _lines(identity, verdicts), 0 if ok else _WANTING)


def _lines(identity: str, verdicts: Sequence[PartVerdict]) -> Iterable[str]:
    for verdict in verdicts:
        yield f"{plain(verdict.name)}: {'ok' if verdict.ok else plain(verdict.problem or '')}"
    whole = all(verdict.ok for verdict in verdicts)
    yield f"{plain(identity)} is {'whole' if whole else 'NOT to be trusted'}"


COMMAND = Command(run=run, configure=configure, fields=("verify",))
