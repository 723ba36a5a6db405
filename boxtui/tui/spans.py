"""Text on its way to the screen: what is said and in which role, before any colour.

Renderers give lines of spans; a widget alone turns a role into a style of the theme in use. So the
same line serves dark, light, sixteen colours and none, and a test compares words, not colours.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from boxtui import formatting


class Role(StrEnum):
    """What a piece of text means; a theme has one style for each."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    FOCUS = "focus"
    GOOD = "good"
    RISK = "risk"
    BROKEN = "broken"
    KEY = "key"
    BAR = "bar"
    TEXT = "text"
    """A string inside a document, such as a value of inspect."""
    NUMBER = "number"
    FOUND = "found"
    """What a search hit."""


class Span(NamedTuple):
    """A piece of a line; the text is already safe to show."""

    text: str
    role: Role = Role.PLAIN


Line = tuple[Span, ...]
"""One line of the screen, from left to right."""


def plain(text: str, role: Role = Role.PLAIN) -> Span:
    """Make a span of untrusted text."""
    return Span(formatting.plain(text), role)


def width_of(line: Iterable[Span]) -> int:
    """Cells that a line takes."""
    return sum(cell_len(span.text) for span in line)


def text_of(line: Iterable[Span]) -> str:
    """Only the words."""
    return "".join(span.text for span in line)


def fit(text: str, width: int, *, ellipsis: str = "…", right: bool = False) -> str:
    """Pad or cut to exactly `width` cells; of what is too long the middle goes."""
    if width <= 0:
        return ""
    cells = cell_len(text)
    if cells > width:
        text = _cut(text, width, ellipsis)
        cells = cell_len(text)
    blank = " " * (width - cells)
    return blank + text if right else text + blank


def _cut(text: str, width: int, ellipsis: str) -> str:
    if text.isascii():
        return formatting.shorten(text, width, ellipsis=ellipsis)
    kept = max(0, width - cell_len(ellipsis))
    head = set_cell_size(text, kept // 3).rstrip()
    tail: list[str] = []
    room = kept - cell_len(head)
    for character in reversed(text):
        room -= cell_len(character)
        if room < 0:
            break
        tail.append(character)
    return head + ellipsis + "".join(reversed(tail)) if kept else text[:0]


def fit_line(line: Line, width: int, *, ellipsis: str = "…") -> Line:
    """Pad or cut a line to exactly `width` cells; what is too long loses its end."""
    total = width_of(line)
    if total <= width:
        return (*line, Span(" " * (width - total))) if total < width else line
    kept: list[Span] = []
    room = max(0, width - cell_len(ellipsis))
    for span in line:
        cells = cell_len(span.text)
        if cells > room:
            kept.append(Span(set_cell_size(span.text, room) + ellipsis, span.role))
            break
        kept.append(span)
        room -= cells
    return tuple(kept)


def spread(left: Line, right: Line, width: int) -> Line:
    """Put one line at each end of a row; where there is no room for both, the left is cut."""
    gap = width - width_of(left) - width_of(right)
    if gap >= 1:
        return (*left, Span(" " * gap), *right)
    return (*fit_line(left, max(0, width - width_of(right) - 1)), Span(" "), *right)
