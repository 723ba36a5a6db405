"""Recreate on engines of other versions and makes: the same container comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.boxes import STAYS
from tests.engines.running import RunningEngine
from tests.integration.faults import Box, guard_of, kill, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full, pytest.mark.timeout(900)]

NAME = "recreated"

OPTIONS = [
    "--network", "none", "--restart", "always", "--stop-timeout", "2", "-e", "TOKEN=hunter2",
    "-v", "kept:/data", "-v", "/anonymous", "--tmpfs", "/run:size=65536k", "--cap-add",
    "NET_ADMIN", "--cap-drop", "MKNOD", "--hostname", "mine", "-w", "/tmp", "-u", "0:0",
    "--label", "mine=yes", "--ulimit", "nofile=512:1024", "--read-only", "--init",
    "--security-opt", "no-new-privileges", "--shm-size", "32m", "--stop-signal", "TERM",
    "--health-cmd", "true", "--health-interval", "1s", "--health-timeout", "1s",
    "--health-retries", "1",
]  # fmt: skip


@pytest.fixture
def box(newer_engine: RunningEngine, tmp_path: Path) -> Iterator[Box]:
    docker = newer_engine.docker
    podman = "podman" in docker("version", "--format", "{{json .Server}}").lower()
    # podman needs a program of its own for --init, which its package does not bring
    options = [o for o in OPTIONS if o != "--init"] if podman else OPTIONS
    docker("run", "-d", "--name", NAME, *options, "busybox", *STAYS)
    docker("exec", NAME, "sh", "-c", "echo kept > /data/f; echo kept > /anonymous/f")
    made = Box(docker, None, newer_engine.url, tmp_path / "state", NAME)  # type: ignore[arg-type]
    made.before = made.inspect()
    try:
        yield made
    finally:
        docker("rm", "-f", "-v", NAME)
        docker("volume", "rm", "-f", "kept")


def check(box: Box) -> str:
    """Assert that the box runs as it was; says which one it is."""
    now, was = box.inspect(), box.before
    assert now["State"]["Running"]
    for document in (now, was):
        document["Config"]["Env"].sort()
    for section in ("Config", "HostConfig"):
        different = {
            key for key in now[section] | was[section]
            if (now[section].get(key) or None) != (was[section].get(key) or None)
        }  # fmt: skip
        # what was anonymous is mounted by name now
        assert different <= {"Mounts", "Binds"}, (section, different)
    assert {m["Destination"]: m["Name"] for m in now["Mounts"] if m["Type"] == "volume"} == {
        m["Destination"]: m["Name"] for m in was["Mounts"] if m["Type"] == "volume"
    }
    found = box.docker("exec", NAME, "cat", "/data/f", "/anonymous/f")
    assert found.split() == ["kept", "kept"]
    assert box.leftovers() == []
    return "old" if now["Id"] == was["Id"] else "new"


def test_the_box_comes_back(box: Box) -> None:
    done = box.recreate()
    assert done.code == 0, (done.document, done.words)
    assert check(box) == "new"


@pytest.mark.parametrize("step", ["create", "set-aside", "start", "verify"])
def test_the_guard_brings_it_back(box: Box, step: str) -> None:
    done = box.recreate(once_at(step, "done", lambda told, _: kill(told["pid"])))
    assert done.code in {0, 1}, (done.document, done.words)
    assert check(box) == ("old" if done.code else "new")


def test_recover_brings_it_back(box: Box, tmp_path: Path) -> None:
    def both(told: dict[str, int], _pid: int) -> None:
        kill(guard_of(told["pid"]))
        kill(told["pid"])

    assert box.recreate(once_at("take-name", "done", both)).code == 5
    assert box.recover(state=tmp_path / "other").code == 0
    assert check(box) == "old"
