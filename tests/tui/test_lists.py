"""The lists: what is shown, how it is sorted, and that the cursor stays on its object."""

from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from boxtui.model.image import names, tag_moved
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.bridge import Bridge
from boxtui.tui.render import boxes
from boxtui.tui.render.boxes import Group, Order
from tests.tui import canned, screen_text

_TRIES = 200


async def drawn(pilot: Pilot[int], *words: str, without: str = "\0") -> str:
    """The screen, once these words are on it and that one is not."""
    for _ in range(_TRIES):
        text = screen_text(pilot.app)
        if all(word in text for word in words) and without not in text:
            return text
        await pilot.pause(0.02)
    raise AssertionError(f"it did not come about; the screen:\n{text}")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_first_screen_names_every_box_and_warns(size: tuple[int, int]) -> None:
    app = BoxtuiApp(Bridge(canned.snapshot()))
    async with app.run_test(size=size) as pilot:
        text = await drawn(pilot, "exit 137 OOM", "phantom")
    for box in (canned.PHANTOM, canned.BOSS, canned.REVIEWER, canned.CACHE):
        assert box.name in text
    assert "708.1 MB" in text.splitlines()[0]


async def test_the_cursor_stays_on_its_box_when_rows_come_before_it() -> None:
    bridge = Bridge(canned.snapshot(canned.PHANTOM, canned.BOSS))
    app = BoxtuiApp(bridge)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("G")
        assert app.main.panes.target is not None
        assert app.main.panes.target.id == canned.PHANTOM.id
        early = canned.container("aaa")
        inventory = bridge.snapshot.inventory.with_containers([early])
        bridge.update(lambda s: replace(s, inventory=inventory))
        await drawn(pilot, "aaa")
        assert app.main.panes.target.id == canned.PHANTOM.id


async def test_filter_keeps_what_fits_and_escape_clears_it() -> None:
    app = BoxtuiApp(Bridge(canned.snapshot()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("slash", *"phan", "enter")
        await drawn(pilot, "phantom", without="claude-hooks-boss")
        await pilot.press("escape")
        await drawn(pilot, "claude-hooks-boss")


def test_projects_hold_their_boxes_together() -> None:
    rows = boxes.arrange(canned.snapshot(), Order.NAME)
    at = next(i for i, row in enumerate(rows) if isinstance(row, Group))
    assert rows[at] == Group("shop", 2, 2, folded=False)
    assert [boxes.key(row) for row in rows[at + 1 : at + 3]] == [canned.CACHE.id, canned.DB.id]


def test_worst_first_puts_the_biggest_loss_on_top() -> None:
    rows = boxes.arrange(canned.snapshot(), Order.WORST)
    assert [boxes.key(row) for row in rows[:2]] == [canned.PHANTOM.id, canned.DB.id]
    assert boxes.key(rows[-1]) == canned.BOSS.id


def test_a_moved_tag_is_seen() -> None:
    snapshot = canned.snapshot()
    named = names(snapshot.inventory.images.values())
    assert tag_moved(canned.PHANTOM, named)
    assert not tag_moved(canned.CACHE, named)


# fails now and then on a busy machine: gates nothing until it is steady
@pytest.mark.full
async def test_a_filter_typed_in_one_burst_is_whole() -> None:
    app = BoxtuiApp(Bridge(canned.snapshot()))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for key, character in [
            ("slash", "/"),
            *((c, c) for c in "phan"),
            ("enter", "\r"),
            ("G", "G"),
        ]:
            app.post_message(events.Key(key, character))
        await drawn(pilot, "phantom", without="claude-hooks-boss")
        assert app.main.panes.current == "boxes"
