"""Show what each path of a box holds, and what it survives."""

import argparse
from collections.abc import Iterable

from boxtui import formatting
from boxtui.cli import output, shape
from boxtui.cli.command import Call, Command, Report
from boxtui.cli.output import Cell
from boxtui.model.scan import Entry, ScanResult

_FIELDS = (
    "box",
    "method",
    "scanned_at",
    "complete",
    "unchecked",
    "missing",
    "totals",
    "classes",
    "summary",
    "entries",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("box", metavar="BOX", help="a name, an id prefix, or PROJECT/SERVICE")
    parser.add_argument("--fresh", action="store_true", help="scan anew, whatever is known")
    parser.add_argument("--files", action="store_true", help="every single name too")
    parser.add_argument("--yes", action="store_true", help="allow a helper container for it")


def run(call: Call) -> Report:
    args = call.args
    result = call.core.scan(
        args.box,
        fresh=args.fresh,
        want_files=args.files,
        allow_exec=call.settings.allow_exec or (args.yes and not call.settings.read_only),
        allow_helper=args.yes and not call.settings.read_only,
    )
    box = {"id": result.container_id, "name": result.container_name}
    return Report({"box": box, **shape.scan(result)}, lambda: _lines(result, call))


def _lines(result: ScanResult, call: Call) -> Iterable[str]:
    summary = formatting.plain(result.summary)
    yield f"{summary[:1].upper()}{summary[1:]}."
    how = f"scanned {formatting.ago(result.scanned_at)}, method {result.method}"
    yield how if result.complete else f"{how}; not seen: {_missing(result)}"
    yield ""
    head = ["PATH", "LASTS", "CLASS", "SIZE", "FILES", "WHAT"]
    yield from output.table(head, [_row(entry) for entry in result.entries], color=call.color)
    if result.files is not None:
        yield ""
        for record in result.files:
            yield f"{record.type:<8} {formatting.plain(record.path)}"


def _missing(result: ScanResult) -> str:
    return formatting.plain("; ".join(result.missing) or "some of it")


def _row(entry: Entry) -> list[Cell]:
    lasts = "".join("#" if dot else "." if dot is False else "?" for dot in entry.survives.dots)
    what = [entry.detail or "", *entry.flags]
    grave = entry.kind is None and (entry.severity is None or entry.severity >= 2)
    return [
        Cell(entry.path),
        Cell(lasts, "red" if grave else ""),
        Cell(entry.path_class if entry.kind is None else entry.kind),
        Cell(formatting.size(entry.bytes), right=True),
        Cell(formatting.count(entry.files), right=True),
        Cell(", ".join(word for word in what if word) or entry.source or "-"),
    ]


COMMAND = Command(run=run, configure=configure, fields=_FIELDS)
