"""Takes the README's pictures anew, from the console on the real demo.

    .venv/bin/python screenshots/make.py [-H URL]

The demo's boxes are made first where they are missing; what else runs on the engine is in the
picture too. Pictures are SVG by Textual's export; the README's is a PNG too, where there is an
rsvg-convert.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from boxtui.bootstrap import Core, resolve_settings
from boxtui.tui import services
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Snapshot

HERE = Path(__file__).parent
BOX = "phantom"
PATIENCE = 120.0
IN_README = "main-120x36"
SIZES = ((80, 24), (120, 36), (200, 60))
SHELL_STORY = "cd ~ && ls -a && git -C ~/work/bridge status --short 2>/dev/null; ps | head -8"


class Console:
    """The console at one size: keys in, pictures out."""

    def __init__(self, app: BoxtuiApp, pilot: Pilot[int], running: services.Services) -> None:
        self.app = app
        self.pilot = pilot
        self._services = running

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Await what threads bring."""
        for _ in range(int(PATIENCE / 0.05)):
            if true():
                await self.pilot.pause(0.3)
                return
            await self.pilot.pause(0.05)
        raise SystemExit(f"the console never showed {what}")

    async def sees(self, word: str) -> None:
        await self.until(lambda: word in self.text, word)

    @property
    def text(self) -> str:
        rows = self.app.screen._compositor.render_strips()  # noqa: SLF001 - as Textual's tests do
        return "\n".join(strip.text for strip in rows)

    async def select(self, name: str) -> None:
        """Put the cursor on a box, by the filter."""
        await self.until(lambda: self.app.main.completed, "the main screen")
        await self.press("slash", *name, "enter")
        selected = lambda: self.app.main.situation.box  # noqa: E731 - short, and used once
        await self.until(lambda: (box := selected()) is not None and box.name == name, name)
        await self.press("escape")

    async def scan_all(self) -> None:
        snapshot = self._services.bridge
        await self.press("U")
        boxes = len(self.app.bridge.snapshot.inventory.containers)
        await self.until(lambda: len(snapshot.snapshot.scans) >= boxes, "every scan")
        await self.until(lambda: not snapshot.snapshot.scanning, "the end of the scans")

    def picture(self, name: str) -> None:
        """Write NAME.svg, and NAME.png where something can draw it."""
        svg = HERE / f"{name}.svg"
        drawn = self.app.export_screenshot(title="boxtui")
        svg.write_text(drawn, encoding="utf-8")
        renderer = shutil.which("rsvg-convert")
        if renderer and name == IN_README:
            # it takes the system's font and no textLength: as wide a letter as Textual means,
            # and every space kept
            drawn = drawn.replace("font-size: 20px", "font-size: 20.264px")
            drawn = drawn.replace("Fira Code", "DejaVu Sans Mono")
            drawn = drawn.replace("<text ", '<text xml:space="preserve" ')
            words = [renderer, "-o", svg.with_suffix(".png")]
            subprocess.run(words, input=drawn.encode(), check=True)
        print(svg.name)


@asynccontextmanager
async def console(url: str, state: Path, size: tuple[int, int]) -> AsyncIterator[Console]:
    core = Core(resolve_settings(host=url, state_dir=str(state)), console=True)
    opening = Snapshot(where=core.info.host, engine=core.info, now=datetime.now(UTC))
    bridge = Bridge(opening)
    running = services.begin(core, bridge)
    app = BoxtuiApp(bridge, running)
    try:
        async with app.run_test(size=size) as pilot:
            yield Console(app, pilot, running)
    finally:
        services.end(running)
        core.close()


async def take(url: str, state: Path) -> None:
    for columns, lines in SIZES:
        async with console(url, state, (columns, lines)) as c:
            await c.select(BOX)
            await c.scan_all()
            await c.press("w")
            await c.select(BOX)
            c.picture(f"main-{columns}x{lines}")
    async with console(url, state, (120, 36)) as c:
        await c.select(BOX)
        await c.press("3", "plus")
        await c.sees("/home/phantom")
        c.picture("map")
        await c.press("i")
        await c.sees("HostConfig")
        c.picture("inspect")
        await c.press("escape", "escape", "R")
        await c.until(lambda: len(c.app.screen_stack) > 1, "the dialog")
        c.picture("plan")
        await c.press("escape")
    async with console(url, state, (120, 36)) as c:
        await c.select(BOX)
        await c.press("e")
        await c.sees("$ ")
        await c.press(*SHELL_STORY, "enter")
        await c.sees("PID")
        c.picture("terminal")
        await c.press(*"exit", "enter")


def demo(state: Path, host: list[str]) -> str:
    """Make the demo's boxes; the engine's URL."""
    command = [sys.executable, "-m", "boxtui", *host, "--json", "demo", "--yes", "--no-console"]
    made = subprocess.run(
        [*command, "--state-dir", state], stdout=subprocess.PIPE, check=True, cwd=HERE.parent
    )
    return str(json.loads(made.stdout)["demo"]["host"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-H", "--host", help="the engine to make the demo's boxes on")
    host = parser.parse_args().host
    state = Path(os.environ.get("BOXTUI_STATE_DIR") or tempfile.mkdtemp(prefix="boxtui-pictures-"))
    # terminals of its own, not the operator's
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="boxtui-pictures-")
    asyncio.run(take(demo(state, ["-H", host] if host else []), state))


if __name__ == "__main__":
    main()
