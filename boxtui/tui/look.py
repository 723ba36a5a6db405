"""Which theme and signs suit this terminal."""

from collections.abc import Mapping
from dataclasses import dataclass

from boxtui.config import Console
from boxtui.tui import symbols, theme
from boxtui.tui.symbols import Symbols

_LIGHT_BACKGROUNDS = frozenset({"7", "15"})
_FEW_COLORS = ("linux", "16color", "vt100", "vt220", "ansi", "dumb")


@dataclass(frozen=True, slots=True)
class Look:
    """A theme's name, the signs, and whether there is colour at all."""

    theme: str = theme.DARK
    symbols: Symbols = symbols.UNICODE
    color: bool = True


def choose(wanted: Console, environ: Mapping[str, str], *, color: bool = True) -> Look:
    """Follow the configuration, and where it says auto the terminal's environment."""
    signs = {"unicode": symbols.UNICODE, "ascii": symbols.ASCII}.get(wanted.symbols)
    plain = not color or "NO_COLOR" in environ
    name = theme.ANSI if plain else wanted.theme
    if name == "auto":
        name = _by_terminal(environ)
    named = {"dark": theme.DARK, "light": theme.LIGHT, "ansi": theme.ANSI}
    return Look(named.get(name, name), signs or symbols.choose(environ), color=not plain)


def _by_terminal(environ: Mapping[str, str]) -> str:
    terminal = environ.get("TERM", "")
    if any(few in terminal for few in _FEW_COLORS):
        return theme.ANSI
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return theme.LIGHT if background in _LIGHT_BACKGROUNDS else theme.DARK
