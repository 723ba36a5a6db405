"""A console on the engine in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from boxtui.bootstrap import Core, resolve_settings
from boxtui.config import Config
from boxtui.tui import services
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.services import Services
from boxtui.tui.snapshot import Snapshot
from tests.fakes.engine import FakeEngine
from tests.tui import screen_text

_TRIES = 200


@dataclass
class Console:
    """A running console and what a test asks of it."""

    app: BoxtuiApp
    pilot: Pilot[int]
    engine: FakeEngine
    services: Services

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for what threads bring; fails with the screen where it does not come."""
        for _ in range(_TRIES):
            if true():
                return
            await self.pilot.pause(0.02)
        raise AssertionError(f"it did not come about; the screen:\n{self.text}")

    async def sees(self, *words: str) -> None:
        await self.until(lambda: all(word in self.text for word in words))

    async def misses(self, word: str) -> None:
        await self.until(lambda: word not in self.text)


Open = Callable[..., Any]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def console(engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a console: `async with console(size=(80, 24)) as c`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "BOXTUI_STATE_DIR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)

    @asynccontextmanager
    async def opened(
        *,
        size: tuple[int, int] = (120, 36),
        read_only: bool = False,
        config: Config | None = None,
        connected: bool = True,
    ) -> AsyncIterator[Console]:
        core = Core(resolve_settings(read_only=read_only), engine=engine)
        bridge = Bridge(
            Snapshot(where="fake", read_only=read_only, engine=core.info if connected else None)
        )
        running = services.begin(core, bridge)
        app = BoxtuiApp(bridge, running, config=config)
        try:
            async with app.run_test(size=size) as pilot:
                yield Console(app, pilot, engine, running)
        finally:
            services.end(running)
            core.close()

    return opened
