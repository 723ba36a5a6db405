"""Each cell of the survival table, done on a real engine: what it says lasts, lasts.

A recreate and a remount are boxtui's own and are proven with those operations; `compose down` is
`docker rm` of the project's boxes, and with -v `docker volume rm` of its volumes besides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from boxtui.demo import daemon
from boxtui.engine.adapter import connect
from boxtui.model.mount import MountKind
from boxtui.model.scan import Survival
from boxtui.persistence import ScanOptions, scan
from tests.engines.fixtures import EngineFactory
from tests.engines.running import PrivateEngine

pytestmark = [pytest.mark.engine, pytest.mark.root]

OVERLAY = None
KINDS = [OVERLAY, MountKind.VOLUME, MountKind.ANONYMOUS, MountKind.BIND, MountKind.TMPFS]
PLACES = {
    OVERLAY: "/root/overlay",
    MountKind.VOLUME: "/named",
    MountKind.ANONYMOUS: "/anonymous",
    MountKind.BIND: "/bind",
    MountKind.TMPFS: "/memory",
}


@dataclass
class Site:
    """One box with a file at each kind of place."""

    engine: PrivateEngine
    bind: Path
    name: str = "matrix"

    @property
    def options(self) -> list[str]:
        return ["-v", "matrix-named:/named", "-v", "/anonymous", "-v", f"{self.bind}:/bind",
                "--tmpfs", "/memory"]  # fmt: skip

    def build(self, *more: str) -> None:
        docker = self.engine.docker
        docker("run", "-d", "--name", self.name, *self.options, *more, "busybox", "sleep", "9999")
        for place in PLACES.values():
            docker("exec", self.name, "sh", "-c", f"mkdir -p {place}; echo here > {place}/file")
        self.anonymous = next(
            m["Name"]
            for m in docker.json("inspect", self.name)[0]["Mounts"]
            if m["Destination"] == "/anonymous"
        )

    def told(self) -> dict[MountKind | None, Survival]:
        connected = connect(self.engine.url)
        try:
            result = scan(connected, connected.inspect_container(self.name), ScanOptions())
        finally:
            connected.close()
        return {entry.kind: entry.survives for entry in result.entries}

    def lasts(self) -> dict[MountKind | None, bool]:
        """What is still there: in the box where there is one, else where its data lay."""
        docker = self.engine.docker
        if docker.attempt("inspect", self.name).returncode == 0:
            docker("start", self.name)
            return {kind: self._in_box(place) for kind, place in PLACES.items()}
        volumes = docker.lines("volume", "ls", "-q")
        return {
            OVERLAY: False,
            MountKind.VOLUME: "matrix-named" in volumes,
            MountKind.ANONYMOUS: self.anonymous in volumes,
            MountKind.BIND: (self.bind / "file").exists(),
            MountKind.TMPFS: False,
        }

    def _in_box(self, place: str) -> bool:
        looked = self.engine.docker.attempt("exec", self.name, "test", "-e", f"{place}/file")
        assert looked.returncode in {0, 1}
        return looked.returncode == 0

    def clear(self) -> None:
        docker = self.engine.docker
        for box in docker.lines("ps", "-aq"):
            docker("rm", "-fv", box)
        for volume in docker.lines("volume", "ls", "-q"):
            docker("volume", "rm", "-f", volume)


@pytest.fixture(scope="module")
def own_engine(engine_factory: EngineFactory) -> Iterator[PrivateEngine]:
    own = engine_factory()
    yield own
    daemon.clean(own.daemon)


@pytest.fixture
def site(own_engine: PrivateEngine, tmp_path: Path) -> Iterator[Site]:
    made = Site(own_engine, tmp_path)
    yield made
    made.clear()


def stop_start(site: Site) -> None:
    site.engine.docker("stop", "-t", "0", site.name)


def engine_restart(site: Site) -> None:
    site.engine.stop()
    site.engine.start()


def reboot(site: Site) -> None:
    """All processes gone at once, and with them all that /run held."""
    site.engine.kill()
    daemon.sweep(site.engine.daemon)
    site.engine.start()


def remove(site: Site) -> None:
    site.engine.docker("rm", "-f", site.name)


def remove_volumes(site: Site) -> None:
    site.engine.docker("rm", "-fv", site.name)


def system_prune(site: Site) -> None:
    site.engine.docker("system", "prune", "-f")


def volume_prune(site: Site) -> None:
    remove(site)
    site.engine.docker("volume", "prune", "-f")


def image_update(site: Site) -> None:
    """`rm` and `run` with the same arguments."""
    remove(site)
    site.engine.docker("run", "-d", "--name", site.name, *site.options, "busybox", "sleep", "9999")


STOPS: list[Callable[[Site], None]] = [stop_start, engine_restart, reboot]
"""Where boxes stop and start, a restart policy might matter."""
OTHERS: list[Callable[[Site], None]] = [
    remove, remove_volumes, system_prune, volume_prune, image_update
]  # fmt: skip
CASES = [(event, policy) for event in STOPS for policy in ("no", "always", "unless-stopped")]
CASES += [(event, "no") for event in OTHERS]


@pytest.mark.parametrize(
    ("event", "policy"), CASES, ids=[f"{event.__name__}-{policy}" for event, policy in CASES]
)
def test_what_survives(site: Site, event: Callable[[Site], None], policy: str) -> None:
    site.build("--restart", policy)
    told = site.told()
    event(site)
    assert {kind: getattr(told[kind], event.__name__) for kind in KINDS} == site.lasts()


def test_a_prune_of_a_stopped_box(site: Site) -> None:
    site.build()
    site.engine.docker("stop", "-t", "0", site.name)
    told = site.told()
    system_prune(site)
    assert {kind: told[kind].system_prune for kind in KINDS} == site.lasts()


def test_a_box_that_removes_itself(site: Site) -> None:
    site.build("--rm")
    told = site.told()
    with site.engine.docker.popen("wait", site.name) as waiting:
        site.engine.docker("stop", "-t", "0", site.name)
        waiting.wait(60)
    removed = ["ps", "-aq", "--filter", f"name={site.name}"]
    for _ in range(200):
        if not site.engine.docker(*removed):
            break
        site.engine.docker.attempt("wait", site.name)
    assert {kind: told[kind].stop_start for kind in KINDS} == site.lasts()


def test_compose_takes_its_own_volumes_only(site: Site) -> None:
    project = ["--label", "com.docker.compose.project=p"]
    site.engine.docker("volume", "create", *project, "matrix-named")
    site.engine.docker("volume", "create", "elsewhere")
    site.build(*project, "-v", "elsewhere:/elsewhere")
    connected = connect(site.engine.url)
    result = scan(connected, connected.inspect_container(site.name), ScanOptions())
    connected.close()
    told = {entry.path: entry.survives for entry in result.entries}
    assert told["/named"].compose_down is True
    assert told["/named"].compose_down_volumes is False
    assert told["/elsewhere"].compose_down_volumes is True
    assert told["/anonymous"].compose_down_volumes is False
    assert told["/anonymous"].image_update is True
