"""Terminals in the console: a real holder process, real boxes, keys as the operator types them."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from boxtui.bootstrap import Core, resolve_settings
from boxtui.config import Config, TerminalSettings
from boxtui.errors import ConfigError
from boxtui.holder import place
from boxtui.tui import keymap, services
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.services import Services
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.widgets import terminal_input, terminal_view
from boxtui.tui.widgets.terminal_view import TerminalView
from tests.engines.boxes import Boxes
from tests.engines.docker_cli import DockerCLI
from tests.engines.running import RunningEngine
from tests.tui import screen_text

# not steady enough to gate anything yet: they watch a program's screen by the clock, and fail
# now and then on a busy machine; `tests/run -m full tests/integration` runs them
pytestmark = [pytest.mark.engine, pytest.mark.full]

LEADER = "ctrl+right_square_bracket"
_TRIES = 1500


@dataclass
class Live:
    """A console with the box `box` selected."""

    app: BoxtuiApp
    pilot: Pilot[int]
    services: Services
    docker: DockerCLI
    box: str

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def view(self) -> TerminalView:
        return self.app.main.query_one(TerminalView)

    @property
    def numbers(self) -> list[int]:
        return [t.number for t in self.services.bridge.snapshot.terminals]

    async def until(self, true: Callable[[], object]) -> None:
        for _ in range(_TRIES):
            if true():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"it did not come about; the screen:\n{self.text}")

    async def sees(self, *words: str) -> None:
        await self.until(lambda: all(word in self.text for word in words))

    async def misses(self, word: str) -> None:
        await self.until(lambda: word not in self.text)

    async def press(self, *keys: str) -> None:
        """As the driver does: the pilot would wait after each for the machine to be idle."""
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            event = events.Key(key, character)
            event.set_sender(self.app)
            self.app.post_message(event)
            await asyncio.sleep(0)

    async def type(self, line: str) -> None:
        names = {" ": "space", "\n": "enter"}
        await self.press(*(names.get(c, c) for c in line))

    async def open(self) -> None:
        """Open a shell and wait for its prompt and the focus."""
        known = set(self.numbers)
        await self.press("e")
        await self.until(lambda: set(self.numbers) - known)
        await self.ready()

    async def ready(self) -> None:
        await self.until(lambda: self.app.main.query(TerminalView))
        await self.until(lambda: self.view.has_focus and self.view.look is not None)
        await self.until(lambda: "# " in self.text)

    def inside(self) -> list[str]:
        """The processes of the box."""
        return self.docker.lines("top", self.box, "-eo", "pid,args")


@pytest.fixture
def box(boxes: Boxes) -> str:
    return boxes.run(name=boxes.name("term"))


@asynccontextmanager
async def opened(
    engine: RunningEngine,
    box: str,
    *,
    size: tuple[int, int] = (120, 36),
    settings: TerminalSettings | None = None,
    read_only: bool = False,
) -> AsyncIterator[Live]:
    core = Core(resolve_settings(host=engine.url, read_only=read_only))
    bridge = Bridge(Snapshot(where="test", engine=core.info, read_only=read_only))
    running = services.begin(core, bridge)
    app = BoxtuiApp(bridge, running, config=Config(terminal=settings or TerminalSettings()))
    try:
        async with app.run_test(size=size) as pilot:
            live = Live(app, pilot, running, engine.docker, box)
            await live.until(lambda: app.main.completed and box in _names(running))
            app.main.panes.go_to(_names(running)[box])
            await live.until(lambda: app.main.situation.box is not None)
            yield live
    finally:
        running.terminals.leave()
        services.end(running)
        core.close()


def _names(running: Services) -> dict[str, str]:
    found = running.bridge.snapshot.inventory.containers.values()
    return {c.name: c.id for c in found} | {c.id: c.id for c in found}


@pytest.fixture
def own_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which this test has a holder of its own."""
    for name, folder in (("XDG_RUNTIME_DIR", "run"), ("HOME", "home"), ("TMPDIR", "tmp")):
        (tmp_path / folder).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.delenv("BOXTUI_STATE_DIR", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path / "run" / "boxtui"


def holder_lives(folder: Path) -> bool:
    """Whether there is a holder: it has its lock as long as it lives."""
    with (folder / place.LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return (folder / place.SOCKET).exists()


async def ended(folder: Path) -> None:
    """Wait until the holder has gone with its last terminal."""
    async with asyncio.timeout(20):
        while holder_lives(folder):  # noqa: ASYNC110 - another process's end gives no event
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("own_holder")
async def test_what_is_typed_reaches_the_box_and_the_size_is_right(
    engine: RunningEngine, box: str
) -> None:
    async with opened(engine, box) as live:
        await live.open()
        await live.type("echo $((6*7)).$(stty size | tr ' ' x).\n")
        size = live.view.size
        await live.sees(f"42.{size.height}x{size.width}.")
        await live.type("cat -v\n")
        await live.press("ctrl+p", "ctrl+q", "alt+f", "up", "f5", "escape", "tab", "enter")
        await live.sees("^P", "^[f^[[A^[[15~^[")


@pytest.mark.usefixtures("own_holder")
async def test_the_keys_after_the_leader(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box, size=(160, 40)) as live:
        await live.open()
        await live.type("echo first-$((1+1))\n")
        await live.sees("first-2")
        first = live.view.number
        await live.press(LEADER, "c")
        await live.until(lambda: len(live.numbers) == 2 and live.view.number != first)
        await live.ready()
        await live.press(LEADER, "comma")
        await live.sees("Name of the terminal")
        await live.type("watch\n")
        await live.sees("2 watch")
        await live.press(LEADER, "n")
        await live.until(lambda: live.view.number == first)
        await live.sees("first-2")
        await live.press(LEADER, "p")
        await live.until(lambda: live.view.number != first and live.view.has_focus)
        await live.press(LEADER, "z")
        await live.misses("Volumes")
        await live.press(LEADER, "z")
        await live.sees("Volumes")
        await live.press(LEADER, "question_mark")
        await live.sees("After ^]", "hang up: end the program")
        await live.press("escape")
        await live.until(lambda: live.view.has_focus)
        await live.press(LEADER, "x")
        await live.until(lambda: live.numbers == [first])
        await live.until(lambda: live.view.number == first and live.view.has_focus)
        await live.press(LEADER, "d")
        await live.until(lambda: live.app.main.panes.current == "boxes")
        assert live.numbers == [first]


@pytest.mark.usefixtures("own_holder")
async def test_the_leader_twice_reaches_the_box_and_can_be_another(
    engine: RunningEngine, box: str
) -> None:
    settings = TerminalSettings(leader="ctrl+a")
    async with opened(engine, box, settings=settings) as live:
        await live.open()
        await live.sees("^a then:")
        await live.type("cat -v\n")
        await live.press(LEADER, "ctrl+a", "ctrl+a", "enter")
        await live.sees("^]^A")


@pytest.mark.usefixtures("own_holder")
async def test_an_end_is_told_and_one_key_runs_it_again(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box) as live:
        await live.open()
        number = live.view.number
        await live.type("exit 7\n")
        await live.sees("the program ended with exit code 7", "Enter again", "x close")
        await live.press("enter")
        await live.until(lambda: live.numbers and live.numbers != [number])
        await live.misses("exit code 7")
        await live.ready()
        await live.type("exit 0\n")
        await live.sees("the program ended")
        await live.press("x")
        await live.until(lambda: not live.numbers)


@pytest.mark.usefixtures("own_holder")
async def test_a_box_killed_under_the_terminal(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box) as live:
        await live.open()
        engine.docker("kill", box)
        await live.sees("the box ended with exit code 137")
        await live.press("enter")
        await live.sees("is not running")
        await live.press("escape")
        engine.docker("start", box)
        await live.until(lambda: "Not done" not in live.text and live.view.has_focus)
        await live.sees("up")
        await live.press("enter")
        await live.misses("the box ended")
        await live.ready()


@pytest.mark.usefixtures("own_holder")
async def test_a_paused_box_refuses_in_the_engines_words(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box) as live:
        await live.open()
        await live.type("exit 3\n")
        await live.sees("exit code 3")
        engine.docker("pause", box)
        try:
            await live.press("enter")
            await live.sees("paused")
        finally:
            engine.docker("unpause", box)


@pytest.mark.usefixtures("own_holder")
async def test_a_program_that_is_not_there(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box) as live:
        await live.press("E")
        await live.sees("Run in the box")
        await live.press("end", *["backspace"] * 4)
        await live.type("no-such-program\n")
        # the reason is wrapped where the pane is narrow
        await live.sees("the program, or what it called", "Enter again")


@pytest.mark.usefixtures("own_holder")
async def test_read_only_refuses(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box, read_only=True) as live:
        await live.press("e")
        await live.sees("refused: boxtui was started with --read-only", "--allow-exec")
        assert live.numbers == []


@pytest.mark.usefixtures("own_holder")
async def test_a_recreated_box_keeps_its_tabs(engine: RunningEngine, boxes: Boxes) -> None:
    name = boxes.name("again")
    boxes.run(name=name)
    async with opened(engine, name) as live:
        await live.open()
        engine.docker("rm", "--force", name)
        await live.until(lambda: name not in _names(live.services))
        new = boxes.run(name=name)
        await live.sees("Recreated from outside")
        await live.press("escape")
        await live.misses("Recreated from outside")
        live.app.main.panes.go_to(new)
        await live.press("T")
        await live.sees("the box has a new container", "Enter reopen there")
        await live.press("enter")
        await live.misses("new container")
        await live.ready()
        assert live.services.bridge.snapshot.terminals[0].container == new


async def test_quitting_asks_and_hangs_up(
    engine: RunningEngine, box: str, own_holder: Path
) -> None:
    async with opened(engine, box) as live:
        before = live.inside()
        await live.open()
        await live.press(LEADER, "d")
        await live.until(lambda: live.app.main.panes.current == "boxes")
        await live.press("q")
        await live.sees("1 terminal open", "the programs run on")
        await live.press("escape")
        await live.misses("1 terminal open")
        assert live.numbers
        await live.press("q")
        await live.sees("1 terminal open")
        await live.press("down", "enter")
        await live.until(lambda: not live.app.is_running or live.app._exit)
    await ended(own_holder)
    assert live.inside() == before


async def test_keeping_shows_the_same_again(
    engine: RunningEngine, box: str, own_holder: Path
) -> None:
    async with opened(engine, box) as live:
        await live.open()
        await live.type("seq 300; echo pid=$$.\n")
        await live.sees("pid=")
        seen = live.text[live.text.index("pid=") :].split(".")[0]
        await live.press(LEADER, "d")
        await live.until(lambda: live.app.main.panes.current == "boxes")
        await live.press("q")
        await live.sees("1 terminal open")
        await live.press("enter")
    async with opened(engine, box) as live:
        await live.until(lambda: live.numbers)
        await live.press("T")
        await live.sees(f"{seen}.")
        await live.type("echo again=$$.\n")
        await live.sees(seen.replace("pid", "again") + ".")
        await live.press(LEADER, "slash")
        await live.sees("Search the terminal")
        await live.type("17\n")
        await live.sees("hit 13 of 13")
        await live.press("q", LEADER, "x")
        await live.until(lambda: not live.numbers)
    await ended(own_holder)


@pytest.mark.usefixtures("own_holder")
async def test_looking_back_selecting_and_copying(
    engine: RunningEngine, box: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(terminal_input, "copy", lambda _app, text: copied.append(text))
    async with opened(engine, box) as live:
        await live.open()
        await live.type("seq 100 300; echo done-$((1+1))\n")
        await live.sees("done-2")
        assert "150" not in live.text
        await live.press(LEADER, "slash")
        await live.sees("Search the terminal")
        await live.type("150\n")
        await live.sees("hit 1 of 1", "150", "151")
        await live.press("V", "j", "y")
        await live.until(lambda: copied == ["150\n151"])
        await live.sees("done-2")
        await live.press(LEADER, "left_square_bracket", "g")
        await live.sees("seq 100 300")
        await live.press("escape")
        await live.sees("done-2")
        rows = live.text.splitlines()
        y = next(i for i, row in enumerate(rows) if "done-2" in row and "echo" not in row)
        region = live.view.region
        await live.pilot.mouse_down(offset=(region.x, y))
        await live.pilot.hover(offset=(region.x + 5, y))
        await live.pilot.mouse_up(offset=(region.x + 5, y))
        await live.until(lambda: copied[1:] == ["done-2"])
        await live.pilot.click(offset=(region.x + 2, y), times=2)
        await live.until(lambda: copied[2:] == ["done-2"])


@pytest.mark.usefixtures("own_holder")
@pytest.mark.parametrize("allowed", [True, False])
async def test_only_what_the_operator_allows_reaches_the_clipboard(
    engine: RunningEngine, box: str, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(terminal_view, "copy", lambda _app, text: copied.append(text))
    monkeypatch.setattr(terminal_view, "CLIPBOARD_LIMIT", 100)
    async with opened(engine, box, settings=TerminalSettings(clipboard=allowed)) as live:
        await live.open()
        await live.type("printf '\\033]52;c;aGVsbG8=\\a\\033]52;c;?\\a'; echo sent-$((1+1))\n")
        await live.sees("sent-2")
        long = "printf '\\033]52;c;%s\\a' $(head -c 300 /dev/zero | base64 -w 0)"
        await live.type(f"{long}; echo long-$((1+1))\n")
        await live.sees("long-2")
        assert copied == (["hello"] if allowed else [])


@pytest.mark.usefixtures("own_holder")
async def test_news_and_titles_of_terminals_out_of_sight(engine: RunningEngine, box: str) -> None:
    async with opened(engine, box, size=(160, 40)) as live:
        await live.open()
        await live.type("printf '\\033]0;a\\rb\\a'; sleep 1; echo late\n")
        first = live.view.number
        await live.press(LEADER, "c")
        await live.until(lambda: live.view.number != first)
        await live.sees("•")
        await live.press(LEADER, "n")
        await live.sees("late")
        await live.until(lambda: "•" not in live.text)


def test_a_leader_that_no_box_could_do_without_is_refused() -> None:
    for good in ("ctrl+]", "f12", "alt+a", "ctrl+space"):
        assert keymap.leader(good) == good
    for bad in ("", "a", "enter", "Ctrl+A", "ctrl+"):
        with pytest.raises(ConfigError, match="leader"):
            keymap.leader(bad)
