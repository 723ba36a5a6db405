"""Rows of the emulator as strips of Textual, kept with the row until it changes.

What the outer terminal would measure otherwise than the emulator (emoji with a variation selector,
joined sequences) is cut down to its first character: one cell too many would shift the whole line.
"""

from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from boxtui.terminal.attributes import style as attributes_of
from boxtui.terminal.rows import Line, Row

_BLANK = Style.null()


@lru_cache(maxsize=4096)
def style_of(attr: int) -> Style:
    """Give the style of a packed attribute; default colours are left to the widget."""
    cell = attributes_of(attr)
    return Style(
        color=_colour(cell.fg),
        bgcolor=_colour(cell.bg),
        bold=cell.bold or None,
        dim=cell.dim or None,
        italic=cell.italic or None,
        blink=cell.blink or None,
        reverse=cell.inverse or None,
        conceal=cell.hidden or None,
        strike=cell.strike or None,
        overline=cell.overline or None,
        underline=cell.underline == "single" or cell.underline not in {"", "double"} or None,
        underline2=cell.underline == "double" or None,
    )


def _colour(colour: str | int) -> Color | None:
    if colour == "default":
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.parse(colour)


def strip_of(row: Row | Line, columns: int) -> Strip:
    """Give a row as a strip of exactly `columns` cells, made anew only after a change."""
    version = row.version if isinstance(row, Row) else 1
    cached = row.cache
    if cached is not None and version and cached[0] == (version, columns):
        strip: Strip = cached[1]
        return strip
    strip = _strip(row, columns)
    if version:
        row.cache = ((version, columns), strip)
    return strip


def _strip(row: Row | Line, columns: int) -> Strip:
    chars, attrs = row.chars, row.attrs
    if len(chars) > columns:
        chars, attrs = chars[:columns], attrs[:columns]
    segments = []
    at = 0
    for attr, run in groupby(attrs):
        end = at + sum(1 for _ in run)
        segments.append(Segment(_text(chars, at, end), style_of(attr)))
        at = end
    if at < columns:
        segments.append(Segment(" " * (columns - at), _BLANK))
    return Strip(segments, columns)


def _text(chars: list[str], start: int, end: int) -> str:
    text = "".join(chars[start:end])
    if text.isascii() and len(text) == end - start:
        return text
    return "".join(_fitting(chars, x) for x in range(start, end))


def _fitting(chars: list[str], x: int) -> str:
    """Give the text of one cell, cut to what the outer terminal draws as wide as the grid says."""
    text = chars[x]
    if not text:
        # the second half of a wide character, drawn with the first
        return ""
    width = 2 if x + 1 < len(chars) and chars[x + 1] == "" else 1
    if cell_len(text) == width:
        return text
    return text[0] if cell_len(text[0]) == width else " " * width


def mark(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Lay a style over some cells: the cursor, a selection, a hit."""
    width = strip.cell_length
    start, end = max(0, start), min(end, width)
    if start >= end:
        return strip
    return Strip.join(
        [strip.crop(0, start), strip.crop(start, end).apply_style(style), strip.crop(end, width)]
    )
