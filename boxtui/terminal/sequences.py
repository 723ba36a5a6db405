"""Which event each escape sequence is: pyte's tables, completed.

Keys of CSI sequences are the private prefix, the intermediates and the final character in one;
those of other sequences what follows the ESC.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pyte

from boxtui.terminal.screen import Screen

Handler = Callable[..., None]

BASIC: Mapping[str, str] = pyte.ByteStream.basic

CSI: Mapping[str, str] = {
    **pyte.ByteStream.csi,
    "I": "tab_forward",
    "Z": "tab_back",
    "S": "scroll_up",
    "T": "scroll_down",
    "`": "cursor_to_column",
    "b": "repeat",
    "j": "cursor_back",
    "k": "cursor_up",
    "s": "save_cursor",
    "u": "restore_cursor",
    "t": "window_operation",
    ">c": "report_secondary_attributes",
    "=c": "report_tertiary_attributes",
    ">q": "report_version",
    "$p": "report_mode",
    "?$p": "report_private_mode",
    "!p": "soft_reset",
    " q": "set_cursor_style",
    '"q': "set_protection",
    ">m": "set_key_modifiers",
    ">n": "reset_key_modifiers",
    "?u": "report_kitty_flags",
    ">u": "push_kitty_flags",
    "<u": "pop_kitty_flags",
    "=u": "set_kitty_flags",
}
del CSI["m"]  # type: ignore[attr-defined]  # a dict; SGR is compiled to masks instead
PRIVATE = ("h", "l", "J", "K", "n")

ESCAPE: Mapping[str, str] = {
    **pyte.ByteStream.escape,
    "E": "next_line",
    "n": "lock_shift_2",
    "o": "lock_shift_3",
    "N": "shift_2_once",
    "O": "shift_3_once",
    "=": "set_keypad",
    ">": "reset_keypad",
    "#8": "alignment_display",
}


def csi_handlers(screen: Screen) -> dict[str, Handler]:
    handlers: dict[str, Handler] = {key: getattr(screen, name) for key, name in CSI.items()}
    for final in PRIVATE:
        handlers["?" + final] = partial(getattr(screen, CSI[final]), private=True)
    return handlers


def escape_handlers(screen: Screen) -> dict[str, Handler]:
    handlers: dict[str, Handler] = {key: getattr(screen, name) for key, name in ESCAPE.items()}
    for slot in "()*+":
        for code in "0AB12":
            handlers[slot + code] = partial(screen.define_charset, code, slot)
    return handlers


def basic_handlers(screen: Screen) -> dict[str, Any]:
    return {char: getattr(screen, name) for char, name in BASIC.items()}
