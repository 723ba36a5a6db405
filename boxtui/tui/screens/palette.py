"""The palette: every action that makes sense now, and every box, found by what one types."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from boxtui.tui.screens.dialog import Dialog
from boxtui.tui.screens.questions import Choice, choice_line
from boxtui.tui.spans import Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_list import LineList
from boxtui.tui.widgets.static_rows import StaticRows


class PaletteDialog(Dialog[str]):
    """Narrows choices down while one types; gives the id of the one chosen."""

    KIND = "-list -palette"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "next", id="palette.next", tooltip="The next one"),
        Binding("up,ctrl+p", "step(-1)", "before", id="palette.previous", tooltip="The one before"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], symbols: Symbols) -> None:
        super().__init__(title, symbols)
        self.choices = choices
        self._typed = ""

    def body(self) -> Iterator[Widget]:
        yield Field(self._take, placeholder="what to do, or where to go")
        rows = LineList()
        # the field keeps the focus; the arrows move this cursor from there
        rows.can_focus = False
        yield rows

    def on_mount(self) -> None:
        self._narrow("")

    def _narrow(self, typed: str) -> None:
        self._typed = typed
        words = typed.lower().split()
        found = [c for c in self.choices if all(w in f"{c.label} {c.note}".lower() for w in words)]
        # what the label itself begins with comes first
        found.sort(key=lambda c: not c.label.lower().startswith(typed.lower()))
        width = max((len(c.label) for c in found), default=0)
        lines = [choice_line(choice, width) for choice in found]
        nothing = [(Span("nothing fits", Role.MUTED),)]
        rows = self.query_one(LineList)
        rows.key = None
        rows.show(StaticRows(lines, [c.id for c in found]), empty=nothing)
        rows.move_to(0)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value != self._typed:
            self._narrow(event.value)

    def _take(self, typed: str) -> None:
        # what was typed fast is told of after this: this is the newest
        self._narrow(typed)
        self.dismiss(self.query_one(LineList).key)

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        self.dismiss(event.key)

    def action_step(self, by: int) -> None:
        rows = self.query_one(LineList)
        rows.move_to(rows.cursor + by)
