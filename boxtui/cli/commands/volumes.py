"""List volumes: who uses them, and with --size what they hold."""

import argparse
from collections.abc import Iterable, Mapping
from datetime import datetime

from boxtui import formatting
from boxtui.cli import output, shape
from boxtui.cli.command import Call, Command, Report
from boxtui.cli.output import Cell
from boxtui.model.volume import Volume


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", action="store_true", help="measure them; slow on an engine with much data"
    )


def run(call: Call) -> Report:
    volumes, used_by = call.core.list_volumes(sizes=call.args.size)
    volumes = sorted(volumes, key=lambda volume: (volume.anonymous, volume.name))
    backed_up = call.core.last_backups()
    documents = [
        shape.volume(v, used_by.get(v.name, []), last_backup=backed_up.get(v.name)) for v in volumes
    ]
    return Report({"volumes": documents}, lambda: _lines(volumes, used_by, backed_up, call))


def _lines(
    volumes: list[Volume],
    used_by: Mapping[str, list[str]],
    backed_up: Mapping[str, datetime],
    call: Call,
) -> Iterable[str]:
    if not volumes:
        return ["No volumes here."]
    head = ["NAME", "KIND", "USED BY", "SIZE", "CREATED", "BACKUP", "DRIVER"]
    rows = [
        _row(volume, used_by.get(volume.name, []), backed_up.get(volume.name)) for volume in volumes
    ]
    return output.table(head, rows, color=call.color)


def _row(volume: Volume, users: list[str], backed_up: datetime | None) -> list[Cell]:
    return [
        Cell(volume.name),
        Cell("anonymous", "yellow") if volume.anonymous else Cell("named"),
        Cell(", ".join(users)) if users else Cell("no box", "dim"),
        Cell(formatting.size(volume.bytes), right=True),
        Cell(formatting.age(volume.created), right=True),
        Cell(formatting.age(backed_up) if backed_up else "never", right=True),
        Cell(volume.driver),
    ]


COMMAND = Command(run=run, configure=configure, fields=("volumes",))
