"""Questions are asked at a terminal only; expected states come from docker."""

import sys

import pexpect
import pytest

from tests.cli.docker import Docker
from tests.cli.running import Boxtui, environment
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


def at_terminal(boxtui: Boxtui, host: str, *words: str) -> "pexpect.spawn[str]":
    argv = ["-m", "boxtui", "-H", host, *words]
    return pexpect.spawn(
        sys.executable, argv, env=environment(boxtui.home), encoding="utf-8", timeout=120
    )


@pytest.mark.parametrize("answer", ["", "n", "yes", "no-such-name"])
def test_a_wrong_name_changes_nothing(
    boxtui: Boxtui, docker: Docker, engine: RunningEngine, answer: str
) -> None:
    name = docker.run("box")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json")
    before = docker.inspect("container", name)["Id"]
    terminal = at_terminal(boxtui, engine.url, "recreate", name)
    terminal.expect(f"Type {name} to do it")
    assert "/root/.claude.json" in terminal.before
    terminal.sendline(answer)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 4
    assert docker.inspect("container", name)["Id"] == before


def test_the_right_name_is_a_yes(boxtui: Boxtui, docker: Docker, engine: RunningEngine) -> None:
    name = docker.run("box")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json")
    before = docker.inspect("container", name)["Id"]
    terminal = at_terminal(boxtui, engine.url, "recreate", name)
    terminal.expect(f"Type {name} to do it")
    terminal.sendline(name)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert docker.inspect("container", name)["Id"] != before
    events = Boxtui(boxtui.home, engine.url)("history", name, "--json").document["events"]
    told = [(e["kind"], e["by"]) for e in events]
    assert ("recreated", "boxtui") in told
    assert ("operation", "boxtui") in told
    assert ("recreated", "outside") not in told


def test_interrupted_at_the_question_nothing_is_changed(
    boxtui: Boxtui, docker: Docker, engine: RunningEngine
) -> None:
    name = docker.run("box")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json")
    before = docker.inspect("container", name)["Id"]
    terminal = at_terminal(boxtui, engine.url, "recreate", name)
    terminal.expect(f"Type {name} to do it")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    assert docker.inspect("container", name)["Id"] == before


def test_without_a_terminal_it_is_refused(
    boxtui: Boxtui, docker: Docker, engine: RunningEngine
) -> None:
    name = docker.run("box")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json")
    before = docker.inspect("container", name)["Id"]
    outcome = Boxtui(boxtui.home, engine.url)("recreate", name, "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (4, "unconfirmed")
    assert docker.inspect("container", name)["Id"] == before
