"""SIGKILL from outside, at every line of progress: runner, guard, both, and boxtui itself."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.running import RunningEngine
from tests.integration.faults import Box, follow, guard_of, kill, lines, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full]

EVERY_LINE = pytest.mark.parametrize(("step", "state"), list(lines()))


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, tmp_path: Path) -> Box:
    return Box.make(engine.docker, boxes, tmp_path / "state")


@EVERY_LINE
def test_runner_killed(box: Box, step: str, state: str) -> None:
    done = box.recreate(once_at(step, state, lambda told, _: kill(told["pid"])))
    box.check_outcome(done)


@EVERY_LINE
def test_guard_killed(box: Box, step: str, state: str) -> None:
    done = box.recreate(once_at(step, state, lambda told, _: kill(guard_of(told["pid"]))))
    assert done.code == 0
    assert box.check_whole() == "new"


@EVERY_LINE
@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_both_killed_and_recovered(
    box: Box, step: str, state: str, elsewhere: bool, tmp_path: Path
) -> None:
    def both(told: dict[str, Any], _pid: int) -> None:
        guard = guard_of(told["pid"])
        kill(guard)
        kill(told["pid"])

    done = box.recreate(once_at(step, state, both))
    ended = (step, state) == ("unlock", "done") and done.code == 0
    assert done.code == 5 or ended, done
    recovered = box.recover(state=tmp_path / "other" if elsewhere else None)
    assert recovered.code == 0, recovered
    box.check_whole()
    again = box.recover(state=tmp_path / "other" if elsewhere else None)
    assert again.code == 0
    assert again.document["operations"] == []


@EVERY_LINE
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_boxtui_itself_killed(box: Box, step: str, state: str, number: signal.Signals) -> None:
    """The operation runs on, to its end."""
    runner: list[int] = []

    def end(told: dict[str, Any], pid: int) -> None:
        runner.append(told["pid"])
        os.kill(pid, number)

    box.recreate(once_at(step, state, end))
    wait_for_end(runner[0])
    assert box.check_whole() == "new"


@EVERY_LINE
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cancelled(box: Box, step: str, state: str, number: signal.Signals) -> None:
    done = box.recreate(once_at(step, state, lambda _, pid: os.kill(pid, number)))
    assert done.code in {128 + number, 0}
    assert box.check_whole() == ("old" if done.code else "new")


@pytest.mark.parametrize("seed", range(20))
def test_runner_killed_at_random(box: Box, seed: int) -> None:
    chance = random.Random(seed)
    words = ("recreate", box.name, "--confirm", box.name, "--grace", "0.3")
    process = box.start(*words)

    def later(told: dict[str, Any], _pid: int) -> None:
        # the moment within an operation is the point: nothing is awaited here
        time.sleep(chance.random() * 2)
        kill_if_there(told["pid"])

    box.check_outcome(follow(process, once_at("lock", "start", later)))


def kill_if_there(pid: int) -> None:
    try:
        kill(pid)
    except ProcessLookupError:
        return


def wait_for_end(pid: int) -> None:
    """Return when a process that is not our child, and its guard, are over."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    others = [int(c) for c in children.read_text().split()] if children.exists() else []
    for one in (pid, *others):
        subprocess.run(["tail", f"--pid={one}", "-s0.1", "-f", "/dev/null"], check=True)
