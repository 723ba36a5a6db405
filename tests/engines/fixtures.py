"""The fixtures themselves; tests/engines/__init__.py says how to use them."""

import fcntl
import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from boxtui.demo import daemon
from tests.engines import certificates, images, newer
from tests.engines.boxes import Boxes
from tests.engines.docker_cli import DockerCLI
from tests.engines.newer import NewerEngine
from tests.engines.proxy import Proxy
from tests.engines.running import PrivateEngine, RunningEngine, TLSEngine

EngineFactory = Callable[..., PrivateEngine]
ProxyFactory = Callable[[Path], Proxy]


@pytest.fixture(scope="session")
def engine_cache() -> Path:
    """The folder that outlives the runs: roots, data roots."""
    cache = Path(os.environ.get("BOXTUI_TEST_CACHE", "/var/cache/boxtui-tests"))
    cache.mkdir(parents=True, exist_ok=True)
    return cache


@pytest.fixture(scope="session")
def docker_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty configuration of the docker CLI."""
    return tmp_path_factory.mktemp("docker-config")


@pytest.fixture(scope="session")
def engine(engine_cache: Path, docker_config: Path) -> Iterator[RunningEngine]:
    lent = os.environ.get("BOXTUI_TEST_DOCKER_HOST")
    if lent:
        running = RunningEngine(lent, DockerCLI(lent, docker_config))
        images.ensure_busybox(running.docker, engine_cache)
        yield running
        return
    _require_dockerd()
    with _slot(engine_cache) as folder:
        own = PrivateEngine(daemon.Daemon(folder), docker_config)
        try:
            own.start()
            _sweep(own)
            images.ensure_busybox(own.docker, engine_cache)
            yield own
            _sweep(own)
        finally:
            own.stop()


@pytest.fixture(scope="session", autouse=True)
def _engine_in_environment(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where an engine is wanted, name it in BOXTUI_TEST_DOCKER_HOST: for boxtui in a subprocess."""
    if not any(item.get_closest_marker("engine") for item in request.session.items):
        yield
        return
    running: RunningEngine = request.getfixturevalue("engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOXTUI_TEST_DOCKER_HOST", running.url)
        yield


@pytest.fixture(scope="session")
def realistic(engine: RunningEngine, engine_cache: Path) -> str:
    """The reference of the realistic image."""
    return images.ensure_realistic(engine.docker, engine_cache)


@pytest.fixture
def boxes(engine: RunningEngine) -> Iterator[Boxes]:
    made = Boxes(engine)
    try:
        yield made
    finally:
        made.clean()


@pytest.fixture(scope="session")
def engine_factory(engine_cache: Path, docker_config: Path) -> Iterator[EngineFactory]:
    _require_dockerd()
    with ExitStack() as stack:

        def make(arguments: Sequence[str] = (), *, with_busybox: bool = True) -> PrivateEngine:
            # a place that the next run takes again: what a killed run left there is swept then
            folder = stack.enter_context(_slot(engine_cache, "private")) / "engine"
            own = PrivateEngine(daemon.Daemon(folder, tuple(arguments)), docker_config)
            daemon.clean(own.daemon)
            stack.callback(daemon.clean, own.daemon)
            own.start()
            if with_busybox:
                images.ensure_busybox(own.docker, engine_cache)
            return own

        yield make


@pytest.fixture
def private_engine(engine_factory: EngineFactory) -> Iterator[PrivateEngine]:
    own = engine_factory()
    try:
        yield own
    finally:
        daemon.clean(own.daemon)


@pytest.fixture(scope="session")
def tls_engine(
    engine_factory: EngineFactory, docker_config: Path, tmp_path_factory: pytest.TempPathFactory
) -> TLSEngine:
    folder = tmp_path_factory.mktemp("certificates")
    certificates.make(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    files = {"cacert": "ca.pem", "cert": "server-cert.pem", "key": "server-key.pem"}
    flags = [f"--tls{name}={folder / file}" for name, file in files.items()]
    engine_factory(["--host", address, "--tlsverify", *flags])
    return TLSEngine(address, docker_config, folder)


@pytest.fixture(
    scope="session", params=[pytest.param(name, marks=pytest.mark.full) for name in newer.KINDS]
)
def newer_engine(
    request: pytest.FixtureRequest, engine_cache: Path, docker_config: Path
) -> Iterator[NewerEngine]:
    kind = newer.KINDS[request.param]
    with _slot(engine_cache, f"newer-{kind.name}") as shared:
        running = NewerEngine(kind, engine_cache, shared, docker_config)
        try:
            running.start()
            images.ensure_busybox(running.docker, engine_cache)
            yield running
        finally:
            running.stop()


@pytest.fixture
def proxy_factory() -> Iterator[ProxyFactory]:
    with ExitStack() as stack:
        yield lambda socket: stack.enter_context(Proxy(socket))


@pytest.fixture
def proxy(engine: RunningEngine, proxy_factory: ProxyFactory) -> Proxy:
    return proxy_factory(engine.socket)


def _require_dockerd() -> None:
    missing = [program for program in ("dockerd", "docker", "ip") if not shutil.which(program)]
    if os.geteuid() != 0:
        pytest.fail("tests marked engine need root, or BOXTUI_TEST_DOCKER_HOST", pytrace=False)
    if missing:
        packages = "apt-get install docker.io iproute2"
        pytest.fail(f"tests marked engine need {', '.join(missing)}: {packages}", pytrace=False)


@contextmanager
def _slot(cache: Path, word: str = "engine") -> Iterator[Path]:
    """Give the first data root that no other run uses; the system frees a dead run's lock."""
    for number in itertools.count():
        folder = cache / f"{word}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "in-use").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder
            return


def _sweep(own: PrivateEngine) -> None:
    """Take away what tests left on an engine that is ours alone; images of the cache stay."""
    docker = own.docker
    if found := docker.lines("ps", "-aq"):
        docker("rm", "--force", "--volumes", *found)
    if found := docker.lines("volume", "ls", "-q"):
        docker("volume", "rm", "--force", *found)
    docker("network", "prune", "--force")
    kept = "label!=boxtui.test.image"
    docker("image", "prune", "--all", "--force", "--filter", kept)
