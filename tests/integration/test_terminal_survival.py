"""A dropped line: the console dies, its shells do not. Pids are those that the box tells."""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.boxes import Boxes
from tests.engines.running import RunningEngine
from tests.integration.test_terminals import holder_lives

# not steady enough to gate anything yet: they watch a program's screen by the clock, and fail
# now and then on a busy machine; `tests/run -m full tests/integration` runs them
pytestmark = [pytest.mark.engine, pytest.mark.full]

_PATIENCE = 20


class Outer:
    """The operator's own terminal: a tmux of this test's."""

    def __init__(self, folder: Path) -> None:
        self._argv = ["tmux", "-L", f"boxtui-{secrets.token_hex(4)}", "-f", "/dev/null"]
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("TMUX")} | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "BOXTUI_STATE_DIR": str(folder / "state"),
            "TERM": "xterm-256color",
        }
        (folder / "run").mkdir(mode=0o700)

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [*self._argv, *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def start(self, *words: str) -> int:
        """Run boxtui; gives its pid."""
        command = [sys.executable, "-m", "boxtui", *words]
        # the window stays, so that what was printed last can be read
        self("new-session", "-d", "-x", "120", "-y", "36", *command)
        self("set-option", "-g", "remain-on-exit", "on")
        return int(self("display-message", "-p", "#{pane_pid}"))

    @property
    def text(self) -> str:
        return self("capture-pane", "-p")

    def sees(self, *words: str) -> str:
        return self.until(lambda text: all(word in text for word in words))

    def until(self, true: Callable[[str], bool]) -> str:
        end = time.monotonic() + _PATIENCE
        while not true(self.text):
            assert time.monotonic() < end, self.text
            time.sleep(0.05)  # another process's screen gives no event to wait for
        return self.text

    def keys(self, *names: str) -> None:
        self("send-keys", *names)

    def line(self, text: str) -> None:
        self("send-keys", "-l", text)
        self("send-keys", "Enter")


@pytest.fixture
def outer(tmp_path: Path) -> Iterator[Outer]:
    outer = Outer(tmp_path)
    yield outer
    outer("kill-server")


def shells(engine: RunningEngine, box: str) -> list[str]:
    """The pids on the host of the shells in a box."""
    listed = engine.docker.lines("top", box, "-eo", "pid,comm,args")
    return sorted(line.split()[0] for line in listed if line.endswith(" sh -i"))


@pytest.mark.parametrize("how", ["kill", "hang-up"])
def test_the_next_console_shows_the_same_shells(
    engine: RunningEngine, boxes: Boxes, outer: Outer, tmp_path: Path, how: str
) -> None:
    name = boxes.name("kept")
    boxes.run(name=name)
    console = outer.start("-H", engine.url, "attach", name, "--", "sh", "-i")
    outer.sees("# ")
    outer.line("seq 1000 1300; echo pid=$$.")
    seen = outer.until(lambda text: re.search(r"pid=\d+\.", text) is not None)
    pid = re.findall(r"pid=(\d+)\.", seen)[0]
    before = shells(engine, name)
    assert len(before) == 1
    if how == "kill":
        os.kill(console, signal.SIGKILL)
    else:
        os.kill(console, signal.SIGHUP)
    outer.until(lambda _text: not Path(f"/proc/{console}").exists() or _is_zombie(console))
    outer("kill-server")
    assert shells(engine, name) == before

    outer.start("-H", engine.url)
    outer.sees(name[:12], "live")
    outer.keys("/")
    outer("send-keys", "-l", name)
    outer.keys("Enter")
    outer.sees("Terminal")
    outer.keys("T")
    outer.sees(f"pid={pid}.", "1300")
    outer.line("echo same=$$.")
    outer.sees(f"same={pid}.")
    outer.keys("C-]")
    outer.keys("/")
    outer.sees("Search the terminal")
    outer.line("1042")
    outer.sees("1042", "hit 1 of 1")
    assert shells(engine, name) == before
    outer.keys("q")
    outer.sees("then:")
    outer.keys("C-]", "x")
    outer.until(lambda _text: shells(engine, name) == [])
    outer.keys("q")
    outer.until(lambda _text: not holder_lives(tmp_path / "run" / "boxtui"))


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_attach_ends_with_its_program(
    engine: RunningEngine, boxes: Boxes, outer: Outer, tmp_path: Path
) -> None:
    name = boxes.name("attached")
    boxes.run(name=name)
    outer.start("-H", engine.url, "attach", name, "-w", "/tmp", "-e", "A=b", "--", "sh", "-i")
    outer.sees("/tmp # ")
    outer.line("echo $A-$((1+1)); stty size")
    text = outer.sees("b-2", "# ")
    # the pane: all but header, frame and hints
    assert any(line.strip("│ ") == "32 118" for line in text.splitlines()), text
    outer.line("exit 9")
    outer.until(lambda _text: outer("display-message", "-p", "#{pane_dead_status}") == "9\n")
    outer.until(lambda _text: not holder_lives(tmp_path / "run" / "boxtui"))


def test_attach_that_is_left_is_no_failure(
    engine: RunningEngine, boxes: Boxes, outer: Outer
) -> None:
    name = boxes.name("left")
    boxes.run(name=name)
    outer.start("-H", engine.url, "attach", name, "--", "sh", "-i")
    outer.sees("# ")
    before = shells(engine, name)
    outer.keys("C-]", "d")
    outer.until(lambda _text: outer("display-message", "-p", "#{pane_dead_status}") == "0\n")
    assert shells(engine, name) == before != []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("attach", "no-such-box"), "125"),
        (("attach", "BOX", "-u", "nobody-here"), "125"),
        (("--read-only", "attach", "BOX"), "4"),
        (("attach", "--json", "BOX"), "125"),
    ],
)
def test_attach_that_fails(
    engine: RunningEngine, boxes: Boxes, outer: Outer, words: tuple[str, ...], code: str
) -> None:
    name = boxes.name("fails")
    boxes.run(name=name)
    outer.start("-H", engine.url, *(name if word == "BOX" else word for word in words))
    outer.until(lambda _text: outer("display-message", "-p", "#{pane_dead_status}") == f"{code}\n")
