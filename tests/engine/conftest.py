"""The real engine for the tests of this room: as local root and through ssh; and the fake one."""

import uuid
from collections.abc import Iterator

import pytest

from boxtui.engine.adapter import connect
from boxtui.engine.client import DockerEngine
from tests.engines.docker_cli import DockerCLI
from tests.engines.running import RunningEngine
from tests.fakes.engine import FakeEngine

Docker = DockerCLI
IMAGE = "busybox:latest"


@pytest.fixture
def docker(engine: RunningEngine) -> DockerCLI:
    """Docker's own CLI: where expected values come from."""
    return engine.docker


@pytest.fixture(params=["local", "ssh"])
def real(request: pytest.FixtureRequest, engine: RunningEngine) -> Iterator[DockerEngine]:
    """The engine, once directly and once through `ssh://`, there as an unprivileged user."""
    url = engine.url
    if request.param == "ssh":
        path = request.getfixturevalue("sshd").path
        request.getfixturevalue("monkeypatch").setenv("PATH", path)
        url = request.getfixturevalue("operator").url
    connected = connect(url)
    yield connected
    connected.close()


@pytest.fixture(params=["fake", pytest.param("local", marks=pytest.mark.engine)])
def any_engine(request: pytest.FixtureRequest) -> Iterator[DockerEngine | FakeEngine]:
    """The fake engine and the real one: what holds for both may be relied on in fast tests."""
    if request.param == "fake":
        fake = FakeEngine()
        fake.add_image(IMAGE)
        yield fake
        return
    running: RunningEngine = request.getfixturevalue("engine")
    connected = connect(running.url)
    yield connected
    connected.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """A prefix for names of this test's own; boxes and volumes of that prefix are removed."""
    prefix = f"engine-{uuid.uuid4().hex[:10]}"
    yield prefix
    if request.node.get_closest_marker("engine") is None:
        return
    docker = request.getfixturevalue("engine").docker
    wanted = ("--filter", f"name={prefix}")
    if found := docker.lines("container", "ls", "-aq", *wanted):
        docker("rm", "-fv", *found)
    if found := docker.lines("volume", "ls", "-q", *wanted):
        docker("volume", "rm", "-f", *found)


def box_body(*command: str, **host: object) -> dict[str, object]:
    return {"Image": IMAGE, "Cmd": list(command or ("sleep", "1000")), "HostConfig": host}
