"""How the screens look: compared with pictures that a person has looked at.

After a wanted change: `pytest tests/tui/test_looks.py --snapshot-update`, and look at them again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from boxtui.model.operation import Losses, Needs, Plan, PlannedStep, Process
from boxtui.tui import symbols, theme
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.look import Look
from boxtui.tui.screens.plan import PlanDialog
from boxtui.tui.snapshot import Link, LinkState, Snapshot
from tests.tui import canned

Compare = Callable[..., bool]
Before = Callable[[Pilot[int]], Awaitable[None]]

SIZES = [(80, 24), (120, 36), (200, 60)]
_TRIES = 300


def console(snapshot: Snapshot | None = None, look: Look | None = None) -> BoxtuiApp:
    return BoxtuiApp(Bridge(snapshot or canned.snapshot()), look=look)


def after(*keys: str) -> Before:
    """Press keys once the screen is complete."""

    async def pressed(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, BoxtuiApp)
        for _ in range(_TRIES):
            if app.main.completed:
                break
            await pilot.pause(0.02)
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.pause()

    return pressed


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [theme.DARK, theme.LIGHT])
def test_first_screen(snap_compare: Compare, size: tuple[int, int], name: str) -> None:
    app = console(look=Look(name))
    assert snap_compare(app, terminal_size=size, run_before=after("j", "j", "j"))


def test_ascii_without_colour(snap_compare: Compare) -> None:
    app = console(look=Look(theme.ANSI, symbols.ASCII, color=False))
    assert snap_compare(app, terminal_size=(80, 24), run_before=after("j", "j", "j"))


def test_the_map_zoomed(snap_compare: Compare) -> None:
    keys = ("j", "j", "j", "3", "plus", "j", "j")
    assert snap_compare(console(), terminal_size=(120, 36), run_before=after(*keys))


def test_worst_first(snap_compare: Compare) -> None:
    assert snap_compare(console(), terminal_size=(120, 36), run_before=after("w"))


def test_offline(snap_compare: Compare) -> None:
    link = Link(LinkState.OFFLINE, "Connection refused", canned.NOW - timedelta(minutes=3))
    app = console(replace(canned.snapshot(), link=link))
    assert snap_compare(app, terminal_size=(120, 36), run_before=after())


def test_reading(snap_compare: Compare) -> None:
    app = console(Snapshot(where="prod", now=canned.NOW))
    assert snap_compare(app, terminal_size=(80, 24), run_before=after())


def test_help(snap_compare: Compare) -> None:
    before = after("question_mark")
    assert snap_compare(console(), terminal_size=(120, 36), run_before=before)


REMOVAL = Plan(
    kind="remove",
    object_kind="container",
    object_id=canned.PHANTOM.id,
    object_name="phantom",
    steps=(PlannedStep("remove", "remove the container and its writable layer"),),
    needs=Needs.NAME,
    loses=Losses(
        bytes=canned.SCAN.totals.bytes,
        files=canned.SCAN.totals.files,
        classes=canned.SCAN.classes,
        paths=("/home/phantom/.claude.json", "/app/projects", "/home/phantom/services"),
    ),
    processes=(Process(41, ("node", "bridge.js")),),
    warnings=("it runs: it is killed, not asked to stop",),
    irreversible_from="remove",
)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_plan_that_loses(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def shown(pilot: Pilot[int]) -> None:
        await after("j", "j", "j")(pilot)
        await pilot.app.push_screen(PlanDialog(REMOVAL, symbols.UNICODE))
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(console(), terminal_size=size, run_before=shown)
