"""The demo as it is run, on engines of its own; docker, find and du tell what is there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from boxtui.demo import daemon, private
from tests.engines.docker_cli import DockerCLI
from tests.engines.fixtures import EngineFactory
from tests.engines.images import ensure_realistic
from tests.engines.running import PrivateEngine

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


class Demo:
    """Runs `boxtui demo` with a state folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKER_", "BOXTUI_"))}
        self.state = folder / "state"
        mine = {"HOME": str(folder), "BOXTUI_STATE_DIR": str(self.state), "TERM": "xterm-256color"}
        self.environment = kept | mine | environment

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "boxtui", "demo", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def theirs(engine_factory: EngineFactory, engine_cache: Path) -> Iterator[PrivateEngine]:
    """An engine that runs already, with an image to stand on and a box that is not the demo's."""
    running = engine_factory()
    ensure_realistic(running.docker, engine_cache)
    running.docker("tag", "realistic", "debian:stable-slim")
    running.docker("run", "-d", "--name", "mine", "-v", "mine:/data", "busybox", "sleep", "10000")
    yield running
    daemon.clean(running.daemon)


@pytest.fixture(scope="module")
def made(theirs: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    demo = Demo(tmp_path_factory.mktemp("demo"), DOCKER_HOST=theirs.url)
    done = demo("--yes", "--no-console")
    assert done.returncode == 0, done.stderr
    assert "box 1 of 10: phantom" in done.stderr
    return demo


def shell(docker: DockerCLI, box: str, script: str) -> str:
    return docker("exec", box, "sh", "-c", script)


def test_it_asks_before_it_makes_anything(theirs: PrivateEngine, tmp_path: Path) -> None:
    demo = Demo(tmp_path, DOCKER_HOST=theirs.url)
    before = theirs.docker("ps", "-aq")
    done = demo("--no-console")
    assert done.returncode == 4
    assert "--yes" in done.stderr
    assert theirs.docker("ps", "-aq") == before
    assert demo("--yes").returncode == 2  # the console, and no terminal


def test_phantom_has_six_volumes_and_a_home_in_the_overlay_alone(
    theirs: PrivateEngine, made: Demo
) -> None:
    docker = theirs.docker
    mounts = docker.json("inspect", "phantom")[0]["Mounts"]
    assert len(mounts) == 6
    assert {mount["Type"] for mount in mounts} == {"volume"}
    assert int(shell(docker, "phantom", "find /home/phantom -xdev -type f | wc -l")) >= 20_000
    size = shell(docker, "phantom", "du -sxb /home/phantom").split()[0]
    assert int(size) >= 300_000_000
    image = docker("inspect", "--format", "{{.Image}}", "phantom")
    fresh = docker("run", "--rm", image, "sh", "-c", "ls -A /home/phantom 2>/dev/null | wc -l")
    assert fresh == "0"


def test_phantoms_home_tells_the_true_story(theirs: PrivateEngine, made: Demo) -> None:
    docker = theirs.docker
    told = shell(docker, "phantom", "readlink ~/repos; ls ~/notes | wc -l; test -f ~/.claude.json")
    assert told.split() == ["/app/repos", "14"]
    status = shell(docker, "phantom", "git -C ~/projects/ledger status --porcelain")
    assert status == "M ledger.py\n?? rates.py"
    unpushed = shell(docker, "phantom", "git -C ~/projects/ledger log --format=%s origin/main..")
    assert unpushed == "Report by month"
    port = docker("port", "phantom", "8080/tcp").rpartition(":")[2]
    ask = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{port}').read())"
    assert "up" in subprocess.check_output([sys.executable, "-c", ask], text=True)
    folder = shell(docker, "phantom", "readlink /proc/$(pgrep -f bridge.py | head -1)/cwd")
    assert folder == "/home/phantom/services/bridge"


def test_the_other_boxes_are_as_told(theirs: PrivateEngine, made: Demo) -> None:
    docker = theirs.docker
    listed = docker.lines("ps", "-a", "--filter", "label=boxtui.demo=1", "--format", "{{.Names}}")
    boxes = {name: docker.json("inspect", name)[0] for name in listed}
    assert len(boxes) == 10
    for role in ("boss", "dev", "reviewer"):
        mounts = boxes[f"claude-hooks-{role}"]["Mounts"]
        assert [mount["Name"] for mount in mounts] == [f"claude-hooks-{role}-state"]
    database, cache = boxes["shop-db-1"], boxes["shop-cache-1"]
    assert {b["Config"]["Labels"]["com.docker.compose.project"] for b in (database, cache)} == {
        "shop"
    }
    assert len(database["Mounts"][0]["Name"]) == 64
    assert shell(docker, "shop-db-1", "cat $PGDATA/PG_VERSION; ls $PGDATA/base/16384 | wc -l") == (
        "15\n120"
    )
    assert shell(docker, "shop-cache-1", "head -c 5 /data/dump.rdb") == "REDIS"
    assert boxes["night-shift"]["State"]["Status"] == "exited"
    assert boxes["night-shift"]["State"]["ExitCode"] == 0
    assert boxes["importer"]["State"]["ExitCode"] == 3
    assert boxes["scratch"]["HostConfig"]["RestartPolicy"]["Name"] == "no"
    running = {name for name, box in boxes.items() if box["State"]["Running"]}
    assert running == set(boxes) - {"night-shift", "importer"}
    deployer = boxes["deployer"]
    assert deployer["Mounts"][0]["Source"] == str(theirs.socket)
    assert any(line.startswith("DEPLOY_TOKEN=") for line in deployer["Config"]["Env"])


def test_a_second_start_asks_nothing_and_makes_nothing(theirs: PrivateEngine, made: Demo) -> None:
    before = theirs.docker("ps", "-aq", "--no-trunc")
    theirs.docker("stop", "scratch")
    done = made("--no-console")
    assert done.returncode == 0, done.stderr
    assert theirs.docker("ps", "-aq", "--no-trunc") == before
    assert theirs.docker("inspect", "--format", "{{.State.Running}}", "scratch") == "true"


def test_the_console_opens_on_the_boxes(theirs: PrivateEngine, made: Demo) -> None:
    argv = ["-m", "boxtui", "demo"]
    console = pexpect.spawn(sys.executable, argv, env=made.environment, dimensions=(36, 120))
    screen = pyte.Screen(120, 36)
    stream = pyte.ByteStream(screen)
    while not {"phantom", "scratch"} <= {*" ".join(screen.display).split()}:
        stream.feed(console.read_nonblocking(65536, timeout=60))
    console.send("q")
    console.expect(pexpect.EOF, timeout=60)
    console.close()
    assert console.exitstatus == 0


def test_clean_takes_all_that_is_the_demos_and_nothing_else(
    theirs: PrivateEngine, made: Demo
) -> None:
    docker = theirs.docker
    done = made("--clean", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["demo"]["boxes"]) == 10
    assert docker.lines("ps", "-a", "--format", "{{.Names}}") == ["mine"]
    assert docker.lines("volume", "ls", "-q") == ["mine"]
    assert docker("images", "-q", "--filter", "label=boxtui.demo=1") == ""
    assert docker("network", "ls", "-q", "--filter", "label=boxtui.demo=1") == ""
    assert docker("images", "-q", "debian:stable-slim")


def test_where_no_engine_answers_a_private_one_is_made(
    tmp_path: Path, engine_cache: Path, realistic: str
) -> None:
    nowhere = f"unix://{tmp_path}/nowhere.sock"
    demo = Demo(tmp_path, DOCKER_HOST=nowhere)
    refused = demo("--no-console")
    assert refused.returncode == 4
    assert not demo.state.joinpath("demo").exists()
    own = private.of(demo.state)
    try:
        # what debootstrap made once serves here too
        kept = private.folder(demo.state) / "images"
        kept.mkdir(parents=True)
        (tar,) = engine_cache.glob("realistic-*.tar")
        (kept / "debian.tar").symlink_to(tar)
        done = demo("--yes", "--no-console")
        assert done.returncode == 0, done.stderr
        assert own.url in done.stdout
        assert (demo.state / "demo-engine").read_text().strip() == own.url
        docker = DockerCLI(own.url, tmp_path)
        assert len(docker.lines("ps", "-q")) == 8
        pid = own.pid()
        assert pid is not None
    finally:
        cleaned = demo("--clean")
    assert cleaned.returncode == 0, cleaned.stderr
    assert not Path(f"/proc/{pid}").exists()
    assert not own.runtime.exists()
    assert not (demo.state / "demo").exists()
    assert not (demo.state / "demo-engine").exists()
    assert own.tag not in subprocess.check_output(["ip", "-o", "link"], text=True)
    assert str(demo.state) not in Path("/proc/mounts").read_text()
