"""A console on the engine in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from boxtui.bootstrap import Core, resolve_settings
from boxtui.config import Config
from boxtui.tui import services
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Snapshot
from tests.fakes.engine import FakeEngine
from tests.tui.console import Console

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
                yield Console(app, pilot, running)
        finally:
            services.end(running)
            core.close()

    return opened
