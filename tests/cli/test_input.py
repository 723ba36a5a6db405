import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import ptyprocess
import pytest

from boxtui.cli.command import load, verbs
from tests.cli.contract import EVERY, check
from tests.cli.running import Boxtui, environment

DEAD = "unix:///nonexistent/docker.sock"


@pytest.mark.parametrize(
    ("words", "code", "kind", "said"),
    [
        (["nonsense"], 2, "usage", "no command is called 'nonsense'"),
        (["psx"], 2, "usage", "did you mean `boxtui ps`?"),
        (["ps", "--nonsense"], 2, "usage", "unrecognized arguments: --nonsense"),
        (["--nonsense"], 2, "usage", "unrecognized arguments: --nonsense"),
        (["ps", "extra"], 2, "usage", "unrecognized arguments: extra"),
        (["ps", "--al"], 2, "usage", "unrecognized arguments: --al"),
        (["map"], 2, "usage", "required: BOX"),
        (["map", "a", "b"], 2, "usage", "unrecognized arguments: b"),
        (["history", "a", "b"], 2, "usage", "unrecognized arguments: b"),
        (["ps", "--host"], 2, "usage", "expected one argument"),
        (["ps", "-H", DEAD, "-c", "x"], 2, "usage", "--host and --context exclude each other"),
        (["-H", DEAD, "ps", "-c", "x"], 2, "usage", "--host and --context exclude each other"),
        (["ps", "--host="], 2, "usage", "--host is empty"),
        (["ps", "--context="], 2, "usage", "--context is empty"),
        (["ps", "--config="], 2, "usage", "--config is empty"),
        (["ps", "--state-dir="], 2, "usage", "--state-dir is empty"),
        (["ps", "--backup-dir="], 2, "usage", "--backup-dir is empty"),
        (["ps", "--state-dir", "/dev/null"], 2, "usage", "/dev/null is not a folder"),
        (["ps", "--backup-dir", "/dev/null"], 2, "usage", "/dev/null is not a folder"),
        (["ps", "--config", "/nonexistent"], 2, "config", "no such configuration file"),
        (["ps", "-H", "nonsense"], 2, "usage", "'nonsense'"),
        (["ps", "-H", "ftp://x"], 2, "usage", "'ftp://x'"),
        (["ps", "-H", "a\x1b[31mb"], 2, "usage", r"a\x1b[31mb"),
        (["ps", "-c", "nonsense"], 2, "not-found", "no docker context is called 'nonsense'"),
        (["ps", "-H", DEAD], 1, "no-engine", "/nonexistent/docker.sock"),
        (["ps", "-H", "tcp://127.0.0.1:1"], 1, "no-engine", "127.0.0.1:1"),
        (["volumes", "-H", DEAD], 1, "no-engine", "No such file"),
        (["map", "x", "-H", DEAD], 1, "no-engine", "No such file"),
        (["history", "-H", DEAD], 1, "no-engine", "No such file"),
        (["history", "x", "-H", DEAD], 1, "no-engine", "No such file"),
    ],
)
def test_bad_input_is_one_clear_error_in_words_and_in_json(
    boxtui: Boxtui, words: list[str], code: int, kind: str, said: str
) -> None:
    spoken = boxtui(*words)
    assert spoken.code == code
    assert spoken.stdout == ""
    assert spoken.stderr.startswith("boxtui: ")
    assert said in spoken.stderr
    assert "Traceback" not in spoken.stderr
    assert "\x1b" not in spoken.stderr
    written = boxtui("--json", *words)
    assert written.code == code
    assert written.stderr == spoken.stderr
    assert written.error["code"] == kind
    check({key: written.document[key] for key in EVERY}, EVERY)
    assert not (boxtui.home / ".local").exists()


def test_a_failed_commands_own_fields_are_null(boxtui: Boxtui) -> None:
    assert boxtui("ps", "--json", "-H", DEAD).document["containers"] is None
    assert boxtui("volumes", "--json", "-H", DEAD).document["volumes"] is None
    assert boxtui("history", "--json", "-H", DEAD).document["events"] is None


def test_a_name_that_is_not_utf8(boxtui: Boxtui) -> None:
    outcome = boxtui("--json", "ps", "-c", b"\xff\x1b")
    assert (outcome.code, outcome.error["code"]) == (2, "not-found")
    assert "\x1b" not in outcome.stderr


def test_a_configuration_mistake_names_its_line(boxtui: Boxtui) -> None:
    folder = boxtui.home / ".config" / "boxtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("\n\ncolour = 1\n")
    outcome = boxtui("ps", "--json", "-H", DEAD)
    assert (outcome.code, outcome.error["code"]) == (2, "config")
    assert f"{folder / 'config.toml'}, line 3: unknown key 'colour'" in outcome.error["message"]


def test_global_flags_stand_on_either_side_of_the_verb(boxtui: Boxtui) -> None:
    before = boxtui("--json", "-H", DEAD, "--read-only", "--no-color", "ps", "-a")
    after = boxtui("ps", "-a", "--json", "-H", DEAD, "--read-only", "--no-color")
    joined = boxtui(f"-H{DEAD}", "ps", "--json")
    assert before == after == joined
    assert before.code == 1


def test_docker_host_and_a_broken_context_store(boxtui: Boxtui) -> None:
    assert "/gone.sock" in boxtui("ps", DOCKER_HOST="unix:///gone.sock").stderr
    (boxtui.home / ".docker").mkdir()
    (boxtui.home / ".docker" / "config.json").write_text("{")
    outcome = boxtui("ps", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "config")
    assert "config.json" in outcome.error["message"]


def test_the_console_needs_an_engine_then_a_terminal(boxtui: Boxtui) -> None:
    outcome = boxtui("-H", DEAD)
    assert outcome.code == 1
    assert "no engine answers" in outcome.stderr
    assert outcome.stdout == ""
    assert boxtui("--json").error["code"] == "usage"


def test_version(boxtui: Boxtui) -> None:
    outcome = boxtui("--version")
    assert outcome.code == 0
    assert outcome.stdout.startswith("boxtui 0.")
    version = outcome.stdout.split()[1]
    assert boxtui("--version", "--json").document["version"] == version


def test_help_lists_every_command_and_each_has_its_own(boxtui: Boxtui) -> None:
    outcome = boxtui("--help")
    assert (outcome.code, outcome.stderr) == (0, "")
    for verb in verbs():
        assert f"\n  {verb} " in outcome.stdout
    for verb in verbs():
        own = boxtui(verb, "--help")
        assert own.code == 0
        assert own.stdout.startswith(f"usage: boxtui {verb} ")
        for flag in ("--host", "--context", "--config", "--state-dir", "--backup-dir"):
            assert flag in own.stdout


def test_every_command_says_what_it_does_in_a_line() -> None:
    for verb in verbs():
        command, text = load(verb)
        first = text.splitlines()[0]
        assert 10 < len(first) < 90
        assert first.endswith((".", "?"))
        assert callable(command.run)


def loaded(home: Path, *words: str) -> set[str]:
    """The packages that a run imports, as the interpreter itself tells."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "boxtui", *words],
        env=environment(home),
        capture_output=True,
        check=False,
        text=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert len(lines) > 20
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "words", [["--help"], ["ps", "--help"], ["--version"], ["psx"], ["ps", "--nonsense"]]
)
def test_help_loads_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    heavy = {"docker", "requests", "urllib3", "textual", "rich", "pyte", "sqlite3"}
    assert not loaded(tmp_path, *words) & heavy


@pytest.mark.parametrize("words", [["ps"], ["volumes"], ["map", "x"], ["history"]])
def test_commands_never_load_textual(tmp_path: Path, words: list[str]) -> None:
    found = loaded(tmp_path, *words, "-H", DEAD)
    assert "docker" in found
    assert not found & {"textual", "rich", "pyte"}


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[tuple[str, threading.Event]]:
    """An engine that takes connections and never answers; the event tells of the first."""
    path = tmp_path / "silent.sock"
    asked = threading.Event()
    kept: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                kept.append(listener.accept()[0])
            except OSError:
                return
            asked.set()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"unix://{path}", asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in kept:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_with_its_number(
    boxtui: Boxtui, silent: tuple[str, threading.Event], number: signal.Signals
) -> None:
    host, asked = silent
    process = boxtui.start("-H", host, "ps", "--json")
    assert asked.wait(60)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert json.loads(stdout)["error"]["code"] == "cancelled"
    assert b"Traceback" not in stderr


def test_a_reader_that_has_gone_is_no_fault(boxtui: Boxtui) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "boxtui", "--help"],
        env=environment(boxtui.home),
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGPIPE
    assert stderr == b""


def test_an_output_that_takes_nothing_is_said(boxtui: Boxtui) -> None:
    argv = [sys.executable, "-m", "boxtui"]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [*argv, "--version"], env=environment(boxtui.home), stdout=full, stderr=-1, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "boxtui: standard output cannot be written: No space left on device\n",
    )
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *argv, "ps", "-H", DEAD, "--json"],
        env=environment(boxtui.home),
        stderr=-1,
        check=False,
    )
    assert closed.returncode == 1
    assert b"no engine answers" in closed.stderr
    assert b"Traceback" not in closed.stderr


def test_no_symbol_is_too_much_for_a_poor_locale(boxtui: Boxtui) -> None:
    outcome = boxtui(
        "ps", "-c", "ümlaut", "--json", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0"
    )
    assert outcome.error["code"] == "not-found"
    assert outcome.code == 2


def test_it_never_asks_without_a_terminal(boxtui: Boxtui) -> None:
    outcome = boxtui()
    assert outcome.code == 1
    assert "boxtui demo" in outcome.stderr


def test_colours_are_for_terminals_only(boxtui: Boxtui) -> None:
    argv = [sys.executable, "-m", "boxtui", "-H", DEAD, "ps"]
    process = ptyprocess.PtyProcessUnicode.spawn(argv, env=environment(boxtui.home))
    said = ""
    while process.isalive() or not said.endswith("\n"):
        try:
            said += process.read()
        except EOFError:
            break
    process.close()
    assert "no engine answers" in said
