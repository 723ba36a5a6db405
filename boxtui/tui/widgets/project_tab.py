"""The compose project selected, as a whole."""

from textual.app import ComposeResult

from boxtui.tui.render import project
from boxtui.tui.snapshot import Snapshot, Target
from boxtui.tui.spans import Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab
from boxtui.tui.widgets.line_list import LineList
from boxtui.tui.widgets.line_view import LineView
from boxtui.tui.widgets.static_rows import StaticRows


class ProjectTab(Tab):
    """The sum, and the boxes and volumes it is made of."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self._shown: tuple[Snapshot, Target | None] = (Snapshot(), None)

    def compose(self) -> ComposeResult:
        yield LineView(classes="summary")
        yield LineList(classes="rows")

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        self._shown = (snapshot, target)
        view, rows = self.query_one(LineView), self.query_one(LineList)
        view.painter.stale = rows.painter.stale = snapshot.stale
        boxes = project.members(snapshot, target.id) if target is not None else []
        width = max(20, self.size.width - 1)
        lines = project.summary(snapshot, boxes, self.symbols, width)
        view.show([(Span(" "), *line) for line in lines], fit_height=True)
        listed = StaticRows(project.rows(snapshot, boxes, self.symbols))
        rows.show(listed, empty=[(Span("Its boxes are gone.", Role.MUTED),)])

    def focus_inside(self) -> None:
        self.query_one(LineList).focus()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        event.stop()

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()

    def on_resize(self) -> None:
        self.draw(*self._shown)
