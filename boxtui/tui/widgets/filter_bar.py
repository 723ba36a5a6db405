"""The line in which a list is filtered while one types."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.lists import ObjectList


class FilterBar(Horizontal):
    """Filters the list it was opened for; Enter keeps the filter, Escape clears it."""

    _list: ObjectList | None = None

    def compose(self) -> ComposeResult:
        yield Field(self._keep, placeholder="filter: name, image, project, state")

    def open(self, rows: ObjectList) -> None:
        """Begin to filter a list."""
        self._list = rows
        self.display = True
        field = self.query_one(Field)
        field.value = rows.needle
        # at once: what is typed right behind the key must not act on the list
        self.screen.set_focus(field)

    def close(self, *, keep: bool) -> None:
        """Give the focus back to the list."""
        self.display = False
        if self._list is None:
            return
        if not keep:
            self._list.filter("")
        self.screen.set_focus(self._list)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._list is not None and self.display:
            self._list.filter(event.value)

    def _keep(self, typed: str) -> None:
        if self._list is not None:
            # what was typed fast is told of after this: this is the newest
            self._list.filter(typed)
        self.close(keep=True)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close(keep=False)
