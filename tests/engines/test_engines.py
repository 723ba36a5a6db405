"""The tests' own instruments: a fixture that lies makes every other test a lie."""

import subprocess
from pathlib import Path

import pytest

from tests.engines.boxes import Boxes
from tests.engines.docker_cli import DockerCLI, DockerFailedError
from tests.engines.fixtures import EngineFactory
from tests.engines.newer import NewerEngine
from tests.engines.proxy import Proxy
from tests.engines.running import PrivateEngine, RunningEngine, TLSEngine

pytestmark = pytest.mark.engine


def test_the_shared_engine_answers_and_tells_its_data_root(engine: RunningEngine) -> None:
    assert engine.version
    assert (engine.data_root / "image").is_dir()


def test_boxes_live_in_the_test_and_not_beyond(engine: RunningEngine) -> None:
    made = Boxes(engine)
    box = made.run("busybox", options=["-v", "/anonymous"])
    volume = made.volume()
    image = made.image("busybox", "VOLUME /data", "ENV A=b")
    inspected = engine.docker.json("inspect", box)[0]
    anonymous = [mount["Name"] for mount in inspected["Mounts"]]
    assert inspected["State"]["Running"]
    assert engine.docker.json("image", "inspect", image)[0]["Config"]["Volumes"] == {"/data": {}}
    made.clean()
    volumes = engine.docker.lines("volume", "ls", "-q")
    assert engine.docker.attempt("inspect", box).returncode != 0
    assert engine.docker.attempt("image", "inspect", image).returncode != 0
    assert not {*anonymous, volume} & {*volumes}


def test_the_realistic_image_has_what_people_expect(boxes: Boxes, realistic: str) -> None:
    programs = "bash tmux vim htop git python3 less ps"
    box = boxes.create(
        realistic, "sh", "-c", f"for p in {programs}; do command -v $p || exit 1; done"
    )
    docker = boxes._docker
    docker("start", "--attach", box)
    assert docker.json("inspect", box)[0]["State"]["ExitCode"] == 0


def test_a_private_engine_may_be_killed_and_keeps_its_boxes(private_engine: PrivateEngine) -> None:
    docker = private_engine.docker
    box = docker("run", "-d", "--name", "stays", "busybox", "sleep", "1000")
    bridge = private_engine.daemon.bridge
    private_engine.kill()
    assert docker.attempt("ps").returncode != 0
    private_engine.start()
    assert docker("ps", "-aq", "--no-trunc") == box
    private_engine.stop()
    assert not private_engine.daemon.runtime.exists()
    private_engine.start()
    assert docker("inspect", "--format", "{{.State.Status}}", box) == "exited"
    assert f"{bridge}:" in subprocess.check_output(["ip", "-o", "link"], text=True)


def test_engines_live_side_by_side(engine: RunningEngine, engine_factory: EngineFactory) -> None:
    one, other = engine_factory(), engine_factory(with_busybox=False)
    assert len({engine.data_root, one.data_root, other.data_root}) == 3
    assert one.docker("images", "-q")
    assert not other.docker("images", "-q")


def through(proxy: Proxy, engine: RunningEngine) -> DockerCLI:
    return DockerCLI(proxy.url, engine.docker.config)


def test_the_proxy_records_and_carries(proxy: Proxy, engine: RunningEngine, boxes: Boxes) -> None:
    docker = through(proxy, engine)
    name = boxes.adopt("container", boxes.name())
    box = docker("create", "--name", name, "busybox", "sleep", "1000")
    docker("start", box)
    assert proxy.matching("POST", "/containers/create")[0].body.startswith(b"{")
    assert [request.path for request in proxy.changes] == [
        "/containers/create",
        f"/containers/{box}/start",
    ]
    echoed = docker("exec", "-i", box, "cat", stdin=b"both ways\n")
    assert echoed == "both ways"
    with_tty = docker("exec", "-t", box, "echo", "hijacked")
    assert with_tty == "hijacked"
    assert proxy.counts["POST"] == 6


def test_the_proxy_drops_a_reply_after_the_engine_has_acted(
    proxy: Proxy, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    proxy.drop_reply("POST", "/containers/.*/rename")
    renamed = boxes.adopt("container", boxes.name("renamed"))
    with pytest.raises(DockerFailedError):
        through(proxy, engine)("rename", box, renamed)
    assert engine.docker("inspect", "--format", "{{.Name}}", box) == f"/{renamed}"


def test_the_proxy_drops_a_request_before_the_engine_hears_of_it(
    proxy: Proxy, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    proxy.drop_request("POST", "/containers/.*/pause")
    with pytest.raises(DockerFailedError):
        through(proxy, engine)("pause", box)
    assert engine.docker("inspect", "--format", "{{.State.Paused}}", box) == "false"


def test_the_proxy_answers_errors_of_its_own(proxy: Proxy, engine: RunningEngine) -> None:
    proxy.fail("GET", "/images/json", 500, "the disk is on fire")
    with pytest.raises(DockerFailedError, match="the disk is on fire"):
        through(proxy, engine)("images")
    assert through(proxy, engine)("images")


def test_the_proxy_ends_event_streams_and_refuses(proxy: Proxy, engine: RunningEngine) -> None:
    docker = through(proxy, engine)
    events = docker.popen("events", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    proxy.wait_for("GET", "/events", answered=True)
    proxy.cut()
    events.communicate(timeout=30)
    proxy.refuse()
    assert docker.attempt("ps").returncode != 0
    proxy.accept()
    assert docker.attempt("ps").returncode == 0


def test_the_proxy_stalls_and_resumes(proxy: Proxy, engine: RunningEngine) -> None:
    proxy.stall()
    asking = through(proxy, engine).popen("version", stdout=subprocess.PIPE)
    proxy.wait_for("HEAD", "/_ping")
    assert asking.poll() is None
    proxy.resume()
    assert asking.communicate(timeout=30)[0]


def test_the_proxy_cuts_a_reply_in_its_middle(
    proxy: Proxy, engine: RunningEngine, boxes: Boxes, tmp_path: Path
) -> None:
    box = boxes.create()
    proxy.cut_reply("GET", "/containers/.*/export", after=100_000)
    target = tmp_path / "cut.tar"
    with pytest.raises(DockerFailedError):
        through(proxy, engine)("export", "-o", target, box)
    through(proxy, engine)("export", "-o", target, box)
    assert target.stat().st_size > 1_000_000


def test_the_tls_engine_wants_a_certificate(tls_engine: TLSEngine) -> None:
    assert tls_engine.docker("images", "-q")
    without = DockerCLI(tls_engine.url, tls_engine.docker.config)
    assert without.attempt("images").returncode != 0


def test_a_newer_engine_runs_a_box(newer_engine: NewerEngine) -> None:
    docker = newer_engine.docker
    assert docker("run", "--rm", "--network", "none", "busybox", "echo", "here") == "here"
    assert int(newer_engine.version.split(".")[0]) != 20
