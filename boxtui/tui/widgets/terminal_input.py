"""What the operator does to a terminal on the screen: keys, pastes, the mouse.

Every key but the leader is the program's own, until the operator looks back, searches or selects,
or the program has ended.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import events
from textual.message import Message
from textual.widget import Widget

from boxtui.holder.client import HolderClient, Watched
from boxtui.terminal import Terminal
from boxtui.terminal.keys import encode_key
from boxtui.terminal.mouse import MouseButton, MouseEvent, MouseKind, encode_mouse, wants_mouse
from boxtui.terminal.paste import encode_paste
from boxtui.tui.clipboard import copy
from boxtui.tui.keymap import sign_of
from boxtui.tui.widgets.lookback import Lookback, Outcome

if TYPE_CHECKING:
    from boxtui.tui.widgets.terminal_view import TerminalView

_WHEEL_ROWS = 3
_BUTTONS: dict[int, MouseButton] = {1: "left", 2: "middle", 3: "right"}
_DOUBLE, _TRIPLE = 2, 3
_NAMES = {"right_square_bracket": "]", "left_square_bracket": "[", "backslash": "\\"}
AGAIN, CLOSE, SEARCH, LEAVE = "enter", "x", "slash", "d"
"""Keys after the leader that the terminal asks for by itself, too."""


def same_key(name: str) -> str:
    """Spell a key's name as the driver does while a terminal has the focus."""
    head, plus, base = name.rpartition("+")
    return head + plus + _NAMES.get(base, base)


class TerminalInput(Widget):
    """The half of a terminal's view that takes input; see terminal_view for the other."""

    @dataclass
    class Led(Message):
        """A key that followed the leader; `key` is None for the leader alone."""

        view: "TerminalView"
        key: str | None

    number: int
    client: HolderClient
    watched: Watched | None
    look: Lookback | None
    """Made with the terminal's state."""

    def begin_input(self) -> None:
        """To be called once, when the view is made."""
        self.leader = "ctrl+]"
        self._early: list[events.Key | events.Paste] = []
        """What came before the terminal's state, which says how to encode it."""
        self._led = False
        self._dragging = False

    @property
    def terminal(self) -> Terminal | None:
        """The copy of the terminal, once its state has come."""
        return self.watched.terminal if self.watched else None

    def lead(self, key: str | None) -> None:
        """Have done what this key means after the leader."""
        self.post_message(self.Led(cast("TerminalView", self), key))

    def write(self, data: bytes) -> None:
        """Send input to the program, and look at what it does."""
        if data:
            if self.look is not None and (self.look.back or self.look.selecting):
                self.look.leave()
                self.refresh()
            self.client.write(self.number, data)

    def hints(self) -> list[tuple[str, str]]:
        """The keys that make sense now, as (key, word)."""
        if self.look is not None and self.look.active:
            hits = self.look.hits
            found = [("n N", f"hit {hits[0]} of {hits[1]}, oldest first")] if hits else []
            moves = [("arrows PgUp PgDn g G", "move"), ("/", "search"), *found]
            return [*moves, ("v V ^V", "select"), ("y", "copy"), ("Esc", "back to the program")]
        if self.watched is not None and self.watched.ended is not None:
            return [("Enter", "again"), ("x", "close"), ("Esc", "to the list")]
        keys = [("d", "leave"), ("[", "scroll"), ("/", "search"), ("c", "new"), ("n", "next")]
        more = [("z", "zoom"), ("x", "hang up"), ("?", "all keys")]
        if self._led:
            return [*keys, *more]
        return [(sign_of(self.leader), "then:"), *keys, *more]

    # -- keys ------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = same_key(event.key)
        if self._led:
            self._led = False
            if key != self.leader:
                if key in {"[", "pageup"} and self.look is not None:
                    # at once: the next key is not the program's any more
                    self.look.enter()
                self.lead(key)
                return
        elif key == self.leader:
            self._led = True
            self.lead(None)
            return
        if self.look is not None and self.look.active:
            self._look_key(self.look, event.key)
        elif self.watched is not None and self.watched.ended is not None:
            if key in {AGAIN, CLOSE, "escape"}:
                self.lead(LEAVE if key == "escape" else key)
        elif terminal := self.terminal:
            self.write(encode_key(event.key, terminal.modes, event.character))
        else:
            self._early.append(event)

    def send_early(self) -> None:
        """To be called once the terminal's state is there."""
        early, self._early = self._early, []
        for event in early:
            self.post_message(event)

    def _look_key(self, look: Lookback, key: str) -> None:
        match look.press(key):
            case Outcome.COPY:
                self._copy(look)
                look.leave()
            case Outcome.LEAVE:
                look.leave()
            case Outcome.SEARCH:
                self.lead(SEARCH)
        self.lead(None)
        self.refresh()

    def _copy(self, look: Lookback) -> None:
        text = look.text
        if text:
            copy(self.app, text)
            self.app.notify(f"copied {len(text)} characters", timeout=2, markup=False)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        terminal, looking = self.terminal, self.look is not None and self.look.active
        if terminal is None:
            self._early.append(event)
        elif not looking:
            self.write(encode_paste(event.text, terminal.modes))

    # -- the mouse -------------------------------------------------------------------------------

    def _mouse(self, event: events.MouseEvent, kind: MouseKind, button: MouseButton) -> bool:
        """Send what the mouse did, if the program wants to know."""
        terminal = self.terminal
        looking = self.look is not None and self.look.active
        if terminal is None or looking or (event.shift and not button.startswith("wheel")):
            # shift is how the operator keeps the mouse to themselves
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
        if self._mouse(event, "press", _BUTTONS.get(event.button, "none")):
            return
        if event.button == 1 and self.look is not None:
            self.look.unselect()
            self.look.begin(self.look.at(event.x, event.y), "block" if event.meta else "char")
            self._dragging = False
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is not self:
            self._mouse(event, "move", _BUTTONS.get(event.button, "none"))
            return
        if self.look is None:
            return
        if not 0 <= event.y < self.size.height:
            self.look.scroll(1 if event.y < 0 else -1)
        self._dragging = True
        self.look.extend(self.look.at(event.x, event.y))
        self.refresh()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self.app.mouse_captured is not self:
            self._mouse(event, "release", _BUTTONS.get(event.button, "none"))
            return
        self.release_mouse()
        if self.look is None:
            return
        if self._dragging:
            self._copy(self.look)
        else:
            self.look.unselect()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        terminal = self.terminal
        own = event.shift or terminal is None or terminal.modes.mouse_tracking == "none"
        if self.look is None or not own or event.chain < _DOUBLE:
            return
        self.look.begin(
            self.look.at(event.x, event.y), "word" if event.chain == _DOUBLE else "line"
        )
        self._copy(self.look)
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        if not self._mouse(event, "press", "wheel_up") and self.look is not None:
            self.look.scroll(_WHEEL_ROWS)
            self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        if not self._mouse(event, "press", "wheel_down") and self.look is not None:
            self.look.scroll(-_WHEEL_ROWS)
            self.refresh()
