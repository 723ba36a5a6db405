"""The commands in poor circumstances: hanging engines, folders in the way, many at once."""

import signal
import sys
import threading
from pathlib import Path

import ptyprocess
import pytest

from tests.cli.docker import Docker
from tests.cli.running import Boxtui, environment
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


def test_colours_on_a_terminal_unless_they_are_refused(
    on_engine: Boxtui, docker: Docker, engine: RunningEngine
) -> None:
    name = docker.run("box")

    def on_terminal(*words: str, **environ: str) -> str:
        process = ptyprocess.PtyProcessUnicode.spawn(
            [sys.executable, "-m", "boxtui", "-H", engine.url, "ps", *words],
            env=environment(on_engine.home, **environ),
        )
        said = ""
        try:
            while True:
                said += process.read()
        except EOFError:
            process.wait()
        assert process.exitstatus == 0
        assert name in said
        return said

    assert "\x1b[33m" in on_terminal()
    assert "\x1b" not in on_terminal("--no-color")
    assert "\x1b" not in on_terminal(NO_COLOR="1")
    assert "\x1b" not in on_terminal(TERM="dumb")
    assert "\x1b" not in on_terminal("--json")


def test_a_state_folder_that_cannot_be_written_costs_only_the_memory(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = docker.run("box")
    (on_engine.home / ".local").write_text("in the way")
    outcome = on_engine("ps", "--json")
    assert outcome.code == 0
    assert name in {c["name"] for c in outcome.document["containers"]}
    assert "nothing is remembered" in outcome.stderr
    assert on_engine("ps", "--state-dir", str(on_engine.home / "own")).stderr == ""


def test_reads_change_nothing_under_read_only_nor_without(
    on_engine: Boxtui, docker: Docker
) -> None:
    docker.run("box")
    before = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
    for words in (["ps", "-a"], ["volumes", "--size"], ["history"]):
        assert on_engine(*words, "--read-only").code == 0
    after = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
    ours = docker.tag
    assert [x for x in before.splitlines() if ours in x] == [
        x for x in after.splitlines() if ours in x
    ]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["ps"], "/containers/json"),
        (["ps", "-a"], "/images/json"),
        (["volumes"], "/containers/json"),
        (["map", "BOX"], "/containers/.*/json"),
    ],
)
def test_a_signal_does_not_wait_for_an_engine_that_hangs(
    boxtui: Boxtui, docker: Docker, proxy: Proxy, words: list[str], path: str
) -> None:
    name = docker.run("box")
    asked = threading.Event()

    def hang(_request: object) -> None:
        proxy.stall()
        asked.set()

    proxy.before("GET", path, hang)
    process = Boxtui(boxtui.home, proxy.url).start(*[name if w == "BOX" else w for w in words])
    assert asked.wait(60)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in stderr
    proxy.resume()


def test_the_demos_engine_is_used_where_no_other_answers(
    boxtui: Boxtui, engine: RunningEngine
) -> None:
    state = boxtui.home / "state"
    state.mkdir()
    (state / "demo-engine").write_text(f"{engine.url}\n")
    outcome = boxtui("ps", "--json", "--state-dir", str(state))
    if Path("/var/run/docker.sock").exists():
        pytest.skip("an engine answers at the default socket")
    assert outcome.code == 0
    assert outcome.document["engine"]["host"] == engine.url
    assert "this is the demo's" in outcome.stderr
    named = boxtui("ps", "--json", "--state-dir", str(state), DOCKER_HOST="unix:///gone.sock")
    assert (named.code, named.error["code"]) == (1, "no-engine")
    (state / "demo-engine").write_text("unix:///gone-too.sock")
    gone = boxtui("ps", "--json", "--state-dir", str(state))
    assert (gone.code, gone.error["code"]) == (1, "no-engine")
    assert "/var/run/docker.sock" in gone.error["message"]
