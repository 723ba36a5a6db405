"""Keys that change things: what they ask, what the engine is told, and what is refused."""

from dataclasses import replace

from boxtui.errors import EngineError
from boxtui.model.operation import OperationState
from tests.fakes.engine import FakeEngine
from tests.tui import canned
from tests.tui.conftest import Open


async def test_pause_asks_nothing_and_is_seen(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("p")
        await c.sees("paused")
    assert engine.calls[-1] == ("pause", box)


async def test_stop_shows_its_plan_and_y_carries_it_out(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("s")
        await c.sees(f"Stop alpha ({box[:12]})", "ask it to stop")
        assert ("stop", box) not in engine.calls
        await c.press("enter")
        assert ("stop", box) not in engine.calls
        await c.press("y")
        await c.sees("exit 137")
    assert ("stop", box) in engine.calls


async def test_escape_leaves_the_box_as_it_is(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("r")
        await c.sees("Restart alpha")
        await c.press("escape")
        await c.misses("Restart alpha")
    assert ("restart", box) not in engine.calls


async def test_removing_an_unscanned_box_wants_its_name(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha")
        await c.press("d")
        await c.sees("Remove alpha", "nobody has measured", "type alpha")
        await c.press(*"alph", "enter")
        assert ("remove_container", box) not in engine.calls
        await c.press("a", "enter")
        await c.sees("No boxes here")
    assert ("remove_container", box) in engine.calls


async def test_the_dialog_is_bound_to_the_box_it_was_opened_for(
    console: Open, engine: FakeEngine
) -> None:
    box = engine.box("beta")
    async with console() as c:
        await c.sees("beta")
        await c.press("s")
        await c.sees("Stop beta")
        engine.box("alpha")
        await c.until(lambda: len(c.app.bridge.snapshot.inventory.containers) == 2)
        await c.press("y")
        await c.until(lambda: ("stop", box) in engine.calls)
    assert [call for call in engine.calls if call[0] == "stop"] == [("stop", box)]


async def test_the_engines_own_error_is_told_and_listed(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        engine.fail_next("pause", EngineError("could not pause", reason="cgroup is [bold]odd[/]"))
        await c.press("p")
        await c.sees("pause alpha: failed", "cgroup is [bold]odd[/]")
        await c.press("escape", "o")
        await c.sees("Operations", "failed", "cgroup is [bold]odd[/]")


async def test_read_only_refuses_in_plain_words(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    before = list(engine.calls)
    async with console(read_only=True) as c:
        await c.sees("READ-ONLY", "alpha")
        for key in ("p", "s", "r", "d"):
            await c.press(key)
            await c.sees("Not done", "--read-only")
            await c.press("escape")
            await c.misses("Not done")
    assert engine.calls == before


async def test_a_box_with_an_operation_takes_no_other(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        running = c.app.bridge.snapshot
        assert c.app.main.check_action("perform", ("box.stop",))

        box = next(iter(running.inventory.containers))
        under_way = canned.operation(box, OperationState.RUNNING)

        c.app.bridge.update(lambda s: replace(s, operations=(under_way,)))
        await c.sees("remount")
        assert not c.app.main.check_action("perform", ("box.stop",))


async def test_kill_offers_signals(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("K")
        await c.sees("TERM", "HUP")
        await c.press("j", "enter")
        await c.sees("send INT")
        await c.press("y")
        await c.until(lambda: ("kill", box) in engine.calls)


async def test_rename_starts_from_the_name_it_has(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha")
        await c.press("N")
        await c.sees("Rename alpha")
        await c.press("2", "enter")
        await c.sees("alpha2")


async def test_prune_lists_its_victims_first(console: Open, engine: FakeEngine) -> None:
    engine.box("old", running=False)
    engine.box("young")
    async with console() as c:
        await c.sees("old", "young")
        await c.press("X")
        await c.sees("anonymous volumes")
        await c.press("enter")
        await c.sees("remove old")
        assert "remove young" not in c.text
        await c.press(*"containers", "enter")
        await c.misses("old ")
    assert ("remove_container",) in {call[:1] for call in engine.calls}


async def test_a_volume_in_use_is_not_removed(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha", volumes={"/data": "precious"})
    async with console() as c:
        await c.sees("precious")
        await c.press("2", "d")
        await c.sees("Not done", "in use by alpha")


async def test_the_menu_holds_only_what_is_valid(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("x")
        await c.sees("Freeze every process", "Stop the box")
        assert "Let its processes run on" not in c.text
        assert "Start the box" not in c.text
