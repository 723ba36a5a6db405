"""The list of operations, and one of them step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from boxtui import formatting
from boxtui.model.operation import Operation, OperationState, StepState
from boxtui.tui.render import columns, words
from boxtui.tui.render.columns import Column
from boxtui.tui.render.mapview import wrap
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols

_STATES = {
    OperationState.RUNNING: Role.FOCUS,
    OperationState.DONE: Role.GOOD,
    OperationState.ROLLED_BACK: Role.RISK,
    OperationState.FAILED: Role.BROKEN,
    OperationState.NEEDS_RECOVERY: Role.BROKEN,
}

_COLUMNS = (
    Column("state", "STATE", 12, 14),
    Column("kind", "WHAT", 8, 14),
    Column("object", "OBJECT", 16, 40),
    Column("age", "AGE", 4, 4, right=True),
    Column("reason", "REASON", 12, 80, rank=1),
)


@dataclass(frozen=True, slots=True)
class OperationTable:
    """Newest first."""

    rows: Sequence[Operation]
    now: datetime
    symbols: Symbols

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> str:
        return self.rows[index].id

    def head(self, width: int) -> Line:
        return columns.head(columns.allot(_COLUMNS, width), width)

    def line(self, index: int, width: int) -> Line:
        operation = self.rows[index]
        cells: dict[str, Span | Line] = {
            "state": Span(operation.state.value, _STATES[operation.state]),
            "kind": Span(operation.kind),
            "object": Span(formatting.plain(operation.object_name)),
            "age": Span(words.age(operation.started, self.now), Role.MUTED),
            "reason": Span(formatting.plain(operation.error or ""), Role.BROKEN),
        }
        layout = columns.allot(_COLUMNS, width)
        return columns.row(layout, cells, width, ellipsis=self.symbols.ellipsis)


_STEP_ROLES = {
    StepState.PENDING: Role.MUTED,
    StepState.START: Role.FOCUS,
    StepState.DONE: Role.GOOD,
    StepState.UNDO: Role.RISK,
    StepState.FAILED: Role.BROKEN,
}


def steps(operation: Operation | None, width: int) -> list[Line]:
    """Tell what became of each step, and why it failed if it did."""
    if operation is None:
        return []
    lines: list[Line] = []
    for number, step in enumerate(operation.steps, 1):
        took = "" if step.seconds is None else f"  {step.seconds:.1f} s"
        lines.append(
            (
                Span(f"{number:>3} ", Role.MUTED),
                Span(f"{step.state.value:<8} ", _STEP_ROLES[step.state]),
                Span(formatting.plain(step.name)),
                Span(took, Role.MUTED),
            )
        )
    if operation.error:
        reason = formatting.plain(operation.error)
        lines += [(Span(part, Role.BROKEN),) for part in wrap(reason, width)]
    return lines
