"""Terminals in boxes: opening them, and what the keys after the leader do.

A new leader key is a line in `LEADER_KEYS` and a case in `_LED`.
"""

import asyncio
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from boxtui.errors import BoxtuiError, UsageError
from boxtui.model.container import Container, State
from boxtui.model.ports import TerminalRequest
from boxtui.tui.actions.registry import Situation, does
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
    "pageup": "look back a screenful",
    "pagedown": "look forward a screenful",
    "x": "hang up: end the program, close the terminal",
    "question_mark": "these keys",
}
ATTACH_FAILED = 125
"""For all that fails before there is an exit code."""
_ALIASES = {",": "comma", "?": "question_mark", "escape": "d"}
_SIGNS = {"comma": ",", "question_mark": "?", "pageup": "PgUp", "pagedown": "PgDn"}


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
) -> None:
    if screen.services is None:
        return
    try:
        number = await screen.services.terminals.open(box, request, name=name)
    except BoxtuiError as error:
        screen.ask.refuse(error)
        return
    show(screen, number)


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
        screen.app.exit(ATTACH_FAILED, message=_words(error))
        return
    screen.panes.go_to(box.id)
    show(screen, screen.attached)
    screen.panes.zoom(on=True)


def ended(screen: "MainScreen", number: int, end: "SessionEnd") -> None:
    """End the console with the program that it was opened for."""
    if number == screen.attached:
        failed = None if end.code is not None else end.reason
        screen.app.exit(ATTACH_FAILED if end.code is None else end.code, message=failed)


def lead(screen: "MainScreen", used: "LeaderUsed") -> None:
    """Do what a key after the leader means; an unknown one shows them all."""
    key = _ALIASES.get(used.key, used.key)
    _LED.get(key, _help)(screen, used.tab, used.number)


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


def _back(_screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    if tab.view is not None:
        tab.view.scroll_back(tab.view.size.height - 1)


def _forward(_screen: "MainScreen", tab: "TerminalTab", _number: int) -> None:
    if tab.view is not None:
        tab.view.scroll_back(1 - tab.view.size.height)


def _hang_up(screen: "MainScreen", _tab: "TerminalTab", number: int) -> None:
    services = screen.services
    client = services.terminals.client if services else None
    if client is not None:
        client.hang_up(number)


def _rename(screen: "MainScreen", _tab: "TerminalTab", number: int) -> None:
    async def ask() -> None:
        name = await screen.ask.prompt("Name of the terminal", "shown where there are several")
        client = screen.services.terminals.client if screen.services else None
        if name and client is not None:
            client.rename(number, name)

    screen.run_worker(ask(), name="rename-terminal")


def _help(screen: "MainScreen", tab: "TerminalTab", number: int) -> None:
    async def ask() -> None:
        choices = [Choice(k, text, sign=_SIGNS.get(k, k)) for k, text in LEADER_KEYS.items()]
        chosen = await screen.ask.choose("After Ctrl-]", choices)
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
    "pageup": _back,
    "pagedown": _forward,
    "x": _hang_up,
    "question_mark": _help,
}


def _words(error: BoxtuiError) -> str:
    return (
        f"boxtui: {error.message}: {error.reason}" if error.reason else f"boxtui: {error.message}"
    )
