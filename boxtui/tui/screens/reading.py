"""Full dialogs to read: the help, and the list of operations."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from boxtui.model.operation import Operation
from boxtui.tui.render import help as help_text
from boxtui.tui.render import operations as listing
from boxtui.tui.screens.dialog import Dialog, text
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.line_list import LineList
from boxtui.tui.widgets.line_view import LineView
from boxtui.tui.widgets.static_rows import StaticRows


class HelpDialog(Dialog[None]):
    """Every key and what the signs mean."""

    KIND = "-full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,q", "cancel", "close", id="help.close", tooltip="Close the help"),
    ]

    def __init__(self, remapped: Mapping[str, str], symbols: Symbols) -> None:
        super().__init__("Help", symbols)
        self.remapped = remapped

    def body(self) -> Iterator[Widget]:
        rows = LineList()
        rows.show(StaticRows(help_text.lines(self.remapped, self.symbols)))
        yield rows
        hint = "keys can be changed in the configuration: [keys] with the names on the right"
        yield text([(Span("Esc", Role.KEY), Span(f" close     {hint}", Role.MUTED))])


class OperationsDialog(Dialog[None]):
    """What runs and what ran, with the reason of each failure; stays true while it is open."""

    KIND = "-full"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "stop", "cancel it", id="operations.cancel", tooltip="Cancel what runs"),
        Binding("o,q", "cancel", "close", id="operations.close", tooltip="Close the list"),
    ]

    def __init__(self, snapshot: Snapshot, symbols: Symbols, cancel: Callable[[str], None]) -> None:
        super().__init__("Operations", symbols)
        self.snapshot = snapshot
        self._cancel_operation = cancel

    def body(self) -> Iterator[Widget]:
        yield LineList()
        yield LineView(classes="about")
        keys = (Span("Esc", Role.KEY), Span(" close     ", Role.MUTED))
        stop = (Span("c", Role.KEY), Span(" cancel what runs", Role.MUTED))
        yield text([(*keys, *stop)], classes="keys")

    def on_mount(self) -> None:
        self.draw(self.snapshot)

    def draw(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot."""
        self.snapshot = snapshot
        rows = self.query_one(LineList)
        table = listing.OperationTable(snapshot.operations, snapshot.now, self.symbols)
        rows.show(table, empty=[(Span("Nothing has been changed from here yet.", Role.MUTED),)])
        self._draw_steps()

    def _draw_steps(self) -> None:
        lines = listing.steps(self._selected(), self.room())
        self.query_one(".about", LineView).show(lines, fit_height=True)

    def _selected(self) -> Operation | None:
        key = self.query_one(LineList).key
        return next((o for o in self.snapshot.operations if o.id == key), None)

    def on_line_list_highlighted(self) -> None:
        self._draw_steps()

    def action_stop(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._cancel_operation(selected.id)
