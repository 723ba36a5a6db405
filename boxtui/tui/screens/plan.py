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
from boxtui.tui.screens.dialog import Dialog, text
from boxtui.tui.spans import Line
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_view import LineView


class PlanDialog(Dialog[Answer]):
    """Shows a plan; gives an Answer, or None where it was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "agree", id="plan.agree", tooltip="Carry the plan out"),
        Binding("c", "commands", "commands", id="plan.commands", tooltip="The docker commands"),
    ]

    def __init__(self, plan: Plan, symbols: Symbols) -> None:
        super().__init__(words.title(plan), symbols)
        self.plan = plan
        self.set_class(words.loses_something(plan.loses), "-loss")
        self._shows_commands = False

    def body(self) -> Iterator[Widget]:
        with VerticalScroll(classes="scroll", can_focus=False):
            yield text(self._lines(), classes="text plan")
        if self.plan.needs is Needs.NAME:
            yield Field(self._named, placeholder="the full name, to agree to the loss")
        yield text([words.question(self.plan)], classes="keys")

    def _lines(self) -> list[Line]:
        if self._shows_commands:
            return words.commands(self.plan, self.room())
        return words.body(self.plan, self.symbols, self.room())

    def on_mount(self) -> None:
        if self.plan.needs is Needs.NAME:
            self.query_one(Field).focus()

    def action_agree(self) -> None:
        if self.plan.needs is not Needs.NAME:
            self.dismiss(Answer(yes=True))

    def action_commands(self) -> None:
        if self.plan.commands:
            self._shows_commands = not self._shows_commands
            self.query_one(".plan", LineView).show(self._lines(), fit_height=True)

    def _named(self, typed: str) -> None:
        if typed == self.plan.object_name:
            self.dismiss(Answer(name=typed))
        else:
            self.app.bell()
