"""Changes that give a box a new container: planned with a fresh scan, carried out by a runner."""

from typing import TYPE_CHECKING

from boxtui import formatting
from boxtui.bootstrap.operations import RecreateOptions
from boxtui.bootstrap.operations import recreate as plan_recreate
from boxtui.tui.actions.lifecycle import propose
from boxtui.tui.actions.registry import Situation, does

if TYPE_CHECKING:
    from boxtui.tui.screens.main import MainScreen


def _box_free(situation: Situation) -> bool:
    return situation.box is not None and situation.free


@does("box.recreate", valid=_box_free, hint=6)
async def recreate(screen: "MainScreen") -> None:
    box = screen.situation.box
    if box is None:
        return
    # the plan is made of what the box would lose now, and to see that may take its time
    screen.app.notify(f"reading {formatting.plain(box.name)}", timeout=3, markup=False)
    box_id = box.id
    await propose(screen, lambda core: plan_recreate(core, box_id, RecreateOptions()))
