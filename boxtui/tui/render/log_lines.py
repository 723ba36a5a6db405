"""Lines of logs made fit for the screen: colours kept, all other escape codes shown as text."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from boxtui import formatting
from boxtui.model.log import LogLine
from boxtui.terminal.attributes import BLINK, HIDDEN, sgr
from boxtui.watch.logs import Entry, Gap

_SGR = re.compile(r"\x1b\[([0-9;:]{0,64})m")
_TAB = 8
# they would make a character wider or narrower than it is measured
_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")


class Piece(NamedTuple):
    """A part of a line in one look; `attr` is packed as in terminal/attributes."""

    text: str
    attr: int = 0


@lru_cache(maxsize=4096)
def pieces(data: bytes) -> tuple[Piece, ...]:
    """Take a line apart by its colours; what hides text or blinks is not obeyed."""
    return tuple(_pieces(data.decode("utf-8", "surrogateescape")))


def _pieces(text: str) -> Iterator[Piece]:
    attr = at = column = 0
    for found in (*_SGR.finditer(text), None):
        end = found.start() if found is not None else len(text)
        if end > at:
            shown = _shown(text[at:end], column)
            column += len(shown)
            yield Piece(shown, attr & ~(HIDDEN | BLINK))
        if found is not None:
            keep, put = sgr(found[1])
            attr, at = attr & keep | put, found.end()


def _shown(text: str, column: int) -> str:
    if text.isascii() and text.isprintable():
        return text
    parts: list[str] = []
    for number, part in enumerate(text.split("\t")):
        if number:
            gap = _TAB - column % _TAB
            parts.append(" " * gap)
            column += gap
        parts.append(formatting.plain(part.translate(_SELECTORS)))
        column += len(parts[-1])
    return "".join(parts)


def text_of(entry: Entry) -> str:
    """Only the words, for searching and saving."""
    if isinstance(entry, Gap):
        return gap_words(entry)
    return "".join(piece.text for piece in pieces(entry.data))


def gap_words(gap: Gap) -> str:
    """Say that the line broke here."""
    return f"--- the connection broke here: {formatting.plain(gap.reason)} ---"


def moment(line: LogLine) -> str:
    """Give when it was logged, as the engine says, to the millisecond: 11-21 12:00:00.123."""
    stamp = line.stamp.decode("ascii", "replace")
    if len(stamp) < 20:
        return " " * 18
    fraction = stamp[20:23] if stamp[19] == "." else ""
    return formatting.plain(f"{stamp[5:10]} {stamp[11:19]}.{fraction.rstrip('Z'):0<3}")


def saved(entry: Entry, *, times: bool) -> str:
    """Give a line as it is written to a file."""
    if isinstance(entry, Gap):
        return gap_words(entry)
    stamp = f"{formatting.plain(line_stamp(entry))} " if times else ""
    return stamp + text_of(entry)


def line_stamp(line: LogLine) -> str:
    """Give the whole stamp as text."""
    return line.stamp.decode("ascii", "replace")


def hit_spans(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Find where a text is found, as (start, end) in characters; case does not count."""
    pattern = re.compile(re.escape(needle), re.IGNORECASE)
    return (found.span() for found in pattern.finditer(text))
