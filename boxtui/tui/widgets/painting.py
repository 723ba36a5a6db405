"""From lines of roles to what Textual paints, and the memory of it that spares repaints."""

from collections.abc import Callable, Iterator
from itertools import zip_longest

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from boxtui.tui import theme
from boxtui.tui.spans import Line, Role, Span, width_of

Painted = tuple[Line, bool]
_Look = tuple[str, bool, bool, Style]


class Painter:
    """Paints one widget's lines, and knows what stands on the screen by now."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._painted: dict[int, Painted] = {}
        self._look: _Look | None = None
        self._styles: dict[Role, Style] = {}
        self._selected = Style()
        self.stale = False

    def changes(self, size: Size, line_at: Callable[[int], Painted]) -> Iterator[Region]:
        """Find the cells that are no longer what was painted."""
        for y in range(size.height):
            now, before = line_at(y), self._painted.get(y)
            if before is None:
                yield Region(0, y, size.width, 1)
            elif now != before:
                first, end = changed_cells(before, now, size.width)
                yield Region(first, y, end - first, 1)

    def strip(self, y: int, line: Line, selected: bool) -> Strip:
        """Give a line as Textual wants it."""
        self._renew_styles()
        self._painted[y] = (line, selected)
        segments = [Segment(span.text, self._style(span.role, selected)) for span in line]
        return Strip(segments, width_of(line))

    def forget(self) -> None:
        """Let everything be painted anew."""
        self._painted.clear()

    def _style(self, role: Role, selected: bool) -> Style:
        style = self._styles[role]
        return style + self._selected if selected else style

    def _renew_styles(self) -> None:
        widget, current = self._widget, self._widget.app.current_theme
        focused = widget.has_focus
        look = (current.name, self.stale, focused, widget.rich_style)
        if look == self._look:
            return
        self._look = look
        # rich_style carries the background that the stylesheet gives the widget
        ground = widget.rich_style
        roles = theme.role_styles(current, stale=self.stale)
        self._styles = {role: ground + style for role, style in roles.items()}
        self._selected = theme.selected_style(current, focused=focused)


def changed_cells(before: Painted, now: Painted, width: int) -> tuple[int, int]:
    """Give the first changed cell and the end of the last; a moved cursor changes the line."""
    if before[1] != now[1]:
        return 0, width
    first = _same_cells(before[0], now[0])
    last = _same_cells(tuple(_reversed(before[0])), tuple(_reversed(now[0])))
    return first, max(first + 1, width - last)


def _reversed(line: Line) -> Iterator[Span]:
    return (Span(span.text[::-1], span.role) for span in reversed(line))


def _same_cells(one: Line, other: Line) -> int:
    cells = 0
    for a, b in zip_longest(one, other):
        if a != b:
            if a is None or b is None or a.role is not b.role:
                return cells
            for x, y in zip(a.text, b.text, strict=False):
                if x != y:
                    return cells
                cells += cell_len(x)
            return cells
        cells += cell_len(a.text)
    return cells
