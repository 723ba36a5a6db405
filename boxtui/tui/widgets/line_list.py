"""A list that draws only the rows on screen, and repaints only the cells whose text changed.

It scrolls by itself instead of being a ScrollView: a thousand rows cost what a screenful costs,
and a changed number of rows needs no new layout. The cursor belongs to a row's key: rows may come,
go and be sorted anew, and it stays on the object it was on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from boxtui.tui import keymap
from boxtui.tui.spans import Line, Role, Span, fit_line
from boxtui.tui.widgets import bordering
from boxtui.tui.widgets.painting import Painted, Painter

_WHEEL_ROWS = 3
_BLANK: Line = (Span(" "),)


class Rows(Protocol):
    """What a list shows; `line` is asked for rows on screen only."""

    def __len__(self) -> int: ...
    def key(self, index: int) -> str: ...
    def head(self, width: int) -> Line:
        """Give the line of titles; empty for none."""

    def line(self, index: int, width: int) -> Line: ...


class NoRows:
    """A list before anything has been read."""

    def __len__(self) -> int:
        return 0

    def key(self, index: int) -> str:
        raise IndexError(index)

    def head(self, width: int) -> Line:  # noqa: ARG002 - the Protocol's
        return ()

    def line(self, index: int, width: int) -> Line:
        raise IndexError(index, width)


class LineList(Widget, can_focus=True):
    """Rows under a pinned head, with a cursor; its first column marks the cursor's row."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.MOVES)]
    CURSOR_SIGN: ClassVar[str] = "▌"
    """Replaced as a whole where the terminal has only ASCII."""

    @dataclass
    class Highlighted(Message):
        """The cursor is on another object now; None where the list is empty."""

        list: "LineList"
        key: str | None

    @dataclass
    class Opened(Message):
        """Enter, a double click or an arrow on a row: `how` is open, unfold or fold."""

        list: "LineList"
        key: str
        how: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.rows: Rows = NoRows()
        self.cursor = 0
        self.top = 0
        self.key: str | None = None
        """The key of the row under the cursor."""
        self._empty: Sequence[Line] = ()
        self.painter = Painter(self)

    def show(self, rows: Rows, *, empty: Sequence[Line] = ()) -> None:
        """Put other rows in; `empty` is said where there are none."""
        self.rows, self._empty = rows, empty
        self.move_to(self._row_of(self.key))

    def select(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        index = self._row_of(key)
        if index < len(self.rows) and self.rows.key(index) == key:
            self.move_to(index)

    def move_to(self, index: int) -> None:
        """Put the cursor on the row, or the nearest there is."""
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._scroll_to_cursor()
        key = self.rows.key(self.cursor) if len(self.rows) else None
        if key != self.key:
            self.key = key
            self.post_message(self.Highlighted(self, key))
        self.repaint()

    def on_screen(self) -> list[str]:
        """Give the keys of the rows that can be seen."""
        end = min(len(self.rows), self.top + self._page())
        return [self.rows.key(index) for index in range(self.top, end)]

    def repaint(self) -> None:
        """Mark the cells that differ from what was painted last."""
        if self.border_title is not None:
            where = f"{self.cursor + 1} of {len(self.rows)}" if len(self.rows) else ""
            bordering.subtitle(self, where)
        for region in self.painter.changes(self.size, self._painted):
            self.refresh(region)

    def render_line(self, y: int) -> Strip:
        return self.painter.strip(y, *self._painted(y))

    def _painted(self, y: int) -> Painted:
        width = self.size.width
        if not len(self.rows):
            line = self._empty[y] if y < len(self._empty) else ()
            return fit_line((*_BLANK, *line), width), False
        head = self._head()
        if head and y == 0:
            return fit_line((*_BLANK, *head), width), False
        index = self.top + y - bool(head)
        if index >= len(self.rows):
            return fit_line((), width), False
        here = index == self.cursor
        gutter = (Span(self.CURSOR_SIGN, Role.FOCUS),) if here else _BLANK
        return fit_line((*gutter, *self.rows.line(index, width - 1)), width), here

    def _head(self) -> Line:
        return self.rows.head(self.size.width - 1) if len(self.rows) else ()

    def _page(self) -> int:
        return max(1, self.size.height - bool(self._head()))

    def _row_of(self, key: str | None) -> int:
        total = len(self.rows)
        if key is None or (self.cursor < total and self.rows.key(self.cursor) == key):
            return self.cursor
        return next((i for i in range(total) if self.rows.key(i) == key), self.cursor)

    def _scroll_to_cursor(self) -> None:
        page = self._page()
        top = min(self.top, self.cursor)
        top = max(top, self.cursor - page + 1)
        self.top = max(0, min(top, len(self.rows) - page))

    def action_perform(self, binding_id: str) -> None:
        """Move, open or fold, as `keymap.MOVES` names it."""
        page = self._page()
        match binding_id:
            case "move.down":
                self.move_to(self.cursor + 1)
            case "move.up":
                self.move_to(self.cursor - 1)
            case "move.first":
                self.move_to(0)
            case "move.last":
                self.move_to(len(self.rows) - 1)
            case "move.page-down":
                self.move_to(self.cursor + page)
            case "move.page-up":
                self.move_to(self.cursor - page)
            case _ if self.key is not None:
                self.post_message(self.Opened(self, self.key, binding_id.removeprefix("move.")))

    def on_resize(self) -> None:
        self._scroll_to_cursor()
        self.painter.forget()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not len(self.rows):
            return
        index = self.top + offset.y - bool(self._head())
        if not self.top <= index < len(self.rows):
            return
        self.move_to(index)
        if event.chain > 1 and self.key is not None:
            self.post_message(self.Opened(self, self.key, "open"))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move_to(self.cursor + _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move_to(self.cursor - _WHEEL_ROWS)
