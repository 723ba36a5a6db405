"""What is selected, as text to copy and as spans to paint."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from boxtui.terminal.lines import Lines, Position

SelectionKind = Literal["char", "word", "line", "block"]

# What a double click takes beside letters and digits: paths, addresses, options
WORD = frozenset("_-./~+:@%&?=#,")


class Span(NamedTuple):
    """The cells [start, end) of a line."""

    y: int
    start: int
    end: int


class Selection(NamedTuple):
    """From one cell to another, both included, in either order."""

    anchor: Position
    focus: Position
    kind: SelectionKind = "char"


def spans(lines: Lines, selection: Selection, columns: int) -> Iterator[Span]:
    """The cells to paint, line by line; lines that have left the history are passed over."""
    first, last = _ends(lines, selection)
    if selection.kind == "block":
        left, right = sorted((selection.anchor.x, selection.focus.x))
        for y in range(max(first.y, lines.first), min(last.y + 1, lines.end)):
            yield Span(y, left, right + 1)
        return
    for y in range(max(first.y, lines.first), min(last.y + 1, lines.end)):
        start = first.x if y == first.y else 0
        end = last.x + 1 if y == last.y else columns
        yield Span(y, start, min(end, columns))


def selected_text(lines: Lines, selection: Selection, columns: int) -> str:
    """The text to copy: wrapped lines are one, blanks at the ends of lines are left out."""
    parts: list[str] = []
    for y, start, end in spans(lines, selection, columns):
        cells = lines.cells(y)
        # the second half of a wide character belongs to its first
        if 0 < start < len(cells) and cells[start] == "":
            start -= 1  # noqa: PLW2901 - the span as it reads
        text = "".join(cells[start:end])
        if selection.kind == "block" or not lines[y].wrapped:
            parts += (text.rstrip(" "), "\n")
        else:
            parts.append(text)
    if parts and parts[-1] == "\n":
        del parts[-1]
    return "".join(parts)


def _ends(lines: Lines, selection: Selection) -> tuple[Position, Position]:
    first, last = sorted((selection.anchor, selection.focus))
    if lines.first >= lines.end or last.y < lines.first:
        return first, last
    if first.y < lines.first:
        first = Position(lines.first, 0)
    last = min(last, Position(lines.end - 1, last.x))
    if selection.kind == "line":
        after = lines.end_of(last.y) - 1
        return Position(lines.begin_of(first.y), 0), Position(after, len(lines[after].chars))
    if selection.kind == "word":
        return _word_begin(lines, first), _word_end(lines, last)
    return first, last


def _is_word(lines: Lines, place: Position) -> bool:
    cells = lines.cells(place.y)
    if place.x >= len(cells):
        return False
    cell = cells[place.x]
    return cell == "" or cell[0].isalnum() or cell in WORD


def _word_begin(lines: Lines, place: Position) -> Position:
    """The first cell of the word at `place`, on an earlier line where it wrapped."""
    if not _is_word(lines, place):
        return place
    while True:
        y, x = place
        if x:
            before = Position(y, x - 1)
        elif y > lines.first and lines[y - 1].wrapped:
            before = Position(y - 1, len(lines.cells(y - 1)) - 1)
        else:
            return place
        if not _is_word(lines, before):
            return place
        place = before


def _word_end(lines: Lines, place: Position) -> Position:
    if not _is_word(lines, place):
        return place
    while True:
        y, x = place
        if x + 1 < len(lines.cells(y)):
            after = Position(y, x + 1)
        elif lines[y].wrapped and y + 1 < lines.end:
            after = Position(y + 1, 0)
        else:
            return place
        if not _is_word(lines, after):
            return place
        place = after
