"""Others at work on the same engine: names and ports taken, containers removed or started."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.running import RunningEngine
from tests.integration.faults import Box, follow, lines, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full]


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, tmp_path: Path) -> Box:
    return Box.make(engine.docker, boxes, tmp_path / "state")


@pytest.mark.parametrize("step", ["create", "check", "hold", "stop", "set-aside", "take-name",
                                  "start"])  # fmt: skip
def test_the_new_container_is_removed(box: Box, step: str) -> None:
    def remove(told: dict[str, Any], _pid: int) -> None:
        names = [f"{box.name}.boxtui-new-{told['operation']}"]
        if step in {"take-name", "start"}:
            names = [box.name]
        box.docker("rm", "-f", *names)

    done = box.recreate(once_at(step, "done", remove))
    assert done.code == 1, done.document
    box.check_outcome(done)


@pytest.mark.parametrize("step", ["stop", "set-aside", "take-name"])
def test_the_old_container_is_started_by_someone(box: Box, step: str) -> None:
    done = box.recreate(
        once_at(step, "done", lambda *_: box.docker("start", box.before["Id"]) and None)
    )
    assert done.code == 1, done.document
    assert "started" in done.document["error"]["reason"]
    box.check_outcome(done)


def test_the_old_container_is_removed_by_someone(box: Box) -> None:
    """There is no way back, so it goes forward."""
    done = box.recreate(
        once_at("set-aside", "done", lambda *_: box.docker("rm", "-f", box.before["Id"]) and None)
    )
    assert done.code == 0, done.document
    assert box.check_whole() == "new"


def test_the_name_is_taken_by_someone(box: Box, boxes: Boxes) -> None:
    """The box runs, under the name it was left with; with the name free it gets it back."""
    taker: list[str] = []

    def take(_told: dict[str, Any], _pid: int) -> None:
        taker.append(box.docker("create", "--name", box.name, "busybox"))

    done = box.recreate(once_at("set-aside", "done", take))
    assert done.code == 5, done.document
    assert box.docker("inspect", "-f", "{{.State.Running}}", box.before["Id"]) == "true"
    box.docker("rm", taker[0])
    assert box.recover().code == 0
    assert box.check_whole() == "old"


def test_the_port_is_taken_by_someone(box: Box, boxes: Boxes, engine: RunningEngine) -> None:
    docker = engine.docker
    name = boxes.name()
    boxes.run(name=name, options=["-p", "127.0.0.1:48977:80", "--stop-timeout", "1"])
    old = docker("inspect", "-f", "{{.Id}}", name)
    other = boxes.name()

    def take(_told: dict[str, Any], _pid: int) -> None:
        boxes.run(name=other, options=["-p", "127.0.0.1:48977:80"])

    words = ("recreate", name, "--confirm", name, "--grace", "0.2")
    done = follow(box.start(*words), once_at("stop", "done", take))
    # neither the new nor the old can have its port: only a person can tell whose it is
    assert done.code == 5
    assert "port is already allocated" in done.document["error"]["reason"]
    docker("rm", "-f", other)
    assert box.recover().code == 0
    assert docker("inspect", "-f", "{{.Id}} {{.State.Running}}", name) == f"{old} true"


@pytest.mark.parametrize(("step", "state"), list(lines())[1:-2])
def test_a_second_operation_is_refused(box: Box, tmp_path: Path, step: str, state: str) -> None:
    """From another state directory: it is told who has the box and since when."""
    other = Box(box.docker, box.boxes, box.url, tmp_path / "other", box.name)
    refused: list[Any] = []
    done = box.recreate(once_at(step, state, lambda *_: refused.append(other.recreate())))
    assert refused[0].code == 4, refused[0].document
    error = refused[0].document["error"]
    assert error["code"] == "busy"
    assert f"{os.environ.get('USER', 'root')}@{os.uname().nodename}" in error["message"]
    assert done.code == 0
    assert box.check_whole() == "new"


def test_exactly_one_of_two_proceeds(box: Box, tmp_path: Path) -> None:
    other = Box(box.docker, box.boxes, box.url, tmp_path / "other", box.name)
    words = ("recreate", box.name, "--confirm", box.name, "--grace", "0.2")
    both: list[subprocess.Popen[str]] = [box.start(*words), other.start(*words)]
    ended = [follow(process, lambda *_: None) for process in both]
    assert sorted(e.code for e in ended) == [0, 4], [e.document for e in ended]
    assert box.check_whole() == "new"


def test_the_disk_of_the_journal_is_full(box: Box, tmp_path: Path) -> None:
    """No step acts that could not be written down before."""
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=True)
    try:
        box.state = small
        (small / "filler").write_bytes(bytes(4096))
        done = box.recreate()
        assert done.code == 1, done.document
        box.check_outcome(done)
    finally:
        subprocess.run(["umount", "-l", small], check=True)
