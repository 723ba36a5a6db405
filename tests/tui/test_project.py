"""The row of a compose project: its sum in the detail."""

from dataclasses import replace

import pytest

from boxtui.model.scan import Badge, Verdict
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from tests.tui import canned, screen_text


async def shown(badges: dict[str, Badge], *words: str) -> str:
    """Give the screen once it has the words, or as it is where they do not come."""
    app = BoxtuiApp(Bridge(replace(canned.snapshot(), badges=badges)))
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        app.main.panes.boxes.select("project:shop")
        for _ in range(200):
            await pilot.pause(0.02)
            if all(word in screen_text(app) for word in words):
                break
        return screen_text(app)


# fails now and then on a busy machine: gates nothing until it is steady
@pytest.mark.full
async def test_its_boxes_are_summed() -> None:
    badges = {
        canned.DB.id: Badge(Verdict.AT_RISK, 1_500_000, 12, canned.NOW),
        canned.CACHE.id: Badge(Verdict.AT_RISK, 500_000, 3, canned.NOW),
    }
    text = await shown(badges, "shop Project", "2 boxes, 2 up", "recreate: 2 MB", "15 files")
    assert "shop Project" in text
    assert "2 boxes, 2 up" in text
    assert "2 of them would lose" in text
    assert "recreate: 2 MB" in text
    assert "15 files" in text
    assert "nobody has measured" not in text


# fails now and then on a busy machine: gates nothing until it is steady
@pytest.mark.full
async def test_what_nobody_has_measured_is_said() -> None:
    badges = {canned.DB.id: Badge(Verdict.AT_RISK, reason="anon database")}
    text = await shown(badges, "1 of them would lose", "nobody has measured 2 of them")
    assert "1 of them would lose" in text
    assert "nobody has measured 2 of them" in text


async def test_a_safe_project_is_called_so() -> None:
    badges = {box.id: Badge(Verdict.SAFE, 0, 0, canned.NOW) for box in (canned.DB, canned.CACHE)}
    sentence = "A recreate of all of them destroys nothing."
    assert sentence in await shown(badges, sentence)
