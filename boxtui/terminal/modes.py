"""The modes a program can set, by name; what the key and mouse encoders and the widget read."""

from dataclasses import dataclass, field
from typing import Literal

MouseTracking = Literal["none", "x10", "normal", "button", "any"]
MouseEncoding = Literal["default", "utf8", "sgr", "urxvt"]
CursorShape = Literal["block", "underline", "bar"]

KITTY_FLAGS = 0b11111
KITTY_STACK = 16


@dataclass(slots=True)
class Modes:
    """Everything is at its power-up value by default.

    `modify_other_keys` is 0, 1 or 2; `kitty_flags` are the progressive enhancement bits of the
    kitty keyboard protocol now in force (`kitty_main` and `kitty_alternate` are the stacks they
    come from, one for either screen).
    """

    application_cursor: bool = False
    application_keypad: bool = False
    bracketed_paste: bool = False
    focus_events: bool = False
    mouse_tracking: MouseTracking = "none"
    mouse_encoding: MouseEncoding = "default"
    alternate_screen: bool = False
    alternate_scroll: bool = False
    synchronized: bool = False
    autowrap: bool = True
    reverse_wrap: bool = False
    origin: bool = False
    insert: bool = False
    newline: bool = False
    reverse_screen: bool = False
    cursor_visible: bool = True
    cursor_shape: CursorShape = "block"
    cursor_blink: bool = True
    modify_other_keys: int = 0
    kitty_main: list[int] = field(default_factory=lambda: [0])
    kitty_alternate: list[int] = field(default_factory=lambda: [0])

    @property
    def _kitty(self) -> list[int]:
        return self.kitty_alternate if self.alternate_screen else self.kitty_main

    @property
    def kitty_flags(self) -> int:
        return self._kitty[-1]

    @property
    def cursor_style(self) -> int:
        """The DECSCUSR number, 1 to 6, of the cursor's shape and blink."""
        return {"block": 1, "underline": 3, "bar": 5}[self.cursor_shape] + (not self.cursor_blink)

    def set_kitty(self, flags: int, how: int) -> None:
        """Set (how 1), add (2) or take away (3) flags of the topmost entry."""
        flags &= KITTY_FLAGS
        if how == 2:
            flags |= self.kitty_flags
        elif how == 3:
            flags = self.kitty_flags & ~flags
        self._kitty[-1] = flags

    def push_kitty(self, flags: int) -> None:
        stack = self._kitty
        stack.append(flags & KITTY_FLAGS)
        if len(stack) > KITTY_STACK:
            del stack[0]

    def pop_kitty(self, count: int) -> None:
        stack = self._kitty
        del stack[max(0, len(stack) - count) :]
        if not stack:
            stack.append(0)


# What DECSET, DECRST and DECRQM call them. Mouse modes, the alternate screen and the column
# mode have effects beyond a flag and are treated by the screen itself.
PRIVATE_FLAGS = {
    1: "application_cursor",
    5: "reverse_screen",
    6: "origin",
    7: "autowrap",
    12: "cursor_blink",
    25: "cursor_visible",
    45: "reverse_wrap",
    66: "application_keypad",
    1004: "focus_events",
    1007: "alternate_scroll",
    2004: "bracketed_paste",
    2026: "synchronized",
}
ANSI_FLAGS = {4: "insert", 20: "newline"}
MOUSE_TRACKING: dict[int, MouseTracking] = {9: "x10", 1000: "normal", 1002: "button", 1003: "any"}
MOUSE_ENCODING: dict[int, MouseEncoding] = {1005: "utf8", 1006: "sgr", 1015: "urxvt"}
ALTERNATE_SCREEN = (47, 1047, 1049)
SAVE_CURSOR = 1048
COLUMN_MODE = 3
