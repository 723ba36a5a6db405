"""A terminal's whole state as bytes, and back: checked field by field on return.

JSON and the blocks of the lines, each behind its length, compressed together. Fed the same bytes
afterwards, the copy goes on just as the original would. What was for a reader to take (events) is
not part of it.
"""

import json
import struct
from dataclasses import fields
from io import BytesIO
from itertools import chain
from typing import Any, get_args

import zstandard

from boxtui.terminal.bulk import BIGGEST, CONTROL, lines_in, lines_out, number, require
from boxtui.terminal.modes import KITTY_STACK, CursorShape, Modes, MouseEncoding, MouseTracking
from boxtui.terminal.rows import Line, Row, pack
from boxtui.terminal.screen import Screen
from boxtui.terminal.state import Saved
from boxtui.terminal.stream import ByteStream

FORMAT = 1
LIMIT = 1 << 28  # bytes unpacked
SIDE = 1 << 16  # columns or lines
LENGTH = struct.Struct("<I")
CHOICES: dict[str, tuple[str, ...]] = {
    "mouse_tracking": get_args(MouseTracking),
    "mouse_encoding": get_args(MouseEncoding),
    "cursor_shape": get_args(CursorShape),
}
# Plain attributes of the screen, with the largest value each may have
NUMBERS = {"pen": BIGGEST, "shifted": 3, "single_shift": 3, "link_count": 1 << 62}
TEXTS = ("last_drawn", "title", "icon_name")


class DamagedSnapshotError(ValueError):
    """Bytes that no snapshot of this version can be."""


def dump(screen: Screen, stream: ByteStream) -> bytes:
    history = screen.history
    state = {
        "format": FORMAT,
        "size": [screen.columns, screen.lines],
        "history": [history.limit, *history.counters()],
        "cursor": [screen.cursor.x, screen.cursor.y],
        "margins": [screen.top, screen.bottom],
        "modes": {field.name: getattr(screen.modes, field.name) for field in fields(Modes)},
        "saved": [saved and _saved_out(saved) for saved in screen.saved],
        "charsets": screen.charsets,
        "tabstops": sorted(screen.tabstops),
        "titles": screen.titles,
        "links": list(screen.links.items()),
        "link_ids": [[name, uri, number] for (name, uri), number in screen.link_ids.items()],
        "replies": screen.replies,
        "numbers": [getattr(screen, name) for name in NUMBERS],
        "texts": [screen.last_drawn[-1:], screen.title, screen.icon_name],
        "stream": stream.pending(),
    }
    rows = map(pack, chain(screen.rows, screen.other_rows))
    blocks = [json.dumps(state).encode(), *lines_out(chain(rows, history.raw()))]
    packer = zstandard.ZstdCompressor(level=1)
    return packer.compress(b"".join(LENGTH.pack(len(block)) + block for block in blocks))


def load(data: bytes) -> tuple[Screen, ByteStream]:
    """Raises DamagedSnapshotError, whatever is wrong."""
    try:
        state, lines = _unpack(data)
        screen = _screen_in(state, lines)
        stream = ByteStream(screen)
        stream.resume(state["stream"])
    except _DAMAGE as error:
        raise DamagedSnapshotError("no snapshot of a terminal") from error
    return screen, stream


_DAMAGE = (
    *(zstandard.ZstdError, struct.error, ValueError, KeyError, TypeError, IndexError),
    *(AttributeError, OverflowError, RecursionError),
)


def _unpack(data: bytes) -> tuple[dict[str, Any], list[Line | str]]:
    with zstandard.ZstdDecompressor().stream_reader(BytesIO(data)) as reader:
        content = reader.read(LIMIT)
    blocks: list[bytes] = []
    at = 0
    while at < len(content):
        (size,) = LENGTH.unpack_from(content, at)
        at += LENGTH.size + size
        require(at <= len(content))
        blocks.append(content[at - size : at])
    state = json.loads(blocks[0])
    require(state["format"] == FORMAT)
    return state, lines_in(blocks[1:])


def _text(value: Any, limit: int = 1 << 16) -> str:
    require(isinstance(value, str) and len(value) <= limit and not CONTROL.search(value))
    require("\0" not in value and "\n" not in value)
    return str(value)


def _rows_in(lines: list[Line | str], columns: int) -> list[Row]:
    rows = []
    for line in lines:
        row = (Line(line, 0, 0) if isinstance(line, str) else line).as_row()
        row.fit(columns)
        if row.wide:
            require(all(before or here for before, here in zip(["", *row.chars], row.chars)))  # noqa: B905 - one longer
        rows.append(row)
    return rows


def _saved_out(saved: Saved) -> list[Any]:
    return [saved.x, saved.y, saved.pen, saved.origin, list(saved.charsets), saved.shifted]


def _saved_in(value: Any) -> Saved | None:
    if value is None:
        return None
    x, y, pen, origin, charsets, shifted = value
    first, second, third, fourth = (_text(code, 1) for code in charsets)
    return Saved(
        number(x, 0, SIDE),
        number(y, 0, SIDE),
        number(pen, 0, NUMBERS["pen"]),
        bool(origin),
        (first, second, third, fourth),
        number(shifted, 0, 3),
    )


def _modes_in(value: Any) -> Modes:
    modes = Modes()
    for field in fields(Modes):
        new, now = value[field.name], getattr(modes, field.name)
        require(type(new) is type(now) and new in CHOICES.get(field.name, (new,)))
        if isinstance(new, list):
            require(0 < len(new) <= KITTY_STACK)
            new = [number(flags, 0, 31) for flags in new]
        setattr(modes, field.name, new)
    number(modes.modify_other_keys, 0, 2)
    return modes


def _screen_in(state: dict[str, Any], lines_read: list[Line | str]) -> Screen:
    columns, lines = (number(side, 1, SIDE) for side in state["size"])
    limit, pushed, returning, due = state["history"]
    screen = Screen(columns, lines, number(limit, 0, 1 << 31))
    screen.history.restore(
        lines_read[2 * lines :],
        number(pushed, 0, 1 << 62),
        number(returning, -(1 << 62), 1 << 62),
        due if due is None else number(due, 1, SIDE),
    )
    require(len(lines_read) >= 2 * lines)
    screen.rows = _rows_in(lines_read[:lines], columns)
    screen.other_rows = _rows_in(lines_read[lines : 2 * lines], columns)
    screen.modes = _modes_in(state["modes"])
    x, y = state["cursor"]
    screen.cursor.x, screen.cursor.y = number(x, 0, columns), number(y, 0, lines - 1)
    screen.cursor.hidden = not screen.modes.cursor_visible
    top, bottom = state["margins"]
    screen.top, screen.bottom = number(top, 0, lines - 1), number(bottom, top, lines - 1)
    main, alternate = state["saved"]
    screen.saved = [_saved_in(main), _saved_in(alternate)]
    screen.tabstops = {number(stop, 0, SIDE) for stop in state["tabstops"]}
    for (name, high), value in zip(NUMBERS.items(), state["numbers"], strict=True):
        setattr(screen, name, number(value, 0, high))
    for name, text in zip(TEXTS, state["texts"], strict=True):
        setattr(screen, name, _text(text))
    _extras_in(screen, state)
    return screen


def _extras_in(screen: Screen, state: dict[str, Any]) -> None:
    first, second, third, fourth = (_text(code, 1) for code in state["charsets"])
    screen.charsets = [first, second, third, fourth]
    screen.titles = [_text(title) for title in state["titles"]]
    screen.links = {number(key, 0, 1 << 62): _text(uri) for key, uri in state["links"]}
    screen.link_ids = {
        (_text(name), _text(uri)): number(value, 0, 1 << 62)
        for name, uri, value in state["link_ids"]
    }
    for reply in state["replies"]:
        require(isinstance(reply, str))
        screen.write_process_input(reply)
    screen.select_charset()
