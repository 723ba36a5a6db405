"""Finding text in the history and on the screen, across the places where lines wrapped."""

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from boxtui.errors import UsageError
from boxtui.terminal.lines import Lines, Position


class Match(NamedTuple):
    """From the first cell to the last one, both included."""

    start: Position
    end: Position


def compile_pattern(text: str, *, regex: bool = False, case: bool = False) -> re.Pattern[str]:
    """What to look for; UsageError for a regular expression that is none."""
    try:
        return re.compile(text if regex else re.escape(text), 0 if case else re.IGNORECASE)
    except re.error as error:
        raise UsageError(
            f"not a regular expression: {error}", hint="search for it as plain text instead"
        ) from error


def find_all(lines: Lines, pattern: re.Pattern[str]) -> list[Match]:
    """Every match, oldest first, in one pass over the text. Empty matches are none."""
    found = []
    for numbers in lines.whole():
        texts = [lines.text(y) for y in numbers]
        texts[-1] = texts[-1].rstrip(" ")
        for hit in pattern.finditer("".join(texts)):
            if hit.end() > hit.start():
                start = _place(lines, numbers, texts, hit.start())
                found.append(Match(start, _place(lines, numbers, texts, hit.end() - 1)))
    return found


def _place(lines: Lines, numbers: range, texts: list[str], index: int) -> Position:
    """The cell that the character `index` of a whole line is in."""
    for y, text in zip(numbers, texts, strict=True):
        if index < len(text):
            if text.isascii():
                return Position(y, index)
            return Position(y, _column(lines.cells(y), index))
        index -= len(text)
    return Position(numbers[-1], index)


def _column(cells: list[str], index: int) -> int:
    """Cells may hold more than one character, or none."""
    for x, cell in enumerate(cells):
        index -= len(cell)
        if index < 0:
            return x
    return len(cells)


def next_match(matches: list[Match], after: Position) -> Match | None:
    """The first one that begins behind `after`; from the oldest on again at the end."""
    at = bisect_right(matches, after, key=lambda match: match.start)
    return matches[at % len(matches)] if matches else None


def previous_match(matches: list[Match], before: Position) -> Match | None:
    """The last one that begins before `before`; from the newest on again at the beginning."""
    at = bisect_left(matches, before, key=lambda match: match.start)
    return matches[at - 1] if matches else None
