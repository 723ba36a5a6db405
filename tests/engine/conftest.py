"""A real engine for the tests of this room, as local root and through ssh."""

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator

import pytest

from boxtui.engine.adapter import connect
from boxtui.engine.client import DockerEngine
from tests.engine.sshd import Sshd
from tests.fakes.engine import FakeEngine

Docker = Callable[..., str]
IMAGE = "busybox:latest"


@pytest.fixture(scope="session")
def docker_host() -> str:
    """The engine that tests may fill with boxes of their own, and must not restart."""
    host = os.environ.get("BOXTUI_TEST_DOCKER_HOST")
    if not host:
        pytest.skip("BOXTUI_TEST_DOCKER_HOST names no engine")
    return host


@pytest.fixture
def socket_path(docker_host: str) -> str:
    return docker_host.removeprefix("unix://")


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with Sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(params=["local", "ssh"])
def real(request: pytest.FixtureRequest, docker_host: str) -> Iterator[DockerEngine]:
    """The engine, once directly and once through `ssh://`."""
    url = docker_host
    if request.param == "ssh":
        sshd: Sshd = request.getfixturevalue("sshd")
        request.getfixturevalue("monkeypatch").setenv("PATH", sshd.path)
        url = sshd.url(docker_host.removeprefix("unix://"))
    engine = connect(url)
    yield engine
    engine.close()


@pytest.fixture(params=["fake", pytest.param("local", marks=pytest.mark.engine)])
def any_engine(request: pytest.FixtureRequest) -> Iterator[DockerEngine | FakeEngine]:
    """The fake engine and the real one: what holds for both may be relied on in fast tests."""
    if request.param == "fake":
        fake = FakeEngine()
        fake.add_image(IMAGE)
        yield fake
        return
    engine = connect(request.getfixturevalue("docker_host"))
    yield engine
    engine.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """A prefix for names of this test's own; boxes and volumes of that prefix are removed."""
    prefix = f"engine-{uuid.uuid4().hex[:10]}"
    yield prefix
    host = os.environ.get("BOXTUI_TEST_DOCKER_HOST")
    if not host or "fake" in request.node.name:
        return
    for kind, rm in (("container", ["rm", "-fv"]), ("volume", ["volume", "rm", "-f"])):
        listing = ["container", "ls", "-aq"] if kind == "container" else ["volume", "ls", "-q"]
        found = _docker(host, *listing, "--filter", f"name={prefix}").split()
        if found:
            _docker(host, *rm, *found)


def _docker(host: str, *arguments: str) -> str:
    done = subprocess.run(
        ["docker", "-H", host, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def docker(docker_host: str) -> Docker:
    """Docker's own CLI: where expected values come from."""
    return lambda *arguments: _docker(docker_host, *arguments)


def box_body(*command: str, **host: object) -> dict[str, object]:
    return {"Image": IMAGE, "Cmd": list(command or ("sleep", "1000")), "HostConfig": host}
