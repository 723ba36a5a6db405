"""Tables: which columns fit a width, and rows laid out in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from boxtui.tui.spans import Line, Role, Span, fit, fit_line

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: at least `least` cells, at most `most`.

    `rank` 0 always stays, the highest goes first; `grow` says who takes spare room, lowest first.
    """

    id: str
    title: str
    least: int
    most: int
    rank: int = 0
    right: bool = False
    grow: int = 0


Layout = tuple[tuple[Column, int], ...]


@lru_cache(maxsize=64)
def allot(columns: tuple[Column, ...], width: int) -> Layout:
    """Choose the columns that fit, and their widths."""
    kept = list(columns)
    while _least(kept) > width and any(column.rank for column in kept):
        kept.remove(max(kept, key=lambda column: column.rank))
    spare = max(0, width - _least(kept))
    sizes: dict[str, int] = {}
    for column in sorted(kept, key=lambda column: column.grow):
        more = min(spare, column.most - column.least)
        spare -= more
        sizes[column.id] = column.least + more
    return tuple((column, sizes[column.id]) for column in kept)


def _least(columns: Sequence[Column]) -> int:
    return sum(column.least for column in columns) + _GAP * max(0, len(columns) - 1)


def head(layout: Layout, width: int) -> Line:
    """Give the line of titles."""
    cells = [fit(column.title, size, right=column.right) for column, size in layout]
    return fit_line((Span((" " * _GAP).join(cells), Role.MUTED),), width)


def row(layout: Layout, cells: Mapping[str, Span | Line], width: int, *, ellipsis: str) -> Line:
    """Lay one row out; a cell is one span, or a line of several."""
    spans: list[Span] = []
    for index, (column, size) in enumerate(layout):
        if index:
            spans.append(Span(" " * _GAP))
        cell = cells.get(column.id, Span(""))
        if isinstance(cell, Span):
            text = fit(cell.text, size, ellipsis=ellipsis, right=column.right)
            spans.append(Span(text, cell.role))
        else:
            spans.extend(fit_line(cell, size, ellipsis=ellipsis))
    return fit_line(tuple(spans), width, ellipsis=ellipsis)
