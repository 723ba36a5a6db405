"""What the string sequences say: OSC and DCS; all others are swallowed."""

import re
from collections.abc import Callable

from boxtui.terminal.screen import Screen

OSC = re.compile(r"(\d{1,5})(?:;(.*))?\Z", re.DOTALL)

Osc = Callable[[Screen, str], None]


def _both(screen: Screen, data: str) -> None:
    screen.set_icon_name(data)
    screen.set_title(data)


def _link(screen: Screen, data: str) -> None:
    params, _, uri = data.partition(";")
    screen.set_link(params, uri)


def _clipboard(screen: Screen, data: str) -> None:
    _, _, content = data.partition(";")
    screen.offer_clipboard(content)


COMMANDS: dict[int, Osc] = {
    0: _both,
    1: Screen.set_icon_name,
    2: Screen.set_title,
    7: lambda screen, data: screen.note("directory", data),
    8: _link,
    9: lambda screen, data: screen.note("notification", data),
    52: _clipboard,
    133: lambda screen, data: screen.note("prompt", data),
}


def osc(screen: Screen, body: str, terminator: str) -> None:
    """Do what an OSC asks; `terminator` is how it ended, and how an answer will."""
    match = OSC.match(body)
    if not match:
        return
    number, data = int(match[1]), match[2] or ""
    if number in screen.colours:
        if data == "?":
            screen.report_colour(number, terminator)
    elif number in COMMANDS:
        COMMANDS[number](screen, data)


def dcs(screen: Screen, body: str) -> None:
    """Answer DECRQSS; sixel, XTGETTCAP, passthrough and the rest are for others."""
    if body.startswith("$q"):
        screen.report_setting(body[2:])
