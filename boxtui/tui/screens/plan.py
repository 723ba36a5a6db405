"""The plan dialog: what a change does to which object, and the operator's answer to it.

It knows nothing of any kind of change: all that it shows is in the `Plan`. Escape cancels, `y`
agrees where nothing dear is lost, and where something is the object's name must be typed; Enter
alone never agrees to a loss.
"""

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from boxtui.model.operation import Needs, Plan
from boxtui.operations.execution import Answer
from boxtui.tui.render import plan as words
from boxtui.tui.render.differences import differences
from boxtui.tui.screens.dialog import Dialog, text
from boxtui.tui.spans import Line
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_view import LineView


class PlanDialog(Dialog[Answer]):
    """Shows a plan; gives an Answer, or None where it was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "agree", id="plan.agree", tooltip="Carry the plan out"),
        Binding("d", "look('differences')", "before/after", id="plan.differences"),
        Binding("c", "look('commands')", "commands", id="plan.commands"),
        # where a name is typed, letters belong to the field
        Binding("ctrl+d", "look('differences')", "before/after", priority=True),
        Binding("ctrl+l", "look('commands')", "commands", priority=True),
    ]

    def __init__(self, plan: Plan, symbols: Symbols) -> None:
        super().__init__(words.title(plan), symbols)
        self.plan = plan
        self.set_class(words.loses_something(plan.loses), "-loss")
        self._view = ""
        """"": the plan; or differences, or commands."""

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(classes="scroll", can_focus=False):
            yield text(self._lines(), classes="text plan")
        if self.plan.needs is Needs.NAME:
            yield Field(self._named, placeholder="the full name, to agree to the loss")
        yield text([words.question(self.plan)], classes="keys")

    def _lines(self) -> list[Line]:
        if self._view == "commands":
            return words.commands(self.plan, self.room())
        if self._view == "differences":
            return differences(self.plan.before, self.plan.after, self.room())
        return words.body(self.plan, self.symbols, self.room())

    def on_mount(self) -> None:
        if self.plan.needs is Needs.NAME:
            self.query_one(Field).focus()

    def action_agree(self) -> None:
        if self.plan.needs is not Needs.NAME:
            self.dismiss(Answer(yes=True))

    def action_look(self, view: str) -> None:
        """Show the plan in another way, or as it was before."""
        there = self.plan.commands if view == "commands" else self.plan.before and self.plan.after
        if there:
            self._view = "" if self._view == view else view
            self.query_one(".plan", LineView).show(self._lines(), fit_height=True)

    def _named(self, typed: str) -> None:
        if typed == self.plan.object_name:
            self.dismiss(Answer(name=typed))
        else:
            self.app.bell()
