"""The plan dialog's other views, and following a change while it runs."""

from dataclasses import replace

from boxtui.model.operation import (
    Needs,
    Operation,
    OperationState,
    Plan,
    PlannedStep,
    StepRecord,
    StepState,
)
from boxtui.tui.render.differences import differences
from boxtui.tui.screens.follow import FollowDialog
from boxtui.tui.screens.plan import PlanDialog
from boxtui.tui.spans import text_of
from tests.fakes.engine import FakeEngine
from tests.tui import canned
from tests.tui.conftest import Open
from tests.tui.console import Console

PLAN = Plan(
    kind="recreate",
    object_kind="container",
    object_id=canned.PHANTOM.id,
    object_name="phantom",
    steps=(PlannedStep("create", "make the new one"), PlannedStep("swap", "swap the names")),
    needs=Needs.YES,
    before={"Config": {"Image": "agent:4", "Env": ["A=***", "B=***"]}, "Id": "same"},
    after={"Config": {"Image": "agent:5", "Env": ["A=***", "C=***"]}, "Id": "same"},
    commands=("docker rename phantom phantom.old", "docker run --name phantom agent:5"),
)


def test_differences_names_only_what_changes() -> None:
    assert [text_of(line) for line in differences(PLAN.before, PLAN.after, 60)] == [
        "Config.Env",
        "- B=***",
        "+ C=***",
        "Config.Image",
        "- agent:4",
        "+ agent:5",
    ]


def test_differences_shows_no_escape_codes() -> None:
    lines = differences({"Labels": {"x": "a"}}, {"Labels": {"x": "\x1b[31mred"}}, 60)
    assert not any("\x1b" in text_of(line) for line in lines)


def test_what_the_engine_decides_is_no_difference() -> None:
    before = {"LogPath": "/x", "Config": {"Labels": {"gone": "1"}}}
    lines = differences(before, {"Config": {"Labels": {}}}, 60)
    assert [text_of(line) for line in lines] == ["Config.Labels.gone", "- 1"]


def test_equal_documents_are_said_to_be_equal() -> None:
    (line,) = differences({"Binds": None, "Tty": False}, {"Binds": []}, 60)
    assert "Nothing" in text_of(line)


async def test_d_and_c_turn_the_plan_over_and_back(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha")
        c.app.push_screen(PlanDialog(PLAN, c.app.main.symbols))
        await c.sees("make the new one", "before/after", "commands")
        await c.press("d")
        await c.sees("- agent:4", "+ agent:5")
        await c.press("c")
        await c.sees("docker run --name phantom agent:5")
        await c.misses("+ agent:5")
        await c.press("c")
        await c.sees("make the new one")


async def test_a_typed_name_leaves_the_views_to_control(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha")
        dialog = PlanDialog(replace(PLAN, needs=Needs.NAME, object_name="cd"), c.app.main.symbols)
        answers: list[object] = []
        c.app.push_screen(dialog, answers.append)
        await c.sees("^d before/after", "^l commands")
        await c.press("ctrl+d")
        await c.sees("+ agent:5")
        await c.press("c", "d", "enter")
        await c.until(lambda: bool(answers))
        assert [getattr(answer, "name", None) for answer in answers] == ["cd"]


def under_way(box: str, *states: StepState) -> Operation:
    steps = tuple(
        StepRecord(step.name, state) for step, state in zip(PLAN.steps, states, strict=True)
    )
    return replace(canned.operation(box, OperationState.RUNNING), kind="recreate", steps=steps)


async def follow(c: Console, operation: Operation, cancelled: list[str]) -> None:
    c.app.bridge.update(lambda s: replace(s, operations=(operation,)))
    c.app.push_screen(
        FollowDialog(
            PLAN,
            operation.id,
            lambda: c.app.bridge.snapshot,
            cancelled.append,
            c.app.main.symbols,
        )
    )


async def test_a_running_change_is_followed_to_its_end(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        cancelled: list[str] = []
        await follow(c, under_way(box, StepState.START, StepState.PENDING), cancelled)
        await c.sees("↻  make the new one", "leave, it runs on")
        now = under_way(box, StepState.DONE, StepState.START)
        c.app.bridge.update(lambda s: replace(s, operations=(now,)))
        await c.sees("●  make the new one", "↻  swap the names")
        await c.press("c")
        await c.sees("cancelling")
        assert cancelled == [now.id]
        done = replace(now, state=OperationState.DONE)
        c.app.bridge.update(lambda s: replace(s, operations=(done,)))
        await c.misses("leave, it runs on")


async def test_what_is_followed_can_be_left(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        await follow(c, under_way(box, StepState.DONE, StepState.START), [])
        await c.sees("swap the names")
        await c.press("escape")
        await c.misses("swap the names")
        await c.sees("recreate 2/2")


async def test_the_list_of_operations_stays_true_while_open(
    console: Open, engine: FakeEngine
) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        now = under_way(box, StepState.START, StepState.PENDING)
        c.app.bridge.update(lambda s: replace(s, operations=(now,)))
        await c.press("o")
        await c.sees("Operations", "running")
        ended = replace(now, state=OperationState.ROLLED_BACK)
        c.app.bridge.update(lambda s: replace(s, operations=(ended,)))
        await c.sees("rolled-back")
