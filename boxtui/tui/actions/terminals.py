"""Terminals in boxes: opening them, and what the keys after the leader do.

A new leader key is a line in `LEADER_KEYS` and a case in `_LED`.
"""

import asyncio
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from boxtui import formatting
from boxtui.errors import BoxtuiError, UsageError
from boxtui.model.container import Container, State
from boxtui.model.ports import NO_STATUS, EndCause, TerminalRequest
from boxtui.tui.actions.registry import Situation, does
from boxtui.tui.keymap import sign_of
from boxtui.tui.screens.questions import Choice

if TYPE_CHECKING:
    from boxtui.bootstrap import AttachRequest
    from boxtui.model.ports import SessionEnd
    from boxtui.tui.messages import LeaderUsed
    from boxtui.tui.screens.main import MainScreen
    from boxtui.tui.widgets.terminal_tab import TerminalTab

LEADER_KEYS = {
    "d": "leave the terminal; its program runs on",
    "n": "the next terminal of this box",
    "p": "the terminal before",
    "c": "one more shell in this box",
    "comma": "give the terminal another name",
    "z": "the whole screen, or all panes again",
    "left_square_bracket": "look back: move, search, select, copy",
    "pageup": "look back a screenful",
    "slash": "search in what was shown",
    "x": "hang up: end the program, close the terminal",
    "question_mark": "these keys",
}
_ALIASES = {
    ",": "comma",
    "?": "question_mark",
    "/": "slash",
    "[": "left_square_bracket",
    "escape": "d",
}
_SIGNS = {**{name: sign for sign, name in _ALIASES.items() if len(sign) == 1}, "pageup": "PgUp"}


def _runs(situation: Situation) -> bool:
    box = situation.box
    return box is not None and box.state is State.RUNNING and not situation.snapshot.stale


@does("tab.terminal")
def show_terminal(screen: "MainScreen") -> None:
    screen.panes.active_detail.open("terminal")
    screen.panes.focus("detail")


@does("box.shell", valid=_runs, hint=1)
async def shell(screen: "MainScreen") -> None:
    box = screen.situation.box
    if box is not None:
        await _open(screen, box, TerminalRequest(box.id), name="shell")


@does("box.run", valid=_runs)
async def run(screen: "MainScreen") -> None:
    box = screen.situation.box
    if box is None:
        return
    line = await screen.ask.prompt("Run in the box", "a program and its arguments", value="bash")
    if not line:
        return
    try:
        argv = tuple(shlex.split(line))
    except ValueError as error:
        screen.ask.refuse(UsageError(f"cannot read {line!r}: {error}"))
        return
    await _open(screen, box, TerminalRequest(box.id, argv=argv), name=argv[0])


async def _open(
    screen: "MainScreen", box: Container, request: TerminalRequest, *, name: str
) -> bool:
    """Open and show it; False where it cannot be, which has been said."""
    if screen.services is None:
        return False
    try:
        number = await screen.services.terminals.open(box, request, name=name)
    except BoxtuiError as error:
        screen.ask.refuse(error)
        return False
    show(screen, number)
    return True


async def may_quit(screen: "MainScreen") -> bool:
    """Ask what is to become of terminals whose programs run; False: stay."""
    client = screen.services.terminals.client if screen.services else None
    running = [t for t in client.terminals.values() if t.ended is None] if client else []
    if client is None or not running:
        return True
    noun = "terminal" if len(running) == 1 else "terminals"
    chosen = await screen.ask.choose(
        f"{len(running)} {noun} open",
        [
            Choice("keep", "keep", "the programs run on; the next boxtui shows them again"),
            Choice("hang-up", "hang up", "the programs end, nothing of them is left"),
        ],
    )
    if chosen == "hang-up":
        for terminal in running:
            client.hang_up(terminal.number)
    return chosen is not None


def show(screen: "MainScreen", number: int) -> None:
    """Bring a terminal to the front and give it the keys."""
    from boxtui.tui.widgets.terminal_tab import TerminalTab  # noqa: PLC0415 - not for the first list

    if screen.services is None:
        return
    # the list with the new terminal in it has arrived before its number
    screen.snapshot = screen.services.bridge.take()
    pane = screen.panes.active_detail
    pane.open("terminal")
    if isinstance(pane.current, TerminalTab):
        pane.current.bring(number)


def leave(screen: "MainScreen") -> None:
    """Give the keys back to the console; where it was opened for this terminal alone, end it."""
    if screen.attached is not None:
        screen.app.exit(0)
    else:
        screen.panes.focus_list()


async def attach(screen: "MainScreen", request: "AttachRequest") -> None:
    """Open the terminal that `boxtui attach` asks for; the console ends with its program."""
    services = screen.services
    assert services is not None
    try:
        box = await asyncio.to_thread(services.core.find, request.box)
        wanted = TerminalRequest(
            box.id,
            argv=request.command,
            user=request.user,
            working_dir=request.working_dir,
            environment=request.environment,
        )
        name = request.command[0] if request.command else "shell"
        screen.attached = await services.terminals.open(box, wanted, name=name)
    except BoxtuiError as error:
        screen.app.exit(NO_STATUS, message=_words(error))
        return
    screen.panes.go_to(box.id)
    # the focus follows later, and a pane that is hidden could not take it
    screen.panes.zoom_to("detail")
    show(screen, screen.attached)
    screen.call_after_refresh(screen.release_keys)


def ended(screen: "MainScreen", number: int, end: "SessionEnd") -> None:
    """End the console with the program that it was opened for."""
    if number == screen.attached:
        failed = None if end.cause is EndCause.EXITED else f"boxtui: {formatting.plain(end.reason)}"
        screen.app.exit(end.status, message=failed)


def lead(screen: "MainScreen", used: "LeaderUsed") -> None:
    """Do what a key after the leader means; an unknown one shows them all."""
    key = _ALIASES.get(used.key or "", used.key or "")
    _LED.get(key, _help)(screen, used.tab, used.number)


def _again(screen: "MainScreen", tab: "TerminalTab", number: int) -> None:
    """Run the same once more, in the box as it is now, in the place of what has ended."""
    held = tab.held
    box = screen.snapshot.inventory.containers.get(tab.box_id or "")
    if held is None or box is None:
        return
    request = replace(held.request, container=box.id)

    async def reopen() -> None:
        if await _open(screen, box, request, name=held.name) and screen.services is not None:
            _drop(screen, number)

    screen.run_worker(reopen(), name="terminal-again")


def _drop(screen: "MainScreen", number: int) -> None:
    client = screen.services.terminals.client if screen.services else None
    if client is not None:
        client.hang_up(number)


def _detach(screen: "MainScreen", _tab: "TerminalTab", _number: int) -> None:
    leave(screen)


def _next(_screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    tab.step(1)


def _previous(_screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    tab.step(-1)


def _another(screen: "MainScreen", _tab: "TerminalTab", _number: int) -> None:
    screen.run_worker(screen.action_perform("box.shell"), name="another-terminal")


def _zoom(screen: "MainScreen", _tab: "TerminalTab", _number: int) -> None:
    screen.panes.zoom(on=screen.panes.zoomed is None)


def _look_back(_screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    view = tab.view
    if view is not None and view.look is not None:
        view.look.enter()
        view.refresh()


def _page_back(screen: "MainScreen", tab: "TerminalTab", number: int) -> None:
    _look_back(screen, tab, number)
    view = tab.view
    if view is not None and view.look is not None:
        view.look.press("pageup")


def _search(screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    async def ask() -> None:
        text = await screen.ask.prompt("Search the terminal", "from the newest line back")
        view = tab.view
        if view is None or view.look is None:
            return
        view.focus()
        if text and not view.look.search(text):
            screen.app.notify(f"{text!r} is nowhere in it", timeout=2, markup=False)
        view.refresh()
        view.lead(None)

    screen.run_worker(ask(), name="terminal-search")


def _hang_up(screen: "MainScreen", _tab: "TerminalTab", number: int) -> None:
    _drop(screen, number)


def _rename(screen: "MainScreen", _tab: "TerminalTab", number: int) -> None:
    async def ask() -> None:
        name = await screen.ask.prompt("Name of the terminal", "shown where there are several")
        client = screen.services.terminals.client if screen.services else None
        if name and client is not None:
            client.rename(number, name)

    screen.run_worker(ask(), name="rename-terminal")


def _help(screen: "MainScreen", tab: "TerminalTab", number: int) -> None:
    async def ask() -> None:
        leader = tab.view.leader if tab.view is not None else ""
        choices = [Choice(k, text, sign=_SIGNS.get(k, k)) for k, text in LEADER_KEYS.items()]
        chosen = await screen.ask.choose(f"After {sign_of(leader)}", choices)
        if chosen is not None and chosen != "question_mark":
            _LED[chosen](screen, tab, number)

    screen.run_worker(ask(), name="leader-help")


_LED: dict[str, Callable[["MainScreen", "TerminalTab", int], None]] = {
    "d": _detach,
    "n": _next,
    "p": _previous,
    "c": _another,
    "comma": _rename,
    "z": _zoom,
    "left_square_bracket": _look_back,
    "pageup": _page_back,
    "slash": _search,
    "enter": _again,
    "x": _hang_up,
    "question_mark": _help,
}


def _words(error: BoxtuiError) -> str:
    return (
        f"boxtui: {error.message}: {error.reason}" if error.reason else f"boxtui: {error.message}"
    )
