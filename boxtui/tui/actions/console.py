"""The console itself: menu, help, palette, operations, copy; and scans."""

import asyncio
from typing import TYPE_CHECKING

from boxtui import formatting
from boxtui.errors import BoxtuiError
from boxtui.tui import keymap
from boxtui.tui.actions.registry import ACTIONS, Situation, does
from boxtui.tui.clipboard import copy
from boxtui.tui.screens.questions import Choice

if TYPE_CHECKING:
    from boxtui.tui.screens.main import MainScreen

_VIEWING = frozenset({"Move", "View"})
_OPENERS = frozenset({"console.menu", "console.palette"})
_GO = "go:"


def _box_there(situation: Situation) -> bool:
    return situation.box is not None and not situation.snapshot.stale


@does("map.scan", valid=_box_there, hint=1)
def scan(screen: "MainScreen") -> None:
    box = screen.situation.box
    if box is None or screen.services is None:
        return
    if box.id in screen.snapshot.scanning:
        screen.services.scans.cancel(box.id)
    else:
        screen.services.scans.ask([box.id])


@does("map.scan-all", valid=lambda situation: not situation.snapshot.stale, hint=10)
def scan_all(screen: "MainScreen") -> None:
    if screen.services is None:
        return
    if screen.snapshot.scanning:
        screen.services.scans.cancel_all()
    else:
        boxes = screen.snapshot.inventory.containers.values()
        running_first = sorted(boxes, key=lambda box: (not box.running, box.name))
        screen.services.scans.ask([box.id for box in running_first])


@does("volume.measure", valid=lambda s: s.pane == "volumes" and not s.snapshot.stale, hint=1)
async def measure(screen: "MainScreen") -> None:
    if screen.services is None:
        return
    screen.app.notify("measuring the volumes", timeout=2)
    try:
        await asyncio.to_thread(screen.services.documents.measure)
    except BoxtuiError as error:
        screen.ask.refuse(error)


def _choices(screen: "MainScreen", groups_left_out: frozenset[str]) -> list[Choice]:
    situation = screen.situation
    keys = [
        keymap.BY_ID[action.id]
        for action in ACTIONS.values()
        if action.id not in _OPENERS and action.valid(situation)
    ]
    return [
        Choice(key.id, key.label, key.tooltip, keymap.shown(key.id, screen.remapped))
        for key in keys
        if key.group not in groups_left_out
    ]


def _perform(screen: "MainScreen", binding_id: str) -> None:
    """Do it if it still makes sense: things may have changed while the operator chose."""
    if ACTIONS[binding_id].valid(screen.situation):
        screen.call_next(screen.action_perform, binding_id)


@does("console.menu", hint=98)
async def menu(screen: "MainScreen") -> None:
    chosen = await screen.ask.choose(_object_name(screen.situation), _choices(screen, _VIEWING))
    if chosen is not None:
        _perform(screen, chosen)


@does("console.palette")
async def palette(screen: "MainScreen") -> None:
    boxes = [
        Choice(f"{_GO}{box.id}", formatting.plain(box.name), "go to this box")
        for box in screen.snapshot.inventory.containers.values()
    ]
    chosen = await screen.ask.find("Palette", [*_choices(screen, frozenset()), *boxes])
    if chosen is None:
        return
    if chosen.startswith(_GO):
        screen.panes.go_to(chosen.removeprefix(_GO))
    else:
        _perform(screen, chosen)


@does("console.help", hint=99)
def show_help(screen: "MainScreen") -> None:
    from boxtui.tui.screens.reading import HelpDialog  # noqa: PLC0415 - not for the first paint

    screen.app.push_screen(HelpDialog(screen.remapped, screen.symbols))


@does("console.operations")
def operations(screen: "MainScreen") -> None:
    from boxtui.tui.screens.reading import OperationsDialog  # noqa: PLC0415 - likewise

    if screen.services is not None:
        cancel = screen.services.changes.cancel
        screen.app.push_screen(OperationsDialog(screen.snapshot, screen.symbols, cancel))


@does("console.copy", valid=lambda situation: situation.target is not None)
async def copy_something(screen: "MainScreen") -> None:
    chosen = await screen.ask.choose("Copy", _copies(screen.situation, screen.panes.map_path))
    if chosen is not None:
        copy(screen.app, chosen)
        screen.app.notify(f"copied {len(chosen)} characters", timeout=2, markup=False)


def _copies(situation: Situation, path: str | None) -> list[Choice]:
    texts: list[tuple[str, str]] = [("path", path)] if path else []
    if situation.box is not None:
        box = situation.box
        texts += [("name", box.name), ("id", box.id), ("image", box.image)]
        texts += [("shell", f"docker exec -it {box.name} sh")]
    elif situation.volume is not None:
        texts += [("name", situation.volume.name), ("mountpoint", situation.volume.mountpoint)]
    elif situation.target is not None:
        texts.append(("name", situation.target.id))
    return [Choice(text, label, formatting.plain(text)) for label, text in texts if text]


def _object_name(situation: Situation) -> str:
    if situation.box is not None:
        return formatting.plain(situation.box.name)
    return formatting.plain(situation.volume.name) if situation.volume is not None else "Menu"
