"""Others at work on the same engine: names and ports taken, containers removed or started."""

import getpass
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine
from tests.integration.faults import Box, follow, meanwhile, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full]


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, tmp_path: Path) -> Box:
    return Box.make(engine.docker, boxes, tmp_path / "state")


BEFORE = ("hold", "stop", "set-aside", "take-name", "start", "remove-old")


def newcomer(box: Box) -> str:
    """Find the new container, whatever it is called at the moment."""
    found = box.docker.lines(
        "ps", "-a", "--no-trunc", "--filter", f"name={box.name}", "--format", "{{.ID}} {{.Names}}"
    )
    (new,) = [
        ref for ref, name in (row.split() for row in found)
        if ref != box.before["Id"] and not name.endswith("-lock")
    ]  # fmt: skip
    return new


@pytest.mark.parametrize("step", BEFORE[:-1])
def test_the_new_container_is_removed(box: Box, proxy: Proxy, step: str) -> None:
    meanwhile(proxy, step, lambda: box.docker("rm", "-f", newcomer(box)))
    done = box.recreate(url=proxy.url)
    assert done.code == 1, done.document
    box.check_outcome(done)


@pytest.mark.parametrize("step", ["set-aside", "take-name", "start", "remove-old"])
def test_the_old_container_is_started_by_someone(box: Box, proxy: Proxy, step: str) -> None:
    meanwhile(proxy, step, lambda: box.docker("start", box.before["Id"]))
    done = box.recreate(url=proxy.url)
    assert done.code == 1, done.document
    assert box.check_whole(one_writer=step in {"set-aside", "take-name"}) == "old"


@pytest.mark.parametrize("step", ["set-aside", "take-name", "start", "remove-old"])
def test_the_old_container_is_removed_by_someone(box: Box, proxy: Proxy, step: str) -> None:
    """There is no way back, so it goes forward."""
    meanwhile(proxy, step, lambda: box.docker("rm", "-f", box.before["Id"]))
    done = box.recreate(url=proxy.url)
    assert done.code == 0, done.document
    assert box.check_whole() == "new"


def test_the_name_is_taken_by_someone(box: Box, proxy: Proxy) -> None:
    """The box runs, under the name it was left with; with the name free it gets it back."""
    taken = meanwhile(
        proxy, "take-name", lambda: box.docker("create", "--name", box.name, "busybox")
    )
    done = box.recreate(url=proxy.url)
    assert done.code == 5, done.document
    assert box.docker("inspect", "-f", "{{.State.Running}}", box.before["Id"]) == "true"
    assert box.recover().code == 5
    box.docker("rm", taken[0])
    assert box.recover().code == 0
    assert box.check_whole() == "old"


def test_the_port_is_taken_by_someone(box: Box, boxes: Boxes, proxy: Proxy) -> None:
    """Neither the new nor the old can have its port: only a person can tell whose it is."""
    name, other = boxes.name(), boxes.name()
    port = ["-p", "127.0.0.1:48977:80"]
    boxes.run(name=name, options=port)
    old = box.docker("inspect", "-f", "{{.Id}}", name)
    meanwhile(proxy, "set-aside", lambda: boxes.run(name=other, options=port))
    words = ("recreate", name, "--confirm", name, "--grace", "0.2")
    done = follow(box.start(*words, url=proxy.url), lambda *_: None)
    assert done.code == 5
    assert "port is already allocated" in done.document["error"]["reason"]
    box.docker("rm", "-f", other)
    assert box.recover().code == 0
    assert box.docker("inspect", "-f", "{{.Id}} {{.State.Running}}", name) == f"{old} true"


@pytest.mark.parametrize("step", ["create", *BEFORE, "unlock"])
def test_a_second_operation_is_refused(box: Box, proxy: Proxy, tmp_path: Path, step: str) -> None:
    """From another state directory: it is told who has the box and since when."""
    other = Box(box.docker, box.boxes, box.docker.url, tmp_path / "other", box.name)
    refused = meanwhile(proxy, step, other.recreate)
    done = box.recreate(url=proxy.url)
    assert done.code == 0, done.document
    error = refused[0].document["error"]
    assert refused[0].code == 4
    assert error["code"] == "busy"
    assert f"{getpass.getuser()}@{os.uname().nodename}" in error["message"]
    assert " since 20" in error["message"]
    assert box.check_whole() == "new"


def test_exactly_one_of_two_proceeds(box: Box, tmp_path: Path) -> None:
    other = Box(box.docker, box.boxes, box.url, tmp_path / "other", box.name)
    words = ("recreate", box.name, "--confirm", box.name, "--grace", "0.2")
    both: list[subprocess.Popen[str]] = [box.start(*words), other.start(*words)]
    ended = [follow(process, lambda *_: None) for process in both]
    assert sorted(e.code for e in ended) == [0, 4], [e.document for e in ended]
    assert box.check_whole() == "new"


@pytest.mark.parametrize("step", ["create", "hold", "stop", "start", "verify"])
def test_the_journal_cannot_be_written(box: Box, step: str) -> None:
    """No step acts that could not be written down before; the guard ends what it left."""

    def forbid(told: dict[str, Any], _pid: int) -> None:
        subprocess.run(["prlimit", f"--pid={told['pid']}", "--fsize=1:1"], check=True)

    done = box.recreate(once_at(step, "start", forbid))
    assert done.code == 1, done.document
    box.check_outcome(done)
