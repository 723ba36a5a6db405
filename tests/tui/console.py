"""A running console and what tests ask of it."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.pilot import Pilot

from boxtui.model.container import Container
from boxtui.tui.app import BoxtuiApp
from boxtui.tui.services import Services
from tests.tui import screen_text

_TRIES = 500


@dataclass
class Console:
    app: BoxtuiApp
    pilot: Pilot[int]
    services: Services

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def box(self) -> Container:
        box = self.app.main.situation.box
        assert box is not None
        return box

    @property
    def selected(self) -> str | None:
        box = self.app.main.situation.box
        return box.name if box is not None else None

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
