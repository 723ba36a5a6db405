"""`boxtui exec` on a real engine, beside `docker exec`."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.docker import Docker
from tests.cli.running import Boxtui, environment
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


def piped(boxtui: Boxtui, engine: RunningEngine, data: bytes, *words: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "boxtui", "-H", engine.url, "exec", *words],
        env=environment(boxtui.home),
        input=data,
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == b""
    return done.stdout


def running_in(docker: Docker, name: str) -> str:
    return docker("top", name, "-eo", "pid,args")


@pytest.mark.parametrize("program", ["exit 0", "exit 7", "kill -9 $$", "exit 126", "nothing-there"])
def test_output_errors_and_exit_code_are_the_programs_own(
    on_engine: Boxtui, docker: Docker, engine: RunningEngine, program: str
) -> None:
    name = docker.run("box")
    argv = ("sh", "-c", f"echo out; echo err >&2; {program}")
    told = subprocess.run(
        ["docker", "-H", engine.url, "exec", name, *argv], capture_output=True, check=False
    )
    ours = on_engine("exec", name, "--", *argv)
    assert (ours.code, ours.stdout, ours.stderr) == (
        told.returncode,
        told.stdout.decode(),
        told.stderr.decode(),
    )


def test_input_of_any_size_arrives_whole(
    boxtui: Boxtui, docker: Docker, engine: RunningEngine
) -> None:
    name = docker.run("box")
    data = os.urandom(6_000_000)
    assert piped(boxtui, engine, data, name, "--", "cat") == data
    told = piped(boxtui, engine, data, name, "--", "sha256sum").split()[0].decode()
    assert told == hashlib.sha256(data).hexdigest()


def test_user_folder_and_variables(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    flags = ("-u", "65534:65534", "-w", "/tmp", "-e", "A=b c", "-e", "MINE", "-e", "NOT_SET")
    script = 'id -u; id -g; pwd; echo "$A/$MINE/${NOT_SET-unset}"'
    outcome = on_engine("exec", name, *flags, "--", "sh", "-c", script, MINE="own")
    assert outcome.stdout.splitlines() == ["65534", "65534", "/tmp", "b c/own/unset"]


def test_what_is_refused_and_what_fails(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    assert on_engine("exec", "--read-only", name, "--", "true").code == 4
    assert on_engine("exec", "--read-only", "--allow-exec", name, "--", "true").code == 0
    assert on_engine("exec", "no-such-box", "--", "true").code == 125
    assert on_engine("exec", name).code == 125
    assert on_engine("exec", "--no-such-flag", name, "--", "true").code == 125
    unknown_user = on_engine("exec", name, "-u", "nobody-here", "--", "true")
    assert unknown_user.code == 125
    assert "nobody-here" in unknown_user.stderr
    no_json = on_engine("exec", "--json", name, "--", "true")
    assert (no_json.code, no_json.error["code"]) == (125, "usage")


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_a_box_that_does_not_run(on_engine: Boxtui, docker: Docker, how: str) -> None:
    name = docker.run("box")
    docker(how, *(("-t", "0") if how == "stop" else ()), name)
    outcome = on_engine("exec", name, "--", "true")
    assert outcome.code == 125
    assert ("not running" if how == "stop" else "paused") in outcome.stderr
    if how == "pause":
        docker("unpause", name)


def test_a_box_killed_under_the_program(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    process = on_engine.start("exec", name, "--", "sh", "-c", "echo up; sleep 1000")
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    docker("kill", name)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 137
    assert b"the box ended" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_too(
    on_engine: Boxtui, docker: Docker, number: signal.Signals
) -> None:
    name = docker.run("box")
    process = on_engine.start("exec", name, "--", "sh", "-c", "echo up; sleep 4321")
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    assert "sleep 4321" in running_in(docker, name)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "sleep 4321" not in running_in(docker, name)


def test_a_reader_that_leaves_ends_the_program(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    process = on_engine.start("exec", name, "--", "yes", "4321")
    assert process.stdout is not None
    assert process.stdout.readline() == b"4321\n"
    process.stdout.close()
    process.wait(60)
    assert process.returncode == 141
    assert "yes 4321" not in running_in(docker, name)
