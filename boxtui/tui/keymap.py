"""Every key: its id for the configuration, its default, its word and its explanation.

A new key is a line here and a handler in `actions/` under the same id. Uppercase letters change a
box. Reserved for what is to come: t (stats), c (commands), b and space (marks), and A B M P V
for changes with a plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding

from boxtui.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: `keys` in Textual's names, separated by commas."""

    id: str
    keys: str
    label: str
    tooltip: str
    group: str


MOVES = (
    Key("move.down", "j,down", "down", "One row down", "Move"),
    Key("move.up", "k,up", "up", "One row up", "Move"),
    Key("move.first", "g,home", "first", "To the first row", "Move"),
    Key("move.last", "G,end", "last", "To the last row", "Move"),
    Key("move.page-down", "pagedown,ctrl+d", "page down", "One screenful down", "Move"),
    Key("move.page-up", "pageup,ctrl+u", "page up", "One screenful up", "Move"),
    Key("move.open", "enter", "open", "Open or fold the row", "Move"),
    Key("move.unfold", "right", "unfold", "Unfold the row", "Move"),
    Key("move.fold", "left", "fold", "Fold the row, or go to what holds it", "Move"),
)

SCREEN = (
    Key("pane.boxes", "1", "boxes", "To the list of boxes", "View"),
    Key("pane.volumes", "2", "volumes", "To the list of volumes", "View"),
    Key("pane.detail", "3", "detail", "To the detail of what is selected", "View"),
    Key("pane.beside", "4", "beside", "To the second detail, on a wide screen", "View"),
    Key("pane.next", "tab", "next pane", "To the next pane", "View"),
    Key("pane.previous", "shift+tab", "previous pane", "To the pane before", "View"),
    Key("tab.next", "right_square_bracket", "next tab", "To the next tab of the detail", "View"),
    Key("tab.previous", "left_square_bracket", "tab before", "To the tab before", "View"),
    Key("tab.map", "m", "map", "What of this box lasts and what dies", "View"),
    Key("tab.logs", "l", "logs", "What this box writes to its output", "View"),
    Key("tab.terminal", "T", "terminal", "The terminals of this box", "View"),
    Key("tab.inspect", "i", "inspect", "The engine's own document on it", "View"),
    Key("zoom.in", "plus", "zoom", "Give the whole screen to this pane", "View"),
    Key("zoom.out", "underscore", "unzoom", "Show all panes again", "View"),
    Key("list.filter", "slash", "filter", "Keep the rows that hold some text", "View"),
    Key("list.sort", "S", "sort", "Sort by the next of: name, worst, state, newest", "View"),
    Key("list.worst", "w", "worst first", "What would lose most on top; again: by name", "View"),
    Key("view.back", "escape", "back", "Clear the filter, leave the zoom, go to the list", "View"),
    Key("map.scan", "u", "scan", "Read what the box would lose; again: cancel", "Scan"),
    Key("map.scan-all", "U", "scan all", "Read what every box would lose; again: cancel", "Scan"),
    Key("box.shell", "e,a", "shell", "Open a shell in the box", "Box"),
    Key("box.run", "E", "run", "Open a program of your choice in the box", "Box"),
    Key("box.start", "s", "start", "Start the box", "Box"),
    Key("box.stop", "s", "stop", "Stop the box (asks)", "Box"),
    Key("box.restart", "r", "restart", "Stop it and start it again (asks)", "Box"),
    Key("box.pause", "p", "pause", "Freeze every process in it", "Box"),
    Key("box.unpause", "p", "unpause", "Let its processes run on", "Box"),
    Key("box.kill", "K", "kill", "Send it a signal of your choice (asks)", "Box"),
    Key("box.rename", "N", "rename", "Give it another name", "Box"),
    Key("box.policy", "L", "policy", "Change when the engine restarts it", "Box"),
    Key("box.recreate", "R", "recreate", "A new container of the same; shows its plan", "Box"),
    Key("box.remove", "d", "remove", "Remove the box; says what would be lost first", "Box"),
    Key("volume.measure", "u", "sizes", "Measure every volume, on demand", "Volume"),
    Key("volume.remove", "d", "remove", "Remove the volume; asks for its name", "Volume"),
    Key("engine.prune", "X", "prune", "Remove what is unused; lists it first", "Console"),
    Key("console.menu", "x", "menu", "All that can be done with this object now", "Console"),
    Key("console.copy", "y", "copy", "Copy the name, id or path (OSC 52)", "Console"),
    Key("console.operations", "o", "operations", "What ran and runs, with reasons", "Console"),
    Key("console.palette", "colon", "palette", "Find a command by its name", "Console"),
    Key("console.help", "question_mark,f1", "help", "All keys, and the legend", "Console"),
    Key("console.quit", "q", "quit", "Leave; nothing stops because of it", "Console"),
)

DOCUMENT = (
    Key("document.search", "slash", "search", "Search in this document", "Inspect"),
    Key("document.next", "n", "next hit", "To the next hit", "Inspect"),
    Key("document.previous", "N", "hit before", "To the hit before", "Inspect"),
    Key("document.reveal", "v", "reveal", "Show secrets, or mask them again", "Inspect"),
    Key("document.fold-all", "z", "fold all", "Fold or unfold everything", "Inspect"),
)

MAP = (
    Key("map.sort", "S", "sort", "Sort by size, severity or path", "Map"),
    Key("map.worst", "w", "biggest loss", "Jump to the biggest loss", "Map"),
)

LOGS = (
    Key("log.follow", "f", "follow", "Follow the newest lines, or stay where you are", "Logs"),
    Key("log.search", "slash", "search", "Search in these lines", "Logs"),
    Key("log.next", "n", "next hit", "To the next hit", "Logs"),
    Key("log.previous", "N", "hit before", "To the hit before", "Logs"),
    Key("log.wrap", "w", "wrap", "Wrap long lines, or scroll sideways with the arrows", "Logs"),
    Key("log.times", "v", "times", "Show when each line was written", "Logs"),
    Key("log.tail", "h", "how far", "Choose how far back to read", "Logs"),
    Key("log.save", "ctrl+s", "save", "Save these lines to a file", "Logs"),
)

ALL = (*MOVES, *SCREEN, *DOCUMENT, *MAP, *LOGS)
BY_ID = {key.id: key for key in ALL}

_SIGNS = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "plus": "+",
    "underscore": "_",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "S-Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "f1": "F1",
}


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """Make bindings whose action is `perform(ID)`; screens and widgets look the handler up."""
    return [
        Binding(
            key.keys,
            f"perform('{key.id}')",
            key.label,
            id=key.id,
            tooltip=key.tooltip,
            show=False,
        )
        for key in keys
    ]


def remapped(wanted: Mapping[str, str]) -> dict[str, str]:
    """Check the keys of the configuration; ConfigError names an id that is not known."""
    for binding_id in wanted:
        if binding_id not in BY_ID:
            raise ConfigError(
                f"[keys] has no key called {binding_id!r}", hint=f"such as {_near(binding_id)}"
            )
    return dict(wanted)


def leader(wanted: str) -> str:
    """Check the leader of terminals; ConfigError for a key that a box could not do without."""
    _modifier, plus, base = wanted.rpartition("+")
    function_key = base[:1] == "f" and base[1:].isdecimal()
    if not base or not (plus or function_key) or wanted != wanted.lower() or " " in wanted:
        raise ConfigError(
            f"[terminal] leader cannot be {wanted!r}",
            hint='a key with ctrl or alt, or a function key, such as "ctrl+]" or "f12"',
        )
    return wanted


def sign_of(key: str) -> str:
    """Write a key as people do: ^] and the like."""
    return _SIGNS.get(key, key.replace("ctrl+", "^").replace("alt+", "M-"))


def _near(binding_id: str) -> str:
    room = binding_id.partition(".")[0]
    return ", ".join([key for key in BY_ID if key.startswith(f"{room}.")] or list(BY_ID)[:5])


def shown(binding_id: str, wanted: Mapping[str, str] | None = None) -> str:
    """Give the first key of a binding as people write it."""
    keys = (wanted or {}).get(binding_id) or BY_ID[binding_id].keys
    first = keys.split(",", maxsplit=1)[0].strip()
    return _SIGNS.get(first, first.replace("ctrl+", "^"))


def all_shown(binding_id: str, wanted: Mapping[str, str] | None = None) -> str:
    """Give every key of a binding as people write them."""
    keys = (wanted or {}).get(binding_id) or BY_ID[binding_id].keys
    names = [key.strip() for key in keys.split(",")]
    return " ".join(_SIGNS.get(name, name.replace("ctrl+", "^")) for name in names)
