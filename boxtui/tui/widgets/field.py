"""A line to type in, that is right about Enter also when keys come in a burst.

Textual's Input takes a printable key at once, but looks Enter up among the bindings a few turns
later: of `phantom⏎u` arriving together it would make `phantomu`. Here Enter acts in its turn, and
keys that come after it has moved the focus on are handed on to where the focus is.
"""

from collections.abc import Callable

from textual import events
from textual.widgets import Input


class Field(Input):
    """One line; Enter calls `on_enter` with its text. Nothing blinks: an idle screen is still."""

    def __init__(
        self,
        on_enter: Callable[[str], object],
        *,
        value: str = "",
        placeholder: str = "",
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, classes=classes, compact=True, select_on_focus=False
        )
        self._enter = on_enter
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        if self.app.screen is not self.screen or self.screen.focused is not self:
            event.stop()
            event.prevent_default()
            self.app.post_message(events.Key(event.key, event.character))
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._enter(self.value)
        else:
            await super()._on_key(event)
