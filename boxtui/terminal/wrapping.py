"""Joining the rows of a line and cutting them anew at another width."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from boxtui.terminal.rows import CONTINUED, SEPARATOR, SHORT, Line, Row, pack, pack_attrs


@dataclass(slots=True)
class Place:
    """Where the cursor is, among rows that are being moved about."""

    y: int
    x: int


def cut(row: Row, columns: int) -> list[Row]:
    """The rows of `columns` cells that one row of any length becomes, the last one padded."""
    if columns == 1 and row.wide:
        row = _without_wide(row)
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


def is_short(row: Row) -> bool:
    """Whether the last cell is blank only because a wide character did not fit."""
    return row.wrapped == SHORT and row.chars[-1:] == [" "]


def _without_wide(row: Row) -> Row:
    """Blanks for wide characters, where there is no room for one."""
    blanked = Row(0)
    after = [*row.chars[1:], " "]
    pairs = zip(row.chars, after, strict=True)
    blanked.chars = [char if char and following else " " for char, following in pairs]
    blanked.attrs, blanked.wrapped = row.attrs, row.wrapped
    return blanked


def join(rows: list[Row]) -> Row:
    """One row of all the cells of a line."""
    whole = Row(0)
    for row in rows:
        keep = len(row.chars) - is_short(row) if row.wrapped else row.written
        whole.chars += row.chars[:keep]
        whole.attrs += row.attrs[:keep]
        whole.wide |= row.wide
        whole.wrapped = row.wrapped
    return whole


def chains(rows: Iterable[Row]) -> Iterator[list[Row]]:
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
    first = 0
    target = Place(0, 0)
    for chain in chains(rows):
        inside, offset = place.y - first, -1
        if 0 <= inside < len(chain):
            offset = sum(len(row.chars) - is_short(row) for row in chain[:inside]) + place.x
        pieces = _pieces(chain, columns, offset)
        if offset >= 0:
            target = find(pieces, offset, columns)
            target.y += len(result)
        if pieces[0] is chain[0]:
            chain[0].fit(columns)
        first += len(chain)
        result += pieces
    place.y, place.x = target.y, target.x
    return result


def _pieces(chain: list[Row], columns: int, offset: int) -> list[Row]:
    """A line cut anew; `offset` is the cursor's column in it, or -1.

    A row that stays one is left as it is, however far its background reaches.
    """
    line = join(chain)
    if offset == len(line.chars) + 1:
        # the blank before the cursor was typed, as behind a prompt
        line.chars.append(" ")
        line.attrs.append(0)
    if len(chain) == 1 and not chain[0].wrapped and len(line.chars) <= columns:
        return chain
    return cut(line, columns)


def find(pieces: list[Row], offset: int, columns: int) -> Place:
    """Where the cell at `offset` of the line went; beyond its end it stays on the last piece."""
    for y, piece in enumerate(pieces[:-1]):
        size = columns - (piece.wrapped == SHORT)
        if offset < size:
            return Place(y, offset)
        offset -= size
    is_pending = offset == columns and pieces[-1].written >= columns - 1
    return Place(len(pieces) - 1, columns if is_pending else min(offset, columns - 1))


def rewrap_lines(lines: Iterable[Line | str], columns: int) -> list[Line | str]:
    """The history's lines wrapped anew; those that did not and will not wrap stay."""
    result: list[Line | str] = []
    chain: list[Line] = []
    for line in lines:
        if isinstance(line, str):
            line = Line(line, 0, 0)  # noqa: PLW2901 - the same line in its other form
        if not chain and not line.wrapped and line.width <= columns:
            result.append(line)
            continue
        chain.append(line)
        if not line.wrapped:
            result += _rewrap_chain(chain, columns)
            chain = []
    if chain:
        result += _rewrap_chain(chain, columns)
    return result


def _rewrap_chain(chain: list[Line], columns: int) -> Iterable[Line]:
    """A line's parts; those without wide characters or marks never leave their packed form."""
    text = "".join(line.packed for line in chain)
    if SEPARATOR in text or any(line.wrapped == SHORT for line in chain):
        return map(pack, cut(join([line.as_row() for line in chain]), columns))
    attrs = chain[0].uniform
    if attrs is not None and all(line.uniform == attrs for line in chain):
        return _cut_text(text, attrs, chain[-1].wrapped, columns)
    cells = [attr for line in chain for attr in line.attrs]
    return _cut_text(text, cells, chain[-1].wrapped, columns)


def _cut_text(text: str, attrs: int | list[int], wrapped: int, columns: int) -> list[Line]:
    last = max(0, len(text) - 1) // columns * columns
    return [
        Line(
            text[at : at + columns],
            attrs if isinstance(attrs, int) else pack_attrs(attrs[at : at + columns]),
            CONTINUED if at < last else wrapped,
        )
        for at in range(0, last + 1, columns)
    ]
