"""The rows that lines of a log take on the screen: wrapped or cut, with hits and stderr marked."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from boxtui.tui.render import log_lines
from boxtui.tui.render.cells import mark, style_of
from boxtui.tui.spans import Role
from boxtui.watch.logs import Entry, Gap

GUTTER = 3
"""Cells before the text: the mark of the hit one is at, and E for standard error."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How lines are shown."""

    width: int
    wrap: bool = True
    times: bool = False
    left: int = 0
    """Cells scrolled out of sight, where lines are not wrapped."""
    needle: str = ""
    cursor: str = "▌"


def rows_of(
    entry: Entry, manner: Manner, styles: Mapping[Role, Style], *, here: bool = False
) -> list[Strip]:
    """Give the rows of one line, each of exactly the width; `here`: the hit one is at."""
    text = _marked(_text(entry, manner, styles), entry, manner, styles)
    room = max(1, manner.width - GUTTER)
    if manner.wrap:
        starts = range(0, max(1, text.cell_length), room)
    else:
        starts = range(manner.left, manner.left + 1)
    stderr = not isinstance(entry, Gap) and entry.stderr
    return [
        Strip.join(
            [
                _gutter(manner, styles, stderr=stderr and row == 0, here=here),
                text.crop(start, start + room),
            ]
        ).adjust_cell_length(manner.width, styles[Role.PLAIN])
        for row, start in enumerate(starts)
    ]


def _gutter(manner: Manner, styles: Mapping[Role, Style], *, stderr: bool, here: bool) -> Strip:
    cursor = manner.cursor if here else " "
    return Strip(
        [
            Segment(cursor, styles[Role.FOCUS]),
            Segment("E" if stderr else " ", styles[Role.RISK]),
            Segment(" ", styles[Role.PLAIN]),
        ],
        GUTTER,
    )


def _text(entry: Entry, manner: Manner, styles: Mapping[Role, Style]) -> Strip:
    if isinstance(entry, Gap):
        return Strip([Segment(log_lines.gap_words(entry), styles[Role.RISK])])
    ground = styles[Role.PLAIN]
    segments = [Segment(_moment(entry, manner), styles[Role.MUTED])]
    segments += [Segment(p.text, ground + style_of(p.attr)) for p in log_lines.pieces(entry.data)]
    if entry.cut:
        segments.append(Segment(" (the rest is cut off)", styles[Role.MUTED]))
    return Strip(segments)


def _moment(entry: Entry, manner: Manner) -> str:
    if isinstance(entry, Gap) or not manner.times:
        return ""
    return f"{log_lines.moment(entry)} "


def _marked(strip: Strip, entry: Entry, manner: Manner, styles: Mapping[Role, Style]) -> Strip:
    if not manner.needle:
        return strip
    text, before = log_lines.text_of(entry), cell_len(_moment(entry, manner))
    for start, end in log_lines.hit_spans(text, manner.needle):
        first = before + cell_len(text[:start])
        strip = mark(strip, first, first + cell_len(text[start:end]), styles[Role.FOUND])
    return strip
