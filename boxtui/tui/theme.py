"""Colours: the themes, and the style of each role in the theme in use.

Three hues on a quiet screen: focus, at risk, broken. `boxtui-dark` and `boxtui-light` are true
colour; `boxtui-ansi` keeps to the terminal's own sixteen and its background, for terminals that
have no more and for NO_COLOR, where only bold, dim, reverse and the signs are left.
"""

from collections.abc import Mapping

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from boxtui.tui.spans import Role

DARK = "boxtui-dark"
LIGHT = "boxtui-light"
ANSI = "boxtui-ansi"

THEMES = (
    Theme(
        name=DARK,
        primary="#7aa2f7",
        secondary="#7dcfff",
        accent="#7aa2f7",
        foreground="#c8d0e0",
        background="#11141b",
        surface="#11141b",
        panel="#1b202b",
        warning="#e6b450",
        error="#f7768e",
        success="#9ece6a",
        dark=True,
        variables={
            "border-blurred": "#3a4254",
            "selected": "#27324a",
            "selected-blurred": "#1d2433",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1d5fd1",
        secondary="#0b7285",
        accent="#1d5fd1",
        foreground="#20242c",
        background="#fbfbf8",
        surface="#fbfbf8",
        panel="#eeeee8",
        warning="#9a5b00",
        error="#c0182f",
        success="#2f7a1f",
        dark=False,
        variables={
            "border-blurred": "#c3c6cd",
            "selected": "#d8e4fb",
            "selected-blurred": "#ebeff7",
        },
    ),
    Theme(
        name=ANSI,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_cyan",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        dark=True,
        variables={
            **BUILTIN_THEMES["ansi-dark"].variables,
            "border-blurred": "ansi_bright_black",
            "input-cursor-background": "ansi_white",
            "input-cursor-foreground": "ansi_black",
        },
    ),
)

_HUES: Mapping[Role, tuple[str, bool]] = {
    # role: the theme's variable, and whether it is bold
    Role.FOCUS: ("primary", True),
    Role.GOOD: ("success", False),
    Role.RISK: ("warning", False),
    Role.BROKEN: ("error", False),
    Role.KEY: ("primary", True),
    Role.BAR: ("primary", False),
    Role.TEXT: ("success", False),
    Role.NUMBER: ("secondary", False),
}
_ANSI_HUES = {"primary": "blue", "secondary": "cyan", "success": "green", "warning": "yellow"}


def role_styles(theme: Theme, *, stale: bool = False) -> dict[Role, Style]:
    """Give the style of each role; `stale` greys everything, for data that may be out of date."""
    muted = _muted(theme)
    if stale:
        return dict.fromkeys(Role, muted)
    styles = {
        Role.PLAIN: Style(),
        Role.MUTED: muted,
        Role.STRONG: Style(bold=True),
        Role.FOUND: Style(reverse=True, bold=True),
    }
    for role, (name, bold) in _HUES.items():
        color = _ANSI_HUES.get(name, "red") if theme.ansi else getattr(theme, name)
        styles[role] = Style(color=color, bold=bold or None)
    return styles


def selected_style(theme: Theme, *, focused: bool) -> Style:
    """Give the look of the row under the cursor."""
    if theme.ansi:
        return Style(reverse=True) if focused else Style(bold=True)
    return Style(bgcolor=theme.variables["selected" if focused else "selected-blurred"])


def _muted(theme: Theme) -> Style:
    if theme.ansi:
        return Style(dim=True)
    return Style(color="#7b869c" if theme.dark else "#6b7280")
