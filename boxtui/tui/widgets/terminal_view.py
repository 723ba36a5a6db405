"""A terminal of a box on the screen: its cells, its cursor, its scrollback; keys to its program.

Every key but the leader is the program's own. The view paints at once when the last frame is long
enough ago, else by one timer: at most 62 frames a second, and nothing while nothing changes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from boxtui.holder.client import HolderClient, Watched
from boxtui.terminal import Terminal
from boxtui.terminal.keys import encode_key
from boxtui.terminal.mouse import MouseButton, MouseEvent, MouseKind, encode_mouse, wants_mouse
from boxtui.terminal.paste import encode_focus, encode_paste
from boxtui.tui.input import ConsoleDriver
from boxtui.tui.render.cells import mark, strip_of

if TYPE_CHECKING:
    from textual.timer import Timer

FRAME = 1 / 62
"""Seconds between two paints."""
HOLD = 0.15
"""Seconds for which a program may hold its picture back (mode 2026)."""
_WHEEL_ROWS = 3
_CURSOR = Style(reverse=True)
_CURSOR_AWAY = Style(underline=True)
_BUTTONS: dict[int, MouseButton] = {1: "left", 2: "middle", 3: "right"}


class TerminalView(Widget, can_focus=True):
    """Shows one terminal of the holder's; `leader` is the one key that it does not pass on."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TerminalView { width: 1fr; height: 1fr; }"
    LEADER: ClassVar[str] = "ctrl+]"

    @dataclass
    class Led(Message):
        """A key that followed the leader; `key` is None for the leader alone."""

        view: "TerminalView"
        key: str | None

    @dataclass
    class Changed(Message):
        """The program has ended, or rang, or named itself anew."""

        view: "TerminalView"

    def __init__(self, client: HolderClient, number: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.number = number
        self.leaving = False
        """Set once it is on its way out of the tree."""
        self._client = client
        self._watched: Watched | None = None
        self._led = False
        self._back = 0
        """Lines that the view is scrolled back."""
        self._pushed = 0
        self._painted_at = 0.0
        self._timer: Timer | None = None
        self._cursor: tuple[int, int] | None = None

    # -- its life --------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        columns, lines = event.size.width, event.size.height
        if not columns or not lines:
            return
        if self._watched is None:
            self._watched = self._client.watch(
                self.number, columns=columns, lines=lines, on_change=self._output
            )
        else:
            self._client.resize(self.number, columns, lines)

    def on_unmount(self) -> None:
        if self.has_focus:
            ConsoleDriver.capturing = False
        self._client.unwatch(self.number)

    def on_focus(self) -> None:
        ConsoleDriver.capturing = True
        self._send_focus(focused=True)

    def on_blur(self) -> None:
        ConsoleDriver.capturing = False
        self._led = False
        self._send_focus(focused=False)

    def leave(self) -> None:
        """Take it off the screen; the holder keeps the terminal."""
        self.leaving = True
        self.remove()

    @property
    def terminal(self) -> Terminal | None:
        """The copy of the terminal, once its state has come."""
        return self._watched.terminal if self._watched else None

    @property
    def watched(self) -> Watched | None:
        """What the holder tells of it."""
        return self._watched

    # -- its picture -----------------------------------------------------------------------------

    def _output(self) -> None:
        terminal = self.terminal
        if terminal is None:
            return
        if self._back:
            # the lines looked at stay where they are while new ones come in below
            self._look_back(self._back + terminal.history.pushed - self._pushed)
        self._pushed = terminal.history.pushed
        if any(event.kind == "bell" for event in terminal.take_events()):
            self.app.bell()
        self._schedule(HOLD if terminal.modes.synchronized else 0.0)
        if self._watched and self._watched.ended:
            self.post_message(self.Changed(self))

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
        if self._back:
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
        terminal, width = self.terminal, self.size.width
        if terminal is None:
            return Strip.blank(width, self.rich_style)
        history = terminal.history
        index = len(history) - self._back + y
        ground = self.rich_style
        if index < len(history):
            return strip_of(history[index], width).apply_style(ground)
        row = index - len(history)
        if row >= terminal.lines:
            return Strip.blank(width, ground)
        strip = strip_of(terminal.screen.rows[row], width)
        if self._cursor is not None and row == self._cursor[0] and not self._back:
            strip = self._with_cursor(strip, terminal, row)
        return strip.apply_style(ground)

    def _with_cursor(self, strip: Strip, terminal: Terminal, row: int) -> Strip:
        x = terminal.cursor.x
        chars = terminal.screen.rows[row].chars
        wide = x + 1 < len(chars) and chars[x + 1] == ""
        return mark(strip, x, x + 1 + wide, _CURSOR if self.has_focus else _CURSOR_AWAY)

    # -- its scrollback --------------------------------------------------------------------------

    def scroll_back(self, lines: int) -> None:
        """Look further back (or forward, where negative)."""
        self._look_back(self._back + lines)

    def _look_back(self, back: int) -> None:
        terminal = self.terminal
        if terminal is None:
            return
        back = max(0, min(back, len(terminal.history)))
        if back != self._back:
            self._back = back
            self._pushed = terminal.history.pushed
            self.refresh()

    @property
    def scrolled_back(self) -> int:
        """How many lines of the scrollback are looked at."""
        return self._back

    # -- its input -------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send input to the program, and look at what it does."""
        if data:
            self._look_back(0)
            self._client.write(self.number, data)

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self._led:
            self._led = False
            if event.key != self.LEADER:
                self.post_message(self.Led(self, event.key))
                return
        elif event.key == self.LEADER:
            self._led = True
            self.post_message(self.Led(self, None))
            return
        if terminal := self.terminal:
            self.write(encode_key(event.key, terminal.modes, event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if terminal := self.terminal:
            self.write(encode_paste(event.text, terminal.modes))

    def _send_focus(self, *, focused: bool) -> None:
        if terminal := self.terminal:
            data = encode_focus(focused, terminal.modes)
            if data:
                self._client.write(self.number, data)
        self.refresh()

    def _mouse(self, event: events.MouseEvent, kind: MouseKind, button: MouseButton) -> bool:
        """Send what the mouse did, if the program wants to know."""
        terminal = self.terminal
        if terminal is None or (event.shift and not button.startswith("wheel")):
            # shift is how the outer terminal's user keeps the mouse to themselves
            return False
        told = MouseEvent(
            kind, button, event.x, event.y, shift=event.shift, alt=event.meta, ctrl=event.ctrl
        )
        wanted = wants_mouse(told, terminal.modes)
        data = encode_mouse(told, terminal.modes)
        if data:
            self.write(data)
        return wanted or bool(data)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._mouse(event, "press", _BUTTONS.get(event.button, "none"))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._mouse(event, "release", _BUTTONS.get(event.button, "none"))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._mouse(event, "move", _BUTTONS.get(event.button, "none"))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        if not self._mouse(event, "press", "wheel_up"):
            self.scroll_back(_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        if not self._mouse(event, "press", "wheel_down"):
            self.scroll_back(-_WHEEL_ROWS)
