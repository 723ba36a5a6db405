"""A few lines without a cursor: the header, the hints, a summary; repainted cell by cell too."""

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from boxtui.tui.spans import Line, fit_line
from boxtui.tui.widgets.painting import Painted, Painter


class LineView(Widget):
    """Shows lines as they are given; its height is that of its stylesheet, or of its lines."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.lines: Sequence[Line] = ()
        self.painter = Painter(self)

    def show(self, lines: Sequence[Line], *, fit_height: bool = False) -> None:
        """Put other lines in; with `fit_height` the widget takes as many rows as there are."""
        if fit_height and len(lines) != len(self.lines):
            self.styles.height = len(lines)
            self.display = bool(lines)
        self.lines = lines
        for region in self.painter.changes(self.size, self._painted):
            self.refresh(region)

    def render_line(self, y: int) -> Strip:
        return self.painter.strip(y, *self._painted(y))

    def _painted(self, y: int) -> Painted:
        line = self.lines[y] if y < len(self.lines) else ()
        return fit_line(line, self.size.width), False

    def on_resize(self) -> None:
        self.painter.forget()
