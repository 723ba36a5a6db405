"""Tell what happened to boxes: scans, recreates, losses, operations; oldest first.

A recreate that was done while boxtui was not running is found and told here too.
"""

import argparse
from collections.abc import Iterable

from boxtui import formatting
from boxtui.cli import output, shape
from boxtui.cli.command import Call, Command, Report
from boxtui.cli.output import Cell
from boxtui.model.timeline import Author, Happening, TimelineEvent


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("box", metavar="BOX", nargs="?", help="this box only, also if it is gone")


def run(call: Call) -> Report:
    core = call.core
    core.observe(core.engine.list_containers())
    events = core.history.timeline(core.info.key, call.args.box)
    return Report(
        {"events": [shape.event(event) for event in events]}, lambda: _lines(events, call)
    )


def _lines(events: list[TimelineEvent], call: Call) -> Iterable[str]:
    if not events:
        return ["Nothing has happened here yet."]
    head = ["TIME", "BOX", "WHAT", "BY", "CONTAINER", "LOST"]
    return output.table(head, [_row(event) for event in events], color=call.color)


def _row(event: TimelineEvent) -> list[Cell]:
    outside = event.by is Author.OUTSIDE
    grave = outside and event.kind in {Happening.RECREATED, Happening.REMOVED}
    lost = "-"
    if event.lost is not None:
        files = formatting.count(event.lost.files)
        lost = f"{formatting.size(event.lost.bytes)} in {files} files"
    return [
        Cell(event.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")),
        Cell(event.box),
        Cell(event.kind, "red" if grave else ""),
        Cell(event.by),
        Cell((event.container_id or "-")[:12], "dim"),
        Cell(lost, "red" if grave and event.lost else ""),
    ]


COMMAND = Command(run=run, configure=configure, fields=("events",))
