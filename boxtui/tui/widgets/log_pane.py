"""The lines of a log on the screen: only the rows in sight are made, and kept until they change.

What is seen hangs on the number of a line, not on a row: lines that come, or leave the ring, move
nothing while the operator reads.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from boxtui.tui import keymap, theme
from boxtui.tui.render import log_lines
from boxtui.tui.render.log_rows import Manner, rows_of
from boxtui.tui.widgets.line_list import LineList
from boxtui.watch.logs import LogView

if TYPE_CHECKING:
    from rich.style import Style

    from boxtui.tui.spans import Role

_WHEEL_ROWS = 3
_SIDEWAYS = 8
_MOST_MADE = 2000

Place = tuple[int, int]
"""The number of a line, and a row of it."""


class LogPane(Widget, can_focus=True):
    """Shows a LogView; its newest line at the bottom while it follows."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *keymap.bindings(keymap.MOVES),
        *keymap.bindings(keymap.LOGS),
    ]

    class Moved(Message):
        """It shows another part, or in another manner."""

    class Asked(Message):
        """A key of the tab's."""

        def __init__(self, binding_id: str) -> None:
            super().__init__()
            self.binding_id = binding_id

    class Hidden(Message):
        """Nobody sees it any more."""

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.view = LogView()
        self.manner = Manner(width=0, cursor=LineList.CURSOR_SIGN)
        self.following = True
        self.here: int | None = None
        """The number of the line of the hit one is at."""
        self.top: Place = (0, 0)
        self._made: dict[int, list[Strip]] = {}
        self._rows: list[Strip] = []
        self._look: tuple[str, Style] | None = None
        self._styles: dict[Role, Style] = {}

    def show(self, view: LogView) -> None:
        """Put newer lines in."""
        if view.first < self.view.first or view.end < self.view.end:
            self._made.clear()
        self.view = view
        self.redraw()

    def begin_anew(self) -> None:
        """Forget what was shown: another box's lines are coming."""
        self.view, self.following, self.here, self.top = LogView(), True, None, (0, 0)
        self.manner = replace(self.manner, left=0)
        self._made.clear()
        self.redraw()

    def set_manner(self, manner: Manner) -> None:
        """Show the lines in another manner."""
        if manner != self.manner:
            self.manner = manner
            self._made.clear()
            self.top = (self.top[0], 0)
            self.redraw()

    def redraw(self) -> None:
        """Lay the rows out, and have those painted that have changed."""
        self._renew_styles()
        before, self._rows = self._rows, self._laid_out()
        for y in range(max(len(before), len(self._rows))):
            if before[y : y + 1] != self._rows[y : y + 1]:
                self.refresh(Region(0, y, self.size.width, 1))
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        if self._renew_styles():
            self._rows = self._laid_out()
        if y < len(self._rows):
            return self._rows[y]
        return Strip.blank(self.size.width, self.rich_style)

    # -- what is where ----------------------------------------------------------------------------

    def _laid_out(self) -> list[Strip]:
        if not self.manner.width or not self.view.entries:
            return []
        if self.following:
            self.top = self._last_top()
        else:
            self.top = min(max(self.top, (self.view.first, 0)), self._last_top())
        number, skipped = self.top
        rows = self._rows_of(number)[skipped:]
        while len(rows) < self.size.height and number + 1 < self.view.end:
            number += 1
            rows = rows + self._rows_of(number)
        return rows[: self.size.height]

    def _last_top(self) -> Place:
        """Give the place from which on everything is in sight."""
        return self._from((self.view.end, 0), -self.size.height)

    def _from(self, place: Place, by: int) -> Place:
        """Give the place some rows away, or the first or last there is."""
        number, row = place
        row += by
        while row < 0 and number > self.view.first:
            number -= 1
            row += len(self._rows_of(number))
        while number < self.view.end - 1 and row >= (height := len(self._rows_of(number))):
            number, row = number + 1, row - height
        return number, max(0, row)

    def _rows_of(self, number: int) -> list[Strip]:
        made = self._made.get(number)
        if made is None:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            entry = self.view.entries[number - self.view.first]
            made = rows_of(entry, self.manner, self._styles, here=number == self.here)
            self._made[number] = made
        return made

    def _renew_styles(self) -> bool:
        look = (self.app.current_theme.name, self.rich_style)
        if look == self._look:
            return False
        self._look = look
        roles = theme.role_styles(self.app.current_theme)
        self._styles = {role: self.rich_style + style for role, style in roles.items()}
        self._made.clear()
        return True

    # -- moving about -----------------------------------------------------------------------------

    def scroll_rows(self, by: int) -> None:
        """Go up or down; going down to the end follows again."""
        if not self.view.entries:
            return
        self.top = self._from(self.top, by)
        self.following = by > 0 and self.top >= self._last_top()
        self.redraw()

    def follow(self, *, on: bool) -> None:
        """Keep to the newest line, or stay."""
        self.following = on
        self.redraw()

    def to_hit(self, by: int) -> bool:
        """Go to the next hit, or the one before; False where there is none."""
        view, needle = self.view, self.manner.needle
        if not needle or not view.entries:
            return False
        before = self.here
        from_line = before if before is not None else view.end if by < 0 else self.top[0] - 1
        count = len(view.entries)
        for step in range(1, count + 1):
            at = (from_line - view.first + by * step) % count
            if any(log_lines.hit_spans(log_lines.text_of(view.entries[at]), needle)):
                self._go(view.first + at)
                return True
        return False

    def _go(self, number: int) -> None:
        for changed in (self.here, number):
            if changed is not None:
                self._made.pop(changed, None)
        self.here, self.following = number, False
        if not self.top[0] < number < self.top[0] + self.size.height // 2:
            self.top = self._from((number, 0), -(self.size.height // 3))
        self.redraw()

    def action_perform(self, binding_id: str) -> None:
        """Move, or have the tab do it."""
        page = max(1, self.size.height - 1)
        moves = {
            "move.down": 1, "move.up": -1, "move.page-down": page, "move.page-up": -page,
        }  # fmt: skip
        match binding_id:
            case "move.first":
                self.top, self.following = (self.view.first, 0), False
                self.redraw()
            case "move.last":
                self.follow(on=True)
            case "move.fold" | "move.unfold":
                by = _SIDEWAYS if binding_id == "move.unfold" else -_SIDEWAYS
                if not self.manner.wrap:
                    self.set_manner(replace(self.manner, left=max(0, self.manner.left + by)))
            case _ if binding_id in moves:
                self.scroll_rows(moves[binding_id])
            case _:
                self.post_message(self.Asked(binding_id))

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys that make sense here, for the line at the bottom."""
        remapped = getattr(self.screen, "remapped", {})
        ids = [key.id for key in keymap.LOGS]
        ids += ["view.back", "zoom.in", "console.menu", "console.help"]
        return [(keymap.shown(i, remapped), keymap.BY_ID[i].label) for i in ids]

    # -- events -----------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self.set_manner(replace(self.manner, width=self.size.width))
        self.redraw()

    def on_hide(self) -> None:
        self.post_message(self.Hidden())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-_WHEEL_ROWS)
