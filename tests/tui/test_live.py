"""The console beside an engine that changes, goes away and comes back."""

from tests.fakes.engine import FakeEngine
from tests.tui.conftest import Open


async def test_what_happens_on_the_engine_is_seen(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "up")
        beta = engine.box("beta", volumes={"/data": "precious"})
        await c.sees("beta", "precious", "2 boxes")
        engine.stop(beta)
        await c.sees("exit 137")
        engine.remove_container(beta)
        await c.misses("beta ")
        await c.sees("1 boxes", "orphan")


async def test_an_engine_that_goes_leaves_what_was_known(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console() as c:
        await c.sees("alpha", "live")
        engine.go_away("Connection refused")
        await c.sees("offline", "Engine gone", "Connection refused", "alpha")
        assert not c.app.main.check_action("perform", ("box.stop",))
        engine.come_back()
        engine.box("beta")
        c.services.live.retry()
        await c.sees("live", "beta")
        await c.misses("Engine gone")


async def test_before_the_first_list_it_says_that_it_reads(
    console: Open, engine: FakeEngine
) -> None:
    engine.go_away("no route to host")
    async with console(connected=False) as c:
        await c.sees("offline", "no route to host", "The engine has not answered yet.")


async def test_no_boxes_says_what_to_do(console: Open) -> None:
    async with console() as c:
        await c.sees("No boxes here.", "boxtui demo")


async def test_names_are_never_markup_or_escapes(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha", image="[red]\x1b]0;owned\x07evil:latest", volumes={"/d": "[bold]v[/bold]"})
    async with console(size=(200, 60)) as c:
        await c.sees("alpha", "[red]\\x1b]0;owned\\x07evil", "[bold]v[/bold]")
        await c.press("x")
        await c.sees("Stop the box")


async def test_inspect_masks_secrets_until_asked(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.containers[box]["Config"]["Env"] = ["API_TOKEN=sk-123456", "COLOR=blue"]
    async with console() as c:
        await c.sees("alpha", "up")
        await c.press("i", "3")
        await c.sees("Config")
        await c.press("z")
        await c.press("slash", *"API_TOKEN", "enter")
        await c.sees("API_TOKEN=***")
        assert "sk-123456" not in c.text
        await c.press("v")
        await c.sees("sk-123456")


async def test_sizes_of_volumes_come_on_demand(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha", volumes={"/data": "precious"})
    engine.sizes["precious"] = 1_500_000_000
    async with console() as c:
        await c.sees("precious")
        assert "1.5 GB" not in c.text
        await c.press("2", "u")
        await c.sees("1.5 GB")
