"""The row of a compose project: its sum in the detail."""

from dataclasses import replace

from boxtui.model.scan import Badge, Verdict
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from tests.tui import canned, screen_text


async def shown(badges: dict[str, Badge], size: tuple[int, int] = (120, 36)) -> str:
    app = BoxtuiApp(Bridge(replace(canned.snapshot(), badges=badges)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.main.panes.boxes.select("project:shop")
        for _ in range(5):
            await pilot.pause()
        return screen_text(app)


async def test_its_boxes_are_summed() -> None:
    badges = {
        canned.DB.id: Badge(Verdict.AT_RISK, 1_500_000, 12, canned.NOW),
        canned.CACHE.id: Badge(Verdict.AT_RISK, 500_000, 3, canned.NOW),
    }
    text = await shown(badges)
    assert "shop Project" in text
    assert "2 boxes, 2 up" in text
    assert "2 of them would lose what they hold on a recreate: 2 MB in 15 files" in text
    assert "nobody has measured" not in text


async def test_what_nobody_has_measured_is_said() -> None:
    text = await shown({canned.DB.id: Badge(Verdict.AT_RISK, reason="anon database")})
    assert "1 of them would lose" in text
    assert "nobody has measured 2 of them" in text


async def test_a_safe_project_is_called_so() -> None:
    badges = {box.id: Badge(Verdict.SAFE, 0, 0, canned.NOW) for box in (canned.DB, canned.CACHE)}
    assert "A recreate of all of them destroys nothing." in await shown(badges)
