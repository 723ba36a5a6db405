"""Another size: lines that wrapped are joined and cut anew, in the history as on the screen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from boxtui.terminal.rows import CONTINUED, SHORT, Line, Row, pack
from boxtui.terminal.state import ScreenState

TAB = 8


@dataclass(slots=True)
class Place:
    """Where the cursor is, among rows that are being moved about."""

    y: int
    x: int


def cut(row: Row, columns: int) -> list[Row]:
    """The rows of `columns` cells that one row of any length becomes, the last one padded."""
    chars, attrs = row.chars, row.attrs
    pieces: list[Row] = []
    at, count = 0, len(chars)
    while True:
        end = at + columns
        short = end < count and chars[end] == "" and columns > 1
        piece = Row(0)
        piece.chars, piece.attrs = chars[at : end - short], attrs[at : end - short]
        piece.wide = row.wide
        piece.fit(columns)
        at = end - short
        pieces.append(piece)
        if at >= count:
            piece.wrapped = row.wrapped
            return pieces
        piece.wrapped = SHORT if short else CONTINUED


def _join(rows: list[Row], place: Place | None, first: int) -> Row:
    """One row of all the cells of a line; `place`, if in it, becomes its column there.

    `first` is the number of the first row in the numbering of `place`, that stays its line.
    """
    whole = Row(0)
    for number, row in enumerate(rows, first):
        if place is not None and place.y == number:
            place.y, place.x = first, len(whole.chars) + place.x
            place = None
        keep = len(row.chars) - (row.wrapped == SHORT) if row.wrapped else row.used
        whole.chars += row.chars[:keep]
        whole.attrs += row.attrs[:keep]
        whole.wide |= row.wide
        whole.wrapped = row.wrapped
    return whole


def _chains(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows that belong to one line, together."""
    chain: list[Row] = []
    for row in rows:
        chain.append(row)
        if not row.wrapped:
            yield chain
            chain = []
    if chain:
        yield chain


def rewrap(rows: list[Row], columns: int, place: Place) -> list[Row]:
    """Rows wrapped anew, `place` moving with the text."""
    result: list[Row] = []
    at = 0
    target = Place(place.y, place.x)
    for chain in _chains(rows):
        here = at <= place.y < at + len(chain)
        inner = Place(place.y, place.x)
        whole = _join(chain, inner if here else None, at)
        pieces = cut(whole, columns)
        if here:
            target = _find(pieces, inner.x, columns)
            target.y += len(result)
        at += len(chain)
        result += pieces
    place.y, place.x = target.y, target.x
    return result


def _find(pieces: list[Row], offset: int, columns: int) -> Place:
    """Where the cell at `offset` of the line went; after its end, behind the last one."""
    for y, piece in enumerate(pieces[:-1]):
        size = columns - (piece.wrapped == SHORT)
        if offset < size:
            return Place(y, offset)
        offset -= size
    return Place(len(pieces) - 1, min(offset, columns if offset == columns else columns - 1))


def rewrap_history(lines: Iterable[Line], columns: int) -> list[Line]:
    """The history's lines wrapped anew; those that did not and will not wrap stay."""
    result: list[Line] = []
    chain: list[Row] = []
    for line in lines:
        if not chain and not line.wrapped and line.width <= columns:
            result.append(line)
            continue
        chain.append(line.as_row())
        if not line.wrapped:
            result += map(pack, cut(_join(chain, None, 0), columns))
            chain = []
    if chain:
        result += map(pack, cut(_join(chain, None, 0), columns))
    return result


def resize(screen: ScreenState, lines: int, columns: int) -> None:
    """Give both screens another size and keep the cursor on the text it was on."""
    alternate = screen.modes.alternate_screen
    cursor = Place(screen.cursor.y, screen.cursor.x)
    if alternate:
        saved = screen.saved[0]
        place = Place(saved.y, saved.x) if saved else Place(0, 0)
        screen.other_rows = _resize_main(screen, screen.other_rows, lines, columns, place)
        screen.rows = _resize_plain(screen.rows, lines, columns, cursor)
        if saved:
            saved.y, saved.x = place.y, place.x
    else:
        screen.rows = _resize_main(screen, screen.rows, lines, columns, cursor)
        screen.other_rows = _resize_plain(screen.other_rows, lines, columns, Place(0, 0))
    screen.tabstops |= set(range(-(-screen.columns // TAB) * TAB, columns, TAB))
    screen.lines, screen.columns = lines, columns
    screen.top, screen.bottom = 0, lines - 1
    screen.cursor.y, screen.cursor.x = cursor.y, cursor.x


def _resize_plain(rows: list[Row], lines: int, columns: int, cursor: Place) -> list[Row]:
    """Cut and pad, first below the cursor, then at the top."""
    surplus = max(0, len(rows) - lines)
    above = max(0, surplus - (len(rows) - 1 - cursor.y))
    rows = rows[above:][:lines]
    for row in rows:
        row.fit(columns)
        row.wrapped = 0
    cursor.y, cursor.x = cursor.y - above, min(cursor.x, columns - 1)
    return rows + [Row(columns) for _ in range(lines - len(rows))]


def _resize_main(
    screen: ScreenState, rows: list[Row], lines: int, columns: int, place: Place
) -> list[Row]:
    """Rewrap and let lines go into the history, or come from it, at the top."""
    history = screen.history
    end = len(rows)
    while end > place.y + 1 and not rows[end - 1].used:
        end -= 1
    filled = end == len(rows)
    rows = rows[:end]
    if columns != screen.columns:
        while (line := history.newest()) is not None and line.wrapped:
            rows.insert(0, history.pop())
            place.y += 1
        history.replace(rewrap_history(history, columns))
        rows = rewrap(rows, columns, place)
    leaving = max(len(rows) - lines, 0)
    for row in rows[:leaving]:
        history.push(row)
    del rows[:leaving]
    place.y = max(place.y - leaving, 0)
    room = lines - len(rows)
    for _ in range(min(history.returning, room if filled else min(room, lines - screen.lines))):
        rows.insert(0, history.pop(columns))
        place.y += 1
    for row in rows:
        row.version = 0
    return rows + [Row(columns) for _ in range(lines - len(rows))]
