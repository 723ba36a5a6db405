"""What all dialogs share: a titled box in the middle, Escape to leave, and only their own keys.

A new dialog derives from `Dialog[Result]`, yields its widgets from `body`, and dismisses itself
with a Result. Whoever opens it awaits `screen.app.push_screen_wait(...)` in an action.
"""

from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Line
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.line_view import LineView

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None], Generic[Result]):
    """A question, or something to read; None for an answer that was not given."""

    CSS_PATH = "dialogs.tcss"
    KIND: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="dialog.cancel", tooltip="Leave it undone"),
    ]

    def __init__(self, title: str, symbols: Symbols) -> None:
        super().__init__(classes=self.KIND)
        self.heading = title
        self.symbols = symbols
        self.set_class(symbols.ascii, "-ascii")

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            # Content, since a name may look like markup
            box.border_title = Content(self.heading)
            yield from self.body()

    def body(self) -> Iterator[Widget]:
        """Give the widgets within the box."""
        raise NotImplementedError

    def draw(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot, where the dialog shows anything of one."""

    def room(self) -> int:
        """Cells that a line in the box may take."""
        return max(20, min(96, self.app.size.width * 9 // 10) - 4)

    def action_cancel(self) -> None:
        self.dismiss(None)


def text(lines: list[Line], *, classes: str = "text") -> LineView:
    """Make a view of lines, as high as they are many."""
    view = LineView(classes=classes)
    view.show(lines, fit_height=True)
    return view
