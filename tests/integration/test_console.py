"""The console on a real engine: what it shows and does, held against the docker CLI."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from boxtui.bootstrap import Core, resolve_settings
from boxtui.tui import services
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Snapshot
from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine
from tests.tui.console import Console

pytestmark = pytest.mark.engine

SIZE = (160, 44)


class Opener(Protocol):
    def __call__(
        self, url: str, *, read_only: bool = False
    ) -> AbstractAsyncContextManager[Console]: ...


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    @asynccontextmanager
    async def console(url: str, *, read_only: bool = False) -> AsyncIterator[Console]:
        settings = resolve_settings(host=url, state_dir=str(tmp_path), read_only=read_only)
        core = Core(settings)
        bridge = Bridge(Snapshot(where="test", read_only=read_only, engine=core.info))
        running = services.begin(core, bridge)
        app = BoxtuiApp(bridge, running)
        try:
            async with app.run_test(size=SIZE) as pilot:
                yield Console(app, pilot, running)
        finally:
            services.end(running)
            core.close()

    return console


async def only(console: Console, name: str) -> None:
    """Select one box of an engine that others use too."""
    await console.until(lambda: console.app.main.completed)
    await console.press("escape", "slash", *name, "enter")
    await console.until(lambda: console.selected == name)


async def test_every_container_is_in_the_list(
    opened: Opener, engine: RunningEngine, boxes: Boxes
) -> None:
    names = [boxes.name(word) for word in ("up", "down")]
    boxes.run(name=names[0])
    boxes.create(name=names[1])
    async with opened(engine.url) as c:
        listed = set(engine.docker.lines("ps", "-aq", "--no-trunc"))
        await c.until(lambda: listed <= set(c.app.bridge.snapshot.inventory.containers))
        for name in names:
            await only(c, name)
            await c.sees(name)


async def test_exit_code_and_policy_are_the_engines(
    opened: Opener, engine: RunningEngine, boxes: Boxes
) -> None:
    name = boxes.name("dead")
    box = boxes.run("busybox", "sh", "-c", "exit 7", name=name, options=["--restart=on-failure:1"])
    engine.docker("wait", box)
    state = engine.docker.json("inspect", box)[0]["State"]
    async with opened(engine.url) as c:
        await only(c, name)
        await c.sees(f"exit {state['ExitCode']}", "on-failure:1")


async def test_stop_and_remove_reach_the_engine(
    opened: Opener, engine: RunningEngine, boxes: Boxes
) -> None:
    name = boxes.name()
    box = boxes.run(name=name)
    async with opened(engine.url) as c:
        await only(c, name)
        await c.press("s")
        await c.sees(f"Stop {name}")
        await c.press("y")
        await c.until(lambda: not engine.docker.json("inspect", box)[0]["State"]["Running"])
        await c.until(lambda: c.app.main.situation.free and not c.box.running)
        await c.press("d")
        await c.sees(f"Remove {name}")
        await c.press(*name, "enter")
        await c.until(lambda: engine.docker.attempt("inspect", box).returncode != 0)


async def test_read_only_sends_nothing_that_changes(
    opened: Opener, proxy: Proxy, boxes: Boxes
) -> None:
    name = boxes.name()
    boxes.run(name=name)
    async with opened(proxy.url, read_only=True) as c:
        await only(c, name)
        for key in ("s", "r", "p", "d", "u"):
            await c.press(key)
            if key != "u":
                await c.sees("Not done")
                await c.press("escape")
                await c.misses("Not done")
        await c.press("i")
        await c.sees("Inspect")
    assert [request for request in proxy.changes if request.path != "/auth"] == []


async def test_a_cut_connection_is_told_and_mended(
    opened: Opener, engine: RunningEngine, proxy: Proxy, boxes: Boxes
) -> None:
    name = boxes.name()
    boxes.run(name=name)
    async with opened(proxy.url) as c:
        await only(c, name)
        proxy.refuse()
        proxy.cut()
        await c.sees("Engine gone", "offline", name)
        late = boxes.name("late")
        box = boxes.run(name=late)
        proxy.accept()
        c.services.live.retry()
        await c.until(lambda: box in c.app.bridge.snapshot.inventory.containers)
        await c.misses("Engine gone")
        assert engine.docker("inspect", "--format", "{{.Name}}", box) == f"/{late}"


async def test_inspect_is_the_engines_own_document(
    opened: Opener, engine: RunningEngine, boxes: Boxes
) -> None:
    name = boxes.name()
    box = boxes.run(name=name, options=["-e", "API_TOKEN=sk-very-secret", "-e", "COLOR=blue"])
    async with opened(engine.url) as c:
        await only(c, name)
        await c.press("i", "3")
        pid = engine.docker.json("inspect", box)[0]["State"]["Pid"]
        await c.until(lambda: bool(c.app.bridge.snapshot.documents))
        await c.press("z", "slash", *"Pid", "enter")
        await c.sees(json.dumps(pid))
        await c.press("slash", *(["backspace"] * 3), *"API_TOKEN", "enter")
        await c.sees("API_TOKEN=***")
        assert "sk-very-secret" not in c.text
