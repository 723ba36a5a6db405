"""A terminal of a box on the screen: its cells, its cursor, what is selected and found in it.

The view paints at once when the last frame is long enough ago, else by one timer: at most 62
frames a second, and nothing while nothing changes. Its input is in terminal_input.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from boxtui.holder.client import HolderClient
from boxtui.terminal.paste import encode_focus
from boxtui.tui.clipboard import copy
from boxtui.tui.input import ConsoleDriver
from boxtui.tui.render.cells import mark, strip_of
from boxtui.tui.widgets.lookback import Lookback
from boxtui.tui.widgets.terminal_input import TerminalInput

if TYPE_CHECKING:
    from textual.timer import Timer

    from boxtui.terminal import Terminal

FRAME = 1 / 62
"""Seconds between two paints."""
HOLD = 0.15
"""Seconds for which a program may hold its picture back (mode 2026)."""
CLIPBOARD_LIMIT = 100_000
"""Characters that a program may put into the operator's clipboard, where it may at all."""
_CURSOR = Style(reverse=True)
_CURSOR_AWAY = Style(underline=True)
_MARKS = {
    "hit": Style(color="black", bgcolor="yellow"),
    "here": Style(color="black", bgcolor="bright_cyan", bold=True),
    "selected": Style(reverse=True),
    "cursor": _CURSOR,
}


class TerminalView(TerminalInput, can_focus=True):
    """Shows one terminal of the holder's."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TerminalView { width: 1fr; height: 1fr; }"

    @dataclass
    class Changed(Message):
        """The program has ended."""

        view: "TerminalView"

    def __init__(self, client: HolderClient, number: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.number = number
        self.client = client
        self.watched = None
        self.look = None
        self.clipboard = False
        """Whether programs may write to the operator's clipboard (OSC 52)."""
        self.leaving = False
        """Set once it is on its way out of the tree."""
        self.begin_input()
        self._shape = (0, 0)
        self._painted_at = 0.0
        self._timer: Timer | None = None
        self._cursor: tuple[int, int] | None = None

    # -- its life --------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        columns, lines = event.size.width, event.size.height
        if not columns or not lines:
            return
        if self.watched is None:
            self.watched = self.client.watch(
                self.number, columns=columns, lines=lines, on_change=self._output
            )
        else:
            self.client.resize(self.number, columns, lines)

    def on_unmount(self) -> None:
        if self.has_focus:
            ConsoleDriver.capturing = False
        self.client.unwatch(self.number)

    def on_focus(self) -> None:
        ConsoleDriver.capturing = True
        self._send_focus(focused=True)

    def on_blur(self) -> None:
        ConsoleDriver.capturing = False
        self._led = False
        self._send_focus(focused=False)

    def _send_focus(self, *, focused: bool) -> None:
        if terminal := self.terminal:
            data = encode_focus(focused, terminal.modes)
            if data:
                self.client.write(self.number, data)
        self.refresh()

    def leave(self) -> None:
        """Take it off the screen; the holder keeps the terminal."""
        self.leaving = True
        self.remove()

    # -- its picture -----------------------------------------------------------------------------

    def _output(self) -> None:
        terminal = self.terminal
        if terminal is None or self.watched is None:
            return
        size = (terminal.columns, terminal.lines)
        if self.look is None:
            self.look = Lookback(terminal)
            self.send_early()
        elif size != self._shape:
            self.look.renumbered()
        self._shape = size
        self._events(terminal)
        self._schedule(HOLD if terminal.modes.synchronized else 0.0)
        if self.watched.ended:
            self.post_message(self.Changed(self))

    def _events(self, terminal: "Terminal") -> None:
        events_ = terminal.take_events()
        if any(event.kind == "bell" for event in events_):
            self.app.bell()
        for event in events_:
            if event.kind == "clipboard" and self.clipboard and len(event.data) <= CLIPBOARD_LIMIT:
                copy(self.app, event.data)

    def _schedule(self, at_least: float) -> None:
        now = self._clock()
        due = max(self._painted_at + FRAME - now, at_least)
        if self._timer is not None:
            if due > 0:
                return
            self._timer.stop()
            self._timer = None
        if due > 0:
            self._timer = self.set_timer(due, self._paint)
        else:
            self._paint()

    def _paint(self) -> None:
        self._timer = None
        terminal = self.terminal
        if terminal is None:
            return
        self._painted_at = self._clock()
        width, height = self.size
        changed = set(terminal.take_damage())
        if self.look is not None and (self.look.back or self.look.active):
            self.refresh()
            return
        cursor = None if terminal.cursor.hidden else (terminal.cursor.y, terminal.cursor.x)
        if cursor != self._cursor:
            changed.update(place[0] for place in (cursor, self._cursor) if place is not None)
            self._cursor = cursor
        if len(changed) * 2 > height:
            self.refresh()
        else:
            regions = (Region(0, y, width, 1) for y in changed)
            self.refresh(*regions)

    def _clock(self) -> float:
        loop = self.app._loop  # noqa: SLF001 - Textual gives no other way to its loop's clock
        return loop.time() if loop is not None else 0.0

    def render_line(self, y: int) -> Strip:
        terminal, look, width = self.terminal, self.look, self.size.width
        if terminal is None or look is None:
            return Strip.blank(width, self.rich_style)
        history = terminal.history
        index = len(history) - look.back + y
        ground = self.rich_style
        row = index - len(history)
        if row >= terminal.lines:
            return Strip.blank(width, ground)
        strip = strip_of(history[index] if row < 0 else terminal.screen.rows[row], width)
        if self._cursor is not None and row == self._cursor[0] and not look.active:
            strip = self._with_cursor(strip, terminal, row)
        for start, end, kind in look.marks(y):
            strip = mark(strip, start, end, _MARKS[kind])
        return strip.apply_style(ground)

    def _with_cursor(self, strip: Strip, terminal: "Terminal", row: int) -> Strip:
        x = terminal.cursor.x
        chars = terminal.screen.rows[row].chars
        wide = x + 1 < len(chars) and chars[x + 1] == ""
        return mark(strip, x, x + 1 + wide, _CURSOR if self.has_focus else _CURSOR_AWAY)
