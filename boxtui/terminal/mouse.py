"""What the mouse sends to the program: a pure function of the event and the modes in force."""

from dataclasses import dataclass
from typing import Literal

from boxtui.terminal.keys import encode_key
from boxtui.terminal.modes import Modes

MouseKind = Literal["press", "release", "move"]
MouseButton = Literal[
    "left",
    "middle",
    "right",
    "none",
    "wheel_up",
    "wheel_down",
    "wheel_left",
    "wheel_right",
    "back",
    "forward",
]

_BUTTONS: dict[MouseButton, int] = {
    "left": 0,
    "middle": 1,
    "right": 2,
    "none": 3,
    "wheel_up": 64,
    "wheel_down": 65,
    "wheel_left": 66,
    "wheel_right": 67,
    "back": 128,
    "forward": 129,
}
_RELEASED = 3
_WHEEL = 64
_MOVED = 32
_SHIFT, _ALT, _CTRL = 4, 8, 16
# One byte, or a UTF-8 sequence of two, holds no more than these (after 32 is added)
_LARGEST_BYTE, _LARGEST_PAIR = 255, 2047
_ARROWS_A_NOTCH = 3


@dataclass(frozen=True, slots=True)
class MouseEvent:
    """`column` and `row` are cells from 0; `button` of a move is the one held, or "none"."""

    kind: MouseKind
    button: MouseButton
    column: int
    row: int
    shift: bool = False
    alt: bool = False
    ctrl: bool = False

    @property
    def is_wheel(self) -> bool:
        return self.button.startswith("wheel_")


def wants_mouse(event: MouseEvent, modes: Modes) -> bool:
    """Whether the program asked for events of this sort."""
    tracking = modes.mouse_tracking
    if tracking == "none" or (event.is_wheel and event.kind != "press"):
        return False
    if tracking == "x10":
        return event.kind == "press" and event.button in ("left", "middle", "right")
    if event.kind == "move":
        return tracking == "any" or (tracking == "button" and event.button != "none")
    return event.button != "none"


def encode_mouse(event: MouseEvent, modes: Modes) -> bytes:
    """The bytes for an event; none where the program did not ask, or it cannot be told.

    Under mode 1007 a full-screen program that asked for no mouse gets the wheel as arrow keys.
    """
    if wants_mouse(event, modes):
        return _report(event, modes)
    return _wheel_as_arrows(event, modes)


def _code(event: MouseEvent, modes: Modes) -> int:
    code = _BUTTONS[event.button]
    if event.kind == "release" and modes.mouse_encoding != "sgr":
        code = _RELEASED
    if event.kind == "move":
        code += _MOVED
    if modes.mouse_tracking != "x10":
        code += _SHIFT * event.shift + _ALT * event.alt + _CTRL * event.ctrl
    return code


def _report(event: MouseEvent, modes: Modes) -> bytes:
    code = _code(event, modes)
    column, row = max(0, event.column) + 1, max(0, event.row) + 1
    if modes.mouse_encoding == "sgr":
        final = "m" if event.kind == "release" else "M"
        return f"\x1b[<{code};{column};{row}{final}".encode()
    if modes.mouse_encoding == "urxvt":
        return f"\x1b[{code + 32};{column};{row}M".encode()
    values = (code + 32, column + 32, row + 32)
    if modes.mouse_encoding == "utf8":
        if max(values) > _LARGEST_PAIR:
            return b""
        return b"\x1b[M" + "".join(map(chr, values)).encode()
    if max(values) > _LARGEST_BYTE:
        return b""
    return b"\x1b[M" + bytes(values)


def _wheel_as_arrows(event: MouseEvent, modes: Modes) -> bytes:
    if not (modes.alternate_scroll and modes.alternate_screen and modes.mouse_tracking == "none"):
        return b""
    if event.kind != "press" or event.button not in ("wheel_up", "wheel_down"):
        return b""
    return encode_key("up" if event.button == "wheel_up" else "down", modes) * _ARROWS_A_NOTCH
