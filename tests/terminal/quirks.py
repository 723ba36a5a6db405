"""What tmux 3.3a does in its own way: each is listed with its bytes in tmux_quirks.tsv.

The fuzz leaves out what would show one, decided by the state it would be fed in.
"""

import re
from collections.abc import Callable

from boxtui.terminal.terminal import Terminal

Condition = Callable[[Terminal, bytes], bool]


def _always(*_: object) -> bool:
    return True


def _is_pending(terminal: Terminal, _: bytes) -> bool:
    return terminal.screen.cursor.x >= terminal.columns


def _is_on_second_half(terminal: Terminal, _: bytes) -> bool:
    return terminal.cell(terminal.cursor.y, terminal.cursor.x)[0] == ""


def _is_on_first_wide_tail(terminal: Terminal, _: bytes) -> bool:
    return terminal.cursor.x == 1 and _is_on_second_half(terminal, _)


def _is_outside_region(terminal: Terminal, _: bytes) -> bool:
    return not terminal.screen.top <= terminal.cursor.y <= terminal.screen.bottom


def _is_not_after_ascii(_: Terminal, before: bytes) -> bool:
    return not (before and before.isascii() and before[-1:].isalnum() and b"\x1b" not in before)


# name, the tokens concerned, and when
QUIRKS: tuple[tuple[str, re.Pattern[bytes], Condition], ...] = (
    ("no-hpr-vpr-cht", re.compile(rb"\x1b\[[0-9;]*[aeI]"), _always),
    (
        "pending-wrap",
        re.compile(rb"\x1b\[[0-9;]*[JKXP@DCEFbZdABu]|\x08|[\t\n\x0b\x0c]+|\x1b\[[su]|\x1b[78DM]"),
        _is_pending,
    ),
    ("zero-bottom", re.compile(rb"\x1b\[[0-9]*;0r|\x1b\[0r"), _always),
    ("lines-outside-region", re.compile(rb"\x1b\[[0-9;]*[LM]"), _is_outside_region),
    ("repeat", re.compile(rb"\x1b\[[0-9;]*b"), _is_not_after_ascii),
    ("half-edited", re.compile(rb"\x1b\[[0-9;]*[JKXP@]"), _is_on_second_half),
    ("column-one", re.compile(rb"[^\x1b\x00-\x1f].*", re.DOTALL), _is_on_first_wide_tail),
)


def quirk_of(data: bytes, terminal: Terminal, before: bytes) -> str | None:
    """The quirk that `data` would show if fed now, after `before`."""
    for name, pattern, holds in QUIRKS:
        if pattern.fullmatch(data) and holds(terminal, before):
            return name
    return None
