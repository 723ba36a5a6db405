"""Recreate on a real engine: the smooth way, and every step under one fault, which rotates.

tests/full has every step under every fault.
"""

import json
import os
import signal
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine
from tests.integration.faults import (
    REQUESTS,
    STEPS,
    Box,
    arm,
    follow,
    guard_of,
    kill,
    once_at,
)

pytestmark = pytest.mark.engine

TURN = int(os.environ.get("BOXTUI_FAULT_TURN", time.time() // 86400))
"""Another fault for each step every day; set it to run a failed one again."""


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, tmp_path: Path) -> Box:
    return Box.make(engine.docker, boxes, tmp_path / "state")


def test_the_smooth_way(box: Box) -> None:
    done = box.recreate()
    assert done.code == 0, done.words
    assert box.check_whole() == "new"
    operation = done.document["operation"]
    assert operation["state"] == "done"
    assert operation["old_id"] == box.before["Id"]
    assert operation["new_id"] == box.inspect()["Id"]
    assert operation["downtime_s"] > 0
    assert [s["name"] for s in operation["steps"]] == list(STEPS)
    assert {s["state"] for s in operation["steps"]} == {"done"}
    told = [(p["step"], p["state"]) for p in done.progress]
    assert told == [(step, state) for step in STEPS for state in ("start", "done")]
    assert {p["pid"] for p in done.progress} == {done.progress[0]["pid"]}
    # no secret anywhere, nobody else may read it
    for file in box.state.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file
        if file.is_file():
            assert b"hunter2" not in file.read_bytes()


def test_what_a_plan_says(box: Box) -> None:
    process = box.start("recreate", box.name, "--dry-run")
    done = follow(process, lambda *_: None)
    assert done.code == 0
    plan = done.document["plan"]
    assert plan["kind"] == "recreate"
    assert plan["box"] == {"id": box.before["Id"], "name": box.name}
    assert [s["name"] for s in plan["steps"]] == list(STEPS)
    assert "TOKEN=***" in plan["before"]["Config"]["Env"]
    assert "TOKEN=***" in plan["after"]["Config"]["Env"]
    pids = {int(row.split()[1]) for row in box.docker.lines("top", box.name)[1:]}
    assert {p["pid"] for p in plan["ends"]["processes"]} <= pids
    assert plan["ends"]["terminals"] == 0
    assert box.check_whole() == "old"


@pytest.mark.parametrize("words", [(), ("--yes",), ("--confirm", "wrong")])
def test_without_the_name_nothing_happens(box: Box, words: tuple[str, ...]) -> None:
    box.docker("exec", box.name, "sh", "-c", "mkdir -p /root/.claude && echo '{}' > "
               "/root/.claude/.credentials.json")  # fmt: skip
    box.sums = box.checksums()
    done = follow(box.start("recreate", box.name, *words), lambda *_: None)
    assert done.code == 4
    assert done.document["error"]["code"] == "unconfirmed"
    assert box.check_whole() == "old"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["--image", "no/such:image"], 2, "not-found"),
        (["--backup"], 2, "usage"),
        (["--image", ""], 2, "usage"),
        (["--grace", "soon"], 2, "usage"),
        (["--read-only"], 4, "read-only"),
    ],
)
def test_bad_input_changes_nothing(box: Box, words: list[str], code: int, error: str) -> None:
    asked = ["recreate", box.name, "--confirm", box.name, *words]
    done = follow(box.start(*asked), lambda *_: None)
    assert (done.code, done.document["error"]["code"]) == (code, error)
    assert box.check_whole() == "old"


FAULTS = ("kill", "kill-after", "kill-both", "cancel", "refuse", "lose-reply", "lose-request")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_under_todays_fault(box: Box, proxy: Proxy, tmp_path: Path, step: str) -> None:
    fault = FAULTS[(STEPS.index(step) + TURN) % len(FAULTS)]
    if fault in {"refuse", "lose-reply", "lose-request"}:
        if step not in REQUESTS:
            fault = "kill"
        else:
            strike(proxy, step, fault)
    done = box.recreate(striking(fault, step), url=proxy.url)
    if fault == "kill-both":
        assert done.code == 5, (fault, done)
        assert box.recover(state=tmp_path / "other").code == 0
        box.check_whole()
        return
    if fault == "cancel":
        assert done.code in {130, 0}
        assert box.check_whole() == ("old" if done.code else "new")
        return
    box.check_outcome(done)


def strike(proxy: Proxy, step: str, fault: str) -> None:
    faults = {"lose-reply": proxy.drop_reply, "lose-request": proxy.drop_request}
    refuse = partial(proxy.fail, status=500, message="the disk is on fire")
    arm(proxy, step, faults.get(fault, refuse))


def striking(fault: str, step: str) -> Any:
    def act(told: dict[str, Any], pid: int) -> None:
        if fault == "cancel":
            os.kill(pid, signal.SIGINT)
            return
        if fault == "kill-both":
            kill(guard_of(told["pid"]))
        kill(told["pid"])

    if fault.startswith(("kill", "cancel")):
        return once_at(step, "done" if fault == "kill-after" else "start", act)
    return lambda *_: None


CHECK = ["--health-interval", "300ms", "--health-retries", "2", "--health-cmd"]


def checked(box: Box, command: str, image_lines: tuple[str, ...] = ()) -> str:
    """Start a box with a health check; gives its name."""
    name = box.boxes.name()
    image = box.boxes.image("busybox", *image_lines) if image_lines else "busybox"
    options = [*CHECK, command, "-v", "/data", "--stop-timeout", "1"]
    box.boxes.run(image, name=name, options=options)
    return name


def test_a_box_with_a_health_check_is_awaited(box: Box) -> None:
    name = checked(box, "test -e /data/ready || { touch /data/ready; false; }")
    words = ("recreate", name, "--confirm", name)
    done = follow(box.start(*words), lambda *_: None)
    assert done.code == 0, done.words
    assert box.docker("inspect", "-f", "{{.State.Health.Status}}", name) == "healthy"


def test_a_box_that_never_gets_healthy_is_rolled_back(box: Box) -> None:
    name = checked(box, "test -e /in-the-old-one || { echo no such luck; false; }")
    box.docker("exec", name, "touch", "/in-the-old-one")
    old = box.docker("inspect", "-f", "{{.Id}}", name)
    done = follow(box.start("recreate", name, "--confirm", name), lambda *_: None)
    assert done.code == 1
    assert "no such luck" in done.document["error"]["reason"]
    assert box.docker("inspect", "-f", "{{.Id}} {{.State.Running}}", name) == f"{old} true"


def test_the_guard_begins_at_once(box: Box) -> None:
    """Within 2 s of its runner's death, and the box runs within 10 s, by the journal."""
    killed: list[datetime] = []

    def strike(told: dict[str, Any], _pid: int) -> None:
        killed.append(datetime.now(UTC))
        kill(told["pid"])

    done = box.recreate(once_at("set-aside", "done", strike))
    assert done.code == 1
    (file,) = box.state.rglob("journal.jsonl")
    times = [
        (datetime.fromisoformat(told["time"]), told["event"])
        for told in map(json.loads, file.read_text().splitlines())
    ]
    begun = next(moment for moment, event in times if event == "guard")
    # bounds of the contract, not of this machine: the guard's own time is some milliseconds
    assert (begun - killed[0]).total_seconds() < 2
    assert (times[-1][0] - killed[0]).total_seconds() < 10
    box.check_outcome(done)
