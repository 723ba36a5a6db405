"""What the command line writes: one JSON document, or text that is safe to show."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from boxtui.errors import BoxtuiError
from boxtui.formatting import plain

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


def document(
    engine: Mapping[str, Any] | None,
    fields: Mapping[str, Any],
    error: BoxtuiError | None = None,
) -> str:
    """The document as one line; names that are not UTF-8 as surrogate escapes."""
    whole = {"schema": 1, "engine": engine, "error": _error(error), **fields}
    # ASCII, so that lone surrogates come out as \udcXX and no locale can spoil it
    return json.dumps(whole, ensure_ascii=True, allow_nan=False)


def _error(error: BoxtuiError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "code": error.code,
        "message": error.message,
        "reason": error.reason,
        "hint": error.hint,
    }


def failure(error: BoxtuiError) -> str:
    """An error for people: what, why in the engine's words, and how to mend it."""
    lines = [f"boxtui: {plain(error.message)}"]
    if error.reason:
        lines += [f"  reason: {plain(line)}" for line in error.reason.splitlines() if line.strip()]
    if error.hint:
        lines.append(f"  hint: {plain(error.hint)}")
    return "\n".join(lines)


def may_color(*, forbidden: bool) -> bool:
    """Whether stdout is a terminal that shows colours, and nobody minds."""
    if forbidden or os.environ.get("NO_COLOR") or os.environ.get("TERM") in {None, "", "dumb"}:
        return False
    return sys.stdout.isatty()


class Cell(NamedTuple):
    """A table's cell: untrusted text, and how it is shown."""

    text: str
    style: str = ""
    """bold, dim, red, green or yellow."""
    right: bool = False


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, color: bool) -> Iterable[str]:
    """Lines of aligned columns; the last is never padded."""
    shown = [[(plain(cell.text), cell) for cell in row] for row in rows]
    widths = [len(title) for title in head]
    for row in shown:
        widths = [max(w, width(text)) for w, (text, _) in zip(widths, row, strict=True)]
    rights = [any(row[i][1].right for row in shown) for i in range(len(head))]
    yield _line([(title, Cell(title, "bold")) for title in head], widths, rights, color=color)
    for row in shown:
        yield _line(row, widths, rights, color=color)


def _line(
    row: Sequence[tuple[str, Cell]], widths: Sequence[int], rights: Sequence[bool], *, color: bool
) -> str:
    parts = []
    for (text, cell), wide, right in zip(row, widths, rights, strict=True):
        gap = " " * (wide - width(text))
        painted = paint(text, cell.style, color=color)
        parts.append(gap + painted if right else painted + gap)
    return "  ".join(parts).rstrip()


def paint(text: str, style: str, *, color: bool) -> str:
    """Text in a style, where colours may be shown."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and style else text


def width(text: str) -> int:
    """Columns on a terminal."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - its tables are slow to load and seldom needed

    return max(wcswidth(text), 0)
