"""The list of boxes: which rows in which order, and each row's cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from boxtui import formatting
from boxtui.model.container import Container, Port, State
from boxtui.model.image import tag_moved
from boxtui.model.operation import Operation, StepState
from boxtui.model.scan import Badge, Verdict
from boxtui.tui.render import columns, words
from boxtui.tui.render.columns import Column, Layout
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Line, Role, Span, fit_line
from boxtui.tui.symbols import Symbols

_INDENT = "  "
"""Where the sign of a folded project stands."""


class Order(StrEnum):
    """How the list is sorted; only by name are projects kept together."""

    NAME = "name"
    WORST = "worst first"
    STATE = "state"
    AGE = "newest"


@dataclass(frozen=True, slots=True)
class Group:
    """The head of a compose project."""

    project: str
    boxes: int
    running: int
    folded: bool


Row = Group | Container


def key(row: Row) -> str:
    """Give what a row is known by, however the list shifts."""
    return f"project:{row.project}" if isinstance(row, Group) else row.id


def arrange(
    snapshot: Snapshot, order: Order, needle: str = "", folded: frozenset[str] = frozenset()
) -> list[Row]:
    """Choose and sort the rows; `needle` keeps the boxes that it is found in."""
    boxes = [c for c in snapshot.inventory.containers.values() if _found(c, needle.lower())]
    boxes.sort(key=lambda c: c.name)
    match order:
        case Order.WORST:
            boxes.sort(key=lambda c: _danger(snapshot.badge(c.id)))
        case Order.STATE:
            boxes.sort(key=lambda c: (not c.running, c.state))
        case Order.AGE:
            boxes.sort(key=lambda c: c.created, reverse=True)
        case _:
            return _grouped(boxes, folded)
    return [*boxes]


def _grouped(boxes: list[Container], folded: frozenset[str]) -> list[Row]:
    boxes.sort(key=lambda c: (c.project or c.name, c.project is None, c.service or "", c.name))
    rows: list[Row] = []
    members: dict[str, list[Container]] = {}
    for box in boxes:
        if box.project is not None:
            members.setdefault(box.project, []).append(box)
    headed: set[str] = set()
    for box in boxes:
        if box.project is None:
            rows.append(box)
        elif box.project not in headed:
            headed.add(box.project)
            group = members[box.project]
            running = sum(c.running for c in group)
            closed = box.project in folded
            rows.append(Group(box.project, len(group), running, closed))
            rows.extend([] if closed else group)
    return rows


def _found(container: Container, needle: str) -> bool:
    if not needle:
        return True
    heap = (container.name, container.image, container.project, container.service, container.state)
    return any(needle in text.lower() for text in heap if text) or container.id.startswith(needle)


_DANGER = {Verdict.AT_RISK: 0, Verdict.UNSCANNED: 1, Verdict.SAFE: 2}


def _danger(badge: Badge) -> tuple[int, int]:
    return _DANGER[badge.verdict], -(badge.at_risk_bytes or 0)


@dataclass(frozen=True, slots=True)
class BoxTable:
    """The rows with all that their cells need; `line` is called for rows on screen only."""

    rows: Sequence[Row]
    snapshot: Snapshot
    symbols: Symbols
    named: Mapping[str, str]
    """What each image reference names now, to see tags that have moved."""
    name_width: int
    wanted: tuple[str, ...] = ()
    """Column ids from the configuration; empty for all that fit."""

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> str:
        return key(self.rows[index])

    def head(self, width: int) -> Line:
        return (Span(_INDENT), *columns.head(self._layout(width), width - len(_INDENT)))

    def line(self, index: int, width: int) -> Line:
        row = self.rows[index]
        if isinstance(row, Group):
            return group_line(row, width, self.symbols)
        layout = self._layout(width)
        cells = self._cells(row)
        room = width - len(_INDENT)
        return (Span(_INDENT), *columns.row(layout, cells, room, ellipsis=self.symbols.ellipsis))

    def _layout(self, width: int) -> Layout:
        return layout_for(width - len(_INDENT), self.name_width, self.wanted)

    def _cells(self, box: Container) -> Mapping[str, Span | Line]:
        operation = self.snapshot.busy(box.id)
        state = words.state(box, self.symbols)
        if operation is not None:
            state = Span(f"{self.symbols.busy} {operation.kind}{_step(operation)}", Role.FOCUS)
        return {
            "name": Span(formatting.plain(box.name), Role.PLAIN if box.running else Role.MUTED),
            "state": state,
            "loss": self._loss(box),
            "image": self._image(box),
            "up": Span(words.up(box, self.snapshot.now), Role.MUTED),
            "policy": self._policy(box),
            "ports": Span(ports(box.ports), Role.MUTED),
            "service": Span(formatting.plain(box.service or ""), Role.MUTED),
            "id": Span(box.id[: words.SHORT_ID], Role.MUTED),
        }

    def _loss(self, box: Container) -> Span:
        if box.id in self.snapshot.scanning:
            return Span("scanning", Role.FOCUS)
        return words.verdict(self.snapshot.badge(box.id), self.symbols)

    def _image(self, box: Container) -> Line:
        name = image_name(box)
        if tag_moved(box, self.named):
            return (Span(f"{name} ", Role.MUTED), Span(self.symbols.moved, Role.RISK))
        return (Span(name, Role.MUTED),)

    def _policy(self, box: Container) -> Span:
        if box.details is None:
            return Span("")
        policy = box.details.restart_policy
        return Span(policy, Role.RISK if policy == "no" and box.running else Role.MUTED)


def _step(operation: Operation) -> str:
    """Say which step a change of several is at."""
    total = len(operation.steps)
    begun = sum(step.state is not StepState.PENDING for step in operation.steps)
    return f" {begun}/{total}" if total > 1 and begun else ""


def layout_for(width: int, name_width: int, wanted: tuple[str, ...] = ()) -> Layout:
    """Give the columns that fit."""
    name = max(10, min(name_width, 40))
    table = (
        Column("name", "NAME", min(name, 24), name),
        Column("state", "STATE", 15, 22, grow=2),
        Column("loss", "LOSS", 10, 16, grow=1),
        Column("image", "IMAGE", 8, 34, rank=2),
        Column("up", "UP", 4, 4, rank=1, right=True),
        Column("policy", "POLICY", 14, 14, rank=3),
        Column("ports", "PORTS", 10, 40, rank=4, grow=1),
    )
    chosen = tuple(c for c in table if not wanted or c.id in wanted or not c.rank)
    return columns.allot(chosen, width)


def group_line(group: Group, width: int, symbols: Symbols) -> Line:
    """Head a project: its name, and how many of its boxes run."""
    sign = symbols.closed if group.folded else symbols.opened
    tally = f"  {group.running}/{group.boxes} up"
    name = Span(formatting.plain(group.project), Role.STRONG)
    return fit_line((Span(f"{sign} ", Role.MUTED), name, Span(tally, Role.MUTED)), width)


def image_name(box: Container) -> str:
    """Give the image as people know it: the reference it was made from, ids short."""
    name = box.details.image_ref if box.details else box.image
    if name.startswith("sha256:"):
        name = name.removeprefix("sha256:")[: words.SHORT_ID]
    return formatting.plain(name)


def ports(published: Sequence[Port]) -> str:
    """Say which ports of the host lead where; the same port on two addresses once."""
    seen = dict.fromkeys(_port(p) for p in published if p.host_port is not None)
    return " ".join(seen)


def _port(port: Port) -> str:
    protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
    local = port.host_ip in {"127.0.0.1", "::1"}
    return f"{'lo:' if local else ''}{port.host_port}>{port.container_port}{protocol}"


def tally(snapshot: Snapshot) -> tuple[int, int]:
    """Count the boxes that are up, and all."""
    boxes = snapshot.inventory.containers.values()
    return sum(box.state is State.RUNNING for box in boxes), len(boxes)
