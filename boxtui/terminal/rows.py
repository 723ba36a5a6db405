"""A line of cells, as the screen writes it and as the history keeps it.

A `Row` is two lists, the texts and the packed attributes of its cells, so that a run of text is two
slice assignments. A wide character's second cell holds "". A `Line` is a row put away: one string
and the runs of its attributes, taken apart again only when somebody looks.
"""

from array import array
from itertools import groupby
from typing import Any

from boxtui.terminal.attributes import BG_MASK

SEPARATOR = "\0"
WORD = 1 << 64
# What `wrapped` says: the text goes on in the next row; the same, and the last cell was left blank
# because a wide character did not fit.
CONTINUED, SHORT = 1, 2


class Row:
    """`version` is 0 after any change, until the screen is asked for its damage and numbers it.

    `wrapped` says whether the text runs on in the next row; `wide` that some cell may be wide;
    `cache` belongs to whoever renders the row (keep the version with what you put there).
    """

    __slots__ = ("attrs", "cache", "chars", "version", "wide", "wrapped")

    def __init__(self, columns: int, attr: int = 0) -> None:
        self.chars = [" "] * columns
        self.attrs = [attr] * columns
        self.wrapped = 0
        self.wide = False
        self.version = 0
        self.cache: Any = None

    def clear(self, columns: int, attr: int) -> None:
        self.chars = [" "] * columns
        self.attrs = [attr] * columns
        self.wrapped = 0
        self.wide = False
        self.version = 0

    def fit(self, columns: int) -> None:
        """Cut or pad to a width, without reflow."""
        missing = columns - len(self.chars)
        if missing < 0:
            if self.chars[columns] == "":
                self.chars[columns - 1] = " "
            del self.chars[columns:], self.attrs[columns:]
        else:
            self.chars += [" "] * missing
            self.attrs += [0] * missing
        self.version = 0

    def mend(self, start: int, end: int) -> None:
        """Blank the halves of wide characters that writing to [start, end) leaves behind."""
        chars, attrs = self.chars, self.attrs
        if 0 < start < len(chars) and chars[start] == "":
            chars[start - 1], attrs[start - 1] = " ", 0
        if end < len(chars) and chars[end] == "":
            chars[end], attrs[end] = " ", 0

    @property
    def used(self) -> int:
        """How many cells there are up to the last one that is not blank."""
        end = self._text_end
        attrs = self.attrs
        return end if not any(attrs) else _last(attrs, end, ~0)

    @property
    def written(self) -> int:
        """The same, but cells that only have a background count as blank."""
        end = self._text_end
        attrs = self.attrs
        return end if not any(attrs) else _last(attrs, end, ~BG_MASK)

    @property
    def _text_end(self) -> int:
        """How many cells there are up to the last one that is no space."""
        text = "".join(self.chars)
        return len(self.chars) - len(text) + len(text.rstrip(" "))

    @property
    def text(self) -> str:
        return "".join(self.chars)


def _last(attrs: list[int], least: int, mask: int) -> int:
    """How many attributes there are, at least so many, up to the last one that has of the mask."""
    end = len(attrs)
    while end > least and not attrs[end - 1] & mask:
        end -= 1
    return end


class Line:
    """A row in the history; `text`, `chars` and `attrs` are made anew at each look."""

    __slots__ = ("_attrs", "_text", "cache", "wrapped")

    def __init__(self, text: str, attrs: "int | array[int] | list[int]", wrapped: int) -> None:
        self._text = text
        self._attrs = attrs
        self.wrapped = wrapped
        self.cache: Any = None

    @property
    def packed(self) -> str:
        """The text, its cells separated only where one has not exactly one character."""
        return self._text

    @property
    def packed_attrs(self) -> "int | array[int] | list[int]":
        """One for all cells, one for each cell, or alternately attributes and counts of cells."""
        return self._attrs

    @property
    def uniform(self) -> int | None:
        """The one attribute of all cells."""
        return self._attrs if isinstance(self._attrs, int) else None

    @property
    def chars(self) -> list[str]:
        return self._text.split(SEPARATOR) if SEPARATOR in self._text else list(self._text)

    @property
    def attrs(self) -> list[int]:
        """One attribute for each of `chars`; what lies beyond is blank."""
        if isinstance(self._attrs, int):
            return [self._attrs] * len(self.chars)
        if isinstance(self._attrs, array):
            return self._attrs.tolist()
        cells: list[int] = []
        for at in range(0, len(self._attrs), 2):
            cells += [self._attrs[at]] * self._attrs[at + 1]
        return cells

    def as_row(self) -> Row:
        """A row of just these cells."""
        row = Row(0)
        if self._text:
            row.chars, row.attrs = self.chars, self.attrs
        row.wrapped = self.wrapped
        row.wide = "" in row.chars
        return row

    @property
    def text(self) -> str:
        return self._text.replace(SEPARATOR, "")

    @property
    def width(self) -> int:
        """How many cells are kept."""
        text = self._text
        return text.count(SEPARATOR) + 1 if SEPARATOR in text else len(text)


def plain(row: Row) -> str | None:
    """The text of a row that is nothing but text and does not run on."""
    if row.wrapped or row.wide or any(row.attrs):
        return None
    text = "".join(row.chars)
    return text.rstrip(" ") if len(text) == len(row.chars) else None


def pack(row: Row) -> Line:
    """Put a row away: trailing blanks are dropped, attributes become runs where that is smaller."""
    chars, attrs = row.chars, row.attrs
    count = len(chars)
    first = attrs[0]
    if attrs.count(first) == count:
        uniform: int | None = first
    else:
        uniform = None
    if not row.wrapped and not attrs[-1] and chars[-1] == " ":
        used = row.used
        if used < count:
            chars, attrs, count = chars[:used], attrs[:used], used
            if uniform is None and used and attrs.count(first) == used:
                uniform = first
    text = "".join(chars)
    if len(text) != count or (not text.isascii() and "" in chars):
        if count == 1:
            # a blank after a lone cell, so that there is something to separate
            chars, attrs, uniform = [chars[0], " "], [first, 0], None
        text = SEPARATOR.join(chars)
    if uniform is not None or not count:
        return Line(text, uniform or 0, row.wrapped)
    return Line(text, pack_attrs(attrs), row.wrapped)


def pack_attrs(attrs: list[int]) -> "array[int] | list[int]":
    runs: list[int] = []
    for attr, cells in groupby(attrs):
        runs += (attr, len(list(cells)))
    if len(runs) * 2 > len(attrs) and max(runs) < WORD:
        return array("Q", attrs)
    return runs
