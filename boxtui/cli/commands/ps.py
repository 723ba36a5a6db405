"""List boxes: what each is doing, and what a recreate of it would destroy."""

import argparse
from collections.abc import Iterable

from boxtui import formatting
from boxtui.cli import output, shape
from boxtui.cli.command import Call, Command, Report
from boxtui.cli.output import Cell
from boxtui.model.container import Container, Health, State
from boxtui.model.scan import Badge, Verdict

_VERDICTS = {
    Verdict.SAFE: ("safe", "green"),
    Verdict.AT_RISK: ("at risk", "red"),
    Verdict.UNSCANNED: ("unscanned", "yellow"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-a", "--all", action="store_true", help="stopped boxes too")


def run(call: Call) -> Report:
    listed = call.core.list_boxes(running_only=not call.args.all)
    boxes = sorted(listed, key=lambda row: (row.container.project or "", row.container.name))
    documents = [
        shape.container(row.container, row.badge, tag_moved=row.tag_moved, operation=row.operation)
        for row in boxes
    ]
    return Report(
        {"containers": documents},
        lambda: _lines([(row.container, row.badge) for row in boxes], call),
    )


def _lines(boxes: list[tuple[Container, Badge]], call: Call) -> Iterable[str]:
    if not boxes:
        more = "" if call.args.all else "; -a lists stopped ones too"
        return [f"No boxes here{more}."]
    head = ["NAME", "PROJECT", "STATE", "A RECREATE LOSES", "IMAGE", "CREATED", "PORTS"]
    return output.table(head, [_row(*box) for box in boxes], color=call.color)


def _row(box: Container, badge: Badge) -> list[Cell]:
    return [
        Cell(box.name),
        Cell(box.project or "-"),
        _state(box),
        _verdict(badge),
        Cell(box.details.image_ref if box.details else box.image),
        Cell(formatting.age(box.created), right=True),
        Cell(_ports(box)),
    ]


def _state(box: Container) -> Cell:
    if box.state is State.RUNNING:
        word = "up" if box.health is Health.NONE else box.health.value
        return Cell(word, {"unhealthy": "red", "starting": "yellow"}.get(word, "green"))
    code = box.details.exit_code if box.details else None
    if box.state is State.EXITED and code is not None:
        oom = " out of memory" if box.details and box.details.oom_killed else ""
        return Cell(f"exited {code}{oom}", "red" if code or oom else "dim")
    return Cell(box.state, "yellow")


def _verdict(badge: Badge) -> Cell:
    word, style = _VERDICTS[badge.verdict]
    if badge.verdict is Verdict.AT_RISK and badge.at_risk_bytes is not None:
        files = formatting.count(badge.at_risk_files)
        word = f"{formatting.size(badge.at_risk_bytes)} in {files} files"
    if badge.scanned_at is not None:
        word += f" ({formatting.ago(badge.scanned_at)})"
    return Cell(word, style)


def _ports(box: Container) -> str:
    published = {
        f"{port.host_port}->{port.container_port}/{port.protocol}"
        for port in box.ports
        if port.host_port is not None
    }
    return ", ".join(sorted(published)) or "-"


COMMAND = Command(run=run, configure=configure, fields=("containers",))
