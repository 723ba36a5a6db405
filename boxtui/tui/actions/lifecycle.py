"""Changes of the object selected: each builds a plan, shows it where it must, and runs it.

A new kind of change (remount, recreate, backup) is a function here that gives `propose` a way to
build its `Change`: the dialog, the run in the background and the report are the same for all.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from boxtui.errors import BoxtuiError
from boxtui.model.container import Container
from boxtui.model.operation import Needs, Process
from boxtui.operations import lifecycle, prune, removal
from boxtui.operations.execution import Answer, Change
from boxtui.operations.lifecycle import Action as Verb
from boxtui.tui.actions.registry import Situation, does
from boxtui.tui.render.plan import loses_something
from boxtui.tui.screens.questions import Choice

if TYPE_CHECKING:
    from boxtui.bootstrap import Core
    from boxtui.tui.screens.main import MainScreen

Build = Callable[["Core", Container], Change]


def _can(verb: Verb) -> Callable[[Situation], bool]:
    """Make the check of a verb: it fits the box's state, and nothing is under way with it."""

    def valid(situation: Situation) -> bool:
        box = situation.box
        return box is not None and situation.free and verb in lifecycle.valid_actions(box)

    return valid


async def propose(screen: "MainScreen", build: Callable[["Core"], Change]) -> None:
    """Build a change in a thread, have the operator agree to its plan, and begin it."""
    services = screen.services
    if services is None:
        return
    try:
        change = await asyncio.to_thread(build, services.core)
        services.changes.check(change)
    except BoxtuiError as error:
        screen.ask.refuse(error)
        return
    answer = await _answer(screen, change)
    if answer is not None:
        operation_id = services.changes.run(change, answer)
        if len(change.plan.steps) > 1:
            screen.ask.follow(change.plan, operation_id, services)


async def _answer(screen: "MainScreen", change: Change) -> Answer | None:
    plan = change.plan
    if plan.needs is Needs.NONE:
        return Answer(yes=True)
    asks = screen.confirm.get(plan.kind, True) or loses_something(plan.loses)
    if plan.needs is Needs.YES and not asks:
        return Answer(yes=True)
    return await screen.ask.agree(plan)


async def _change_box(screen: "MainScreen", build: Build) -> None:
    box = screen.situation.box
    if box is None:
        return
    # by its id: whatever the list does meanwhile, it is this box
    box_id = box.id
    await propose(screen, lambda core: build(core, core.engine.inspect_container(box_id)))


def _processes(core: "Core", box: Container) -> tuple[Process, ...]:
    if not box.running:
        return ()
    try:
        return tuple(Process(pid, (line,)) for pid, line in core.engine.processes(box.id))
    except BoxtuiError:
        # a paused or just ended box has no list of them; the plan stands without it
        return ()


@does("box.start", valid=_can(Verb.START), hint=2)
async def start(screen: "MainScreen") -> None:
    await _change_box(screen, lambda _core, box: lifecycle.start(box))


@does("box.stop", valid=_can(Verb.STOP), hint=2)
async def stop(screen: "MainScreen") -> None:
    await _change_box(
        screen,
        lambda core, box: lifecycle.stop(
            box, processes=_processes(core, box), scan=core.last_scan(box.id)
        ),
    )


@does("box.restart", valid=_can(Verb.RESTART), hint=9)
async def restart(screen: "MainScreen") -> None:
    await _change_box(
        screen, lambda core, box: lifecycle.restart(box, processes=_processes(core, box))
    )


@does("box.pause", valid=_can(Verb.PAUSE))
async def pause(screen: "MainScreen") -> None:
    await _change_box(screen, lambda _core, box: lifecycle.pause(box))


@does("box.unpause", valid=_can(Verb.UNPAUSE))
async def unpause(screen: "MainScreen") -> None:
    await _change_box(screen, lambda _core, box: lifecycle.unpause(box))


@does("box.kill", valid=_can(Verb.KILL))
async def kill(screen: "MainScreen") -> None:
    choices = [Choice(s, s) for s in lifecycle.SIGNALS]
    signal = await screen.ask.choose("Kill: which signal", choices)
    if signal is not None:
        await _change_box(
            screen,
            lambda core, box: lifecycle.kill(
                box, signal, processes=_processes(core, box), scan=core.last_scan(box.id)
            ),
        )


@does("box.rename", valid=_can(Verb.RENAME))
async def rename(screen: "MainScreen") -> None:
    box = screen.situation.box
    if box is None:
        return
    name = await screen.ask.prompt(f"Rename {box.name}", "its new name", value=box.name)
    if name and name != box.name:
        await propose(
            screen,
            lambda core: lifecycle.rename(core.engine.inspect_container(box.id), name),
        )


_POLICIES = {
    "no": "stays down when it ends, and after a reboot",
    "always": "comes back whatever happened",
    "unless-stopped": "comes back unless someone stopped it",
    "on-failure": "comes back when it failed",
}


@does("box.policy", valid=_can(Verb.POLICY))
async def policy(screen: "MainScreen") -> None:
    choices = [Choice(p, p, _POLICIES.get(p, "")) for p in lifecycle.POLICIES]
    chosen = await screen.ask.choose("When does the engine restart it", choices)
    if chosen is not None:
        await _change_box(screen, lambda _core, box: lifecycle.restart_policy(box, chosen))


@does("box.remove", valid=_can(Verb.REMOVE))
async def remove(screen: "MainScreen") -> None:
    await _change_box(
        screen,
        lambda core, box: removal.remove_container(
            box, scan=core.last_scan(box.id), processes=_processes(core, box)
        ),
    )


@does("volume.remove", valid=lambda situation: situation.volume is not None and situation.free)
async def remove_volume(screen: "MainScreen") -> None:
    volume = screen.situation.volume
    if volume is None:
        return
    name = volume.name

    def build(core: "Core") -> Change:
        volumes, _users = core.list_volumes(sizes=True)
        found = next((v for v in volumes if v.name == name), volume)
        users = [
            c for c in core.engine.list_containers() if any(m.source == name for m in c.mounts)
        ]
        return removal.remove_volume(found, users=users)

    await propose(screen, build)


_PRUNES = (
    Choice("containers", "containers", "that have ended or never ran"),
    Choice("images", "images", "without a tag that no box was made from"),
    Choice("volumes", "anonymous volumes", "that no box mounts"),
    Choice("all-volumes", "all unused volumes", "named ones too"),
    Choice("networks", "networks", "that no box is in"),
)


@does("engine.prune", valid=lambda situation: not situation.snapshot.stale)
async def prune_unused(screen: "MainScreen") -> None:
    what = await screen.ask.choose("Prune: the victims are listed before anything goes", _PRUNES)
    if what is not None:
        await propose(screen, lambda core: _prune(core, what))


def _prune(core: "Core", what: str) -> Change:
    engine = core.engine
    boxes = engine.list_containers()
    match what:
        case "containers":
            scans = {c.id: scan for c in boxes if (scan := core.last_scan(c.id)) is not None}
            return prune.prune_containers(boxes, scans=scans)
        case "images":
            return prune.prune_images(engine.list_images(), used={c.image_id for c in boxes})
        case "networks":
            used = {network for c in boxes for network in c.networks}
            return prune.prune_networks(engine.list_networks(), used=used)
        case _:
            volumes, _users = core.list_volumes(sizes=True)
            used = {m.source for c in boxes for m in c.mounts if m.source is not None}
            return prune.prune_volumes(volumes, used=used, anonymous_only=what == "volumes")
