"""What tmux 3.3a does in its own way: each is shown by its bytes in tmux_quirks.tsv.

The fuzz leaves out a token that would show one, decided by the state that it would be fed in.
"""

import re
from collections.abc import Callable

from boxtui.terminal.attributes import BG_MASK
from boxtui.terminal.rows import Row
from boxtui.terminal.terminal import Terminal

Condition = Callable[[Terminal, bytes, bytes], bool]
EDIT = re.compile(rb"\x1b\[([0-9]*)[;0-9]*([JKXP@])")


def _row(terminal: Terminal) -> Row:
    return terminal.screen.rows[terminal.cursor.y]


def _always(*_: object) -> bool:
    return True


def _is_pending(terminal: Terminal, *_: bytes) -> bool:
    return terminal.screen.cursor.x >= terminal.columns


def _is_on_first_wide_tail(terminal: Terminal, *_: bytes) -> bool:
    return terminal.cursor.x == 1 and _row(terminal).chars[1] == ""


def _is_outside_region(terminal: Terminal, *_: bytes) -> bool:
    return not terminal.screen.top <= terminal.cursor.y <= terminal.screen.bottom


def _is_not_after_ascii(_: Terminal, __: bytes, before: bytes) -> bool:
    return not re.fullmatch(rb"[ -~]+", before)


def _repeats_over_margin(terminal: Terminal, data: bytes, _: bytes) -> bool:
    return int(data[2:-1] or 1) > terminal.columns - terminal.screen.cursor.x


def _is_on_main(terminal: Terminal, *_: bytes) -> bool:
    return not terminal.modes.alternate_screen


def _is_on_alternate(terminal: Terminal, *_: bytes) -> bool:
    return terminal.modes.alternate_screen


def _is_in_origin_mode(terminal: Terminal, *_: bytes) -> bool:
    return terminal.modes.origin


def _inserts_more_than_moves(terminal: Terminal, data: bytes, _: bytes) -> bool:
    count = max(1, int(data[2:-1] or 1))
    return 2 * count > terminal.columns - terminal.cursor.x or _has_background(terminal)


def _halves_a_character(terminal: Terminal, data: bytes, _: bytes) -> bool:
    """Whether an edit begins, ends or pushes the margin within a wide character."""
    match = EDIT.fullmatch(data)
    assert match is not None
    columns, chars = terminal.columns, _row(terminal).chars
    x = terminal.cursor.x
    count = max(1, int(match[1] or 1))
    edges = {x, x + 1, x + count}
    if match[2] == b"@":
        edges.add(columns - count)
    return any(0 <= edge < columns and chars[edge] == "" for edge in edges)


def _inserts_run(terminal: Terminal, data: bytes, _: bytes) -> bool:
    if not terminal.modes.insert:
        return False
    wraps = terminal.screen.cursor.x + len(data) > terminal.columns
    return not data.isascii() or _row(terminal).wide or wraps


def _has_background(terminal: Terminal) -> bool:
    return bool(terminal.screen.pen & BG_MASK)


def _scrolls_by_wrapping(terminal: Terminal, data: bytes, _: bytes) -> bool:
    """Whether text may run over the end of the last line with a background set."""
    room = terminal.columns * (terminal.screen.bottom - terminal.cursor.y + 1) - terminal.cursor.x
    return _has_background(terminal) and 2 * len(data.decode("utf-8", "replace")) > room


def _switches_with_background(terminal: Terminal, *_: bytes) -> bool:
    return _has_background(terminal)


def _is_at_margin(terminal: Terminal, *_: bytes) -> bool:
    return terminal.cursor.x == 0


def _is_home(terminal: Terminal, *_: bytes) -> bool:
    return terminal.cursor.x == terminal.cursor.y == 0


TEXT = re.compile(rb"[^\x1b\x00-\x1f].*", re.DOTALL)

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
    ("repeat-stays", re.compile(rb"\x1b\[[0-9;]*b"), _repeats_over_margin),
    ("half-edited", EDIT, _halves_a_character),
    ("insert-runs", TEXT, _inserts_run),
    ("column-one", TEXT, _is_on_first_wide_tail),
    ("wrap-scroll-background", TEXT, _scrolls_by_wrapping),
    ("alternate-background", re.compile(rb"\x1b\[\?(47|1047|1049)h"), _switches_with_background),
    ("restore-main", re.compile(rb"\x1b\[\?1049l"), _is_on_main),
    ("backspace-wraps", re.compile(rb"\x08"), _is_at_margin),
    ("erase-all", re.compile(rb"\x1b\[0?J"), _is_home),
    ("insert-many", re.compile(rb"\x1b\[[0-9]*@"), _inserts_more_than_moves),
    ("region-home", re.compile(rb"\x1b\[[0-9;]*r"), _is_in_origin_mode),
    ("margin-kept", re.compile(rb"\x1b\[\?7l|\x1b\[\?(47|1047|1049)[hl]"), _is_pending),
    ("one-saved-cursor", re.compile(rb"\x1b8|\x1b\[u"), _is_on_alternate),
)


def quirk_of(data: bytes, terminal: Terminal, before: bytes) -> str | None:
    """The quirk that `data` would show if fed now, after `before`."""
    for name, pattern, holds in QUIRKS:
        if pattern.fullmatch(data) and holds(terminal, data, before):
            return name
    return None
