"""The signs on screen, and their stand-ins for a terminal that has only ASCII."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbols:
    """One sign a meaning; a word stands beside each wherever there is room."""

    ascii: bool
    lasts: str
    dies: str
    unknown: str
    up: str
    down: str
    failed: str
    paused: str
    busy: str
    risk: str
    moved: str
    opened: str
    closed: str
    cursor: str
    ellipsis: str
    between: str
    arrow: str
    dash: str
    bullet: str
    bar: tuple[str, ...]
    """The eighths of a cell, from one to eight."""


UNICODE = Symbols(
    ascii=False,
    lasts="●",
    dies="○",
    unknown="·",
    up="●",
    down="○",
    failed="✗",
    paused="‖",
    busy="↻",
    risk="▲",
    moved="↑",
    opened="▾",
    closed="▸",
    cursor="▌",
    ellipsis="…",
    between="·",
    arrow="→",
    dash="–",  # noqa: RUF001 - the dash is meant
    bullet="•",
    bar=tuple("▏▎▍▌▋▊▉█"),
)

ASCII = Symbols(
    ascii=True,
    lasts="#",
    dies=".",
    unknown="?",
    up="*",
    down="o",
    failed="x",
    paused="=",
    busy="~",
    risk="!",
    moved="^",
    opened="-",
    closed="+",
    cursor=">",
    ellipsis="~",
    between="|",
    arrow="->",
    dash="-",
    bullet="*",
    bar=("", "", "", "=", "=", "=", "=", "="),
)

_ASCII_TERMINALS = frozenset({"linux", "vt100", "vt220", "ansi", "dumb"})


def choose(environ: Mapping[str, str]) -> Symbols:
    """Pick what the terminal can show: ASCII in a C locale and on a bare console."""
    if environ.get("TERM", "") in _ASCII_TERMINALS:
        return ASCII
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
    return UNICODE if "utf" in locale.lower() else ASCII


def bar(part: float, width: int, symbols: Symbols) -> str:
    """Draw a share (0 to 1) as a bar of at most `width` cells; something is never nothing."""
    eighths = round(max(0.0, min(1.0, part)) * width * 8)
    if part > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    drawn = symbols.bar[7] * whole + (symbols.bar[rest - 1] if rest else "")
    return drawn or (symbols.bar[7] if part > 0 and symbols.ascii else "")
