"""The detail of what is selected, in tabs that stand in the border's title.

To add a tab: a widget with `draw(snapshot, target)` that derives from `Tab`, with its id and title,
and its class in the list that the main screen hands to `DetailPane`. Where a tab makes sense for
some objects only, `Tab.fits` says so. Keys that hold in one tab alone are that widget's BINDINGS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from boxtui import formatting
from boxtui.tui.snapshot import Snapshot, Target


class Tab(Vertical):
    """One way to look at the object selected."""

    TAB_ID: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    @staticmethod
    def fits(snapshot: Snapshot, target: Target | None) -> bool:  # noqa: ARG004 - for those that ask
        """Whether there is anything to show of this object."""
        return True

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        """Show a newer snapshot, or another object; called while the tab is in sight only."""
        raise NotImplementedError

    def focus_inside(self) -> None:
        """Take the focus."""
        raise NotImplementedError

    def position(self) -> str:
        """Say where the cursor is, for the border."""
        return ""


class DetailPane(Vertical):
    """Shows one tab of several, of the object selected."""

    @dataclass
    class Turned(Message):
        """Another tab is in front."""

        pane: "DetailPane"
        tab: str

    def __init__(
        self,
        tabs: Sequence[Callable[[], Tab]],
        *,
        first: str,
        between: str,
        id: str,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id, classes="pane")
        self.tabs = [make() for make in tabs]
        self.current = next(tab for tab in self.tabs if first == tab.TAB_ID)
        self._between = between
        self._snapshot = Snapshot()
        self._target: Target | None = None

    def compose(self) -> ComposeResult:
        for tab in self.tabs:
            tab.display = tab is self.current
            yield tab

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        """Show a newer snapshot, or another object."""
        self._snapshot, self._target = snapshot, target
        if not self.current.fits(snapshot, target):
            self._turn(self._fitting()[0])
        self._entitle()
        if self.is_on_screen:
            self.current.draw(snapshot, target)

    def open(self, tab_id: str) -> None:
        """Bring a tab to the front, if it fits the object."""
        for tab in self._fitting():
            if tab_id == tab.TAB_ID:
                self._turn(tab)

    def step(self, by: int) -> None:
        """Turn to the next tab, or the one before."""
        fitting = self._fitting()
        at = fitting.index(self.current) if self.current in fitting else 0
        self._turn(fitting[(at + by) % len(fitting)])

    def focus_inside(self) -> None:
        """Give the focus to the tab in front."""
        self.current.focus_inside()

    @property
    def is_on_screen(self) -> bool:
        """Whether the pane has a place in the layout of this size."""
        return self.display and self.size.width > 0

    def _fitting(self) -> list[Tab]:
        return [t for t in self.tabs if t.fits(self._snapshot, self._target)] or self.tabs[:1]

    def _turn(self, tab: Tab) -> None:
        if tab is self.current:
            return
        had_focus = self.has_focus_within
        self.current.display = False
        self.current = tab
        tab.display = True
        self._entitle()
        tab.draw(self._snapshot, self._target)
        if had_focus:
            tab.focus_inside()
        self.post_message(self.Turned(self, tab.TAB_ID))

    def _entitle(self) -> None:
        parts = [Content(f"{self._object_name()} ")] if self._target is not None else []
        for index, tab in enumerate(self._fitting()):
            if index:
                parts.append(Content(f" {self._between} "))
            front = tab is self.current
            parts.append(Content.styled(tab.TITLE, "bold reverse" if front else ""))
        title = Content("").join(parts)
        if title != self._border_title:
            self.border_title = title

    def _object_name(self) -> str:
        box, volume = self._snapshot.container(self._target), self._snapshot.volume(self._target)
        if box is not None:
            return formatting.plain(box.name)
        return formatting.shorten(formatting.plain(volume.name), 24) if volume is not None else ""

    def on_show(self) -> None:
        self.current.draw(self._snapshot, self._target)

    def on_click(self, event: events.Click) -> None:
        """Turn to the tab whose title was clicked."""
        if event.widget is not self or event.y != 0:
            return
        x = 2 + len(self._object_name()) + (1 if self._target else 0)
        for tab in self._fitting():
            if x <= event.x <= x + len(tab.TITLE):
                self._turn(tab)
            x += len(tab.TITLE) + len(self._between) + 2
