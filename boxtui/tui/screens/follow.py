"""A change under way: its steps ticking, bytes and time; it can be left, and runs on."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from boxtui.model.operation import OperationState, Plan
from boxtui.tui.render import plan as words
from boxtui.tui.screens.dialog import Dialog, text
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.line_view import LineView

_EVERY = 1.0
"""Seconds between two looks at the clock."""


class FollowDialog(Dialog[None]):
    """Follows one operation, and closes itself at its end: the end is told by the console."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "leave", id="follow.leave", tooltip="Leave; it runs on"),
        Binding("c", "stop", "cancel", id="follow.cancel", tooltip="Cancel it and roll back"),
    ]

    def __init__(
        self,
        plan: Plan,
        operation_id: str,
        latest: Callable[[], Snapshot],
        cancel: Callable[[str], None],
        symbols: Symbols,
    ) -> None:
        super().__init__(words.title(plan), symbols)
        self.plan = plan
        self.operation_id = operation_id
        self._latest = latest
        self._cancel_operation = cancel
        self._asked = False

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(classes="scroll", can_focus=False):
            yield text([], classes="text steps")
        leave = (Span("Esc", Role.KEY), Span(" leave, it runs on     ", Role.MUTED))
        yield text([(*leave, Span("c", Role.KEY), Span(" cancel", Role.MUTED))], classes="keys")

    def on_mount(self) -> None:
        self.set_interval(_EVERY, lambda: self.draw(self._latest()))
        self.draw(self._latest())

    def draw(self, snapshot: Snapshot) -> None:
        found = next((o for o in snapshot.operations if o.id == self.operation_id), None)
        if found is None or found.state is not OperationState.RUNNING:
            self.dismiss(None)
            return
        moved = snapshot.moved.get(self.operation_id)
        lines = words.running(
            self.plan, found, moved, self.symbols, self.room(), cancelling=self._asked
        )
        self.query_one(".steps", LineView).show(lines, fit_height=True)

    def action_stop(self) -> None:
        self._asked = True
        self._cancel_operation(self.operation_id)
        self.draw(self._latest())
