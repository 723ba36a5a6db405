"""The detail of what is selected, in tabs that stand in the border's title.

To add a tab: a widget that derives from `Tab`, and a `TabSpec` for it in `widgets/tabs.py`. The
spec says for which objects the tab makes sense; the widget is imported and made once the first
list is on screen. Keys that hold in one tab alone are BINDINGS of the widget that has its focus.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from boxtui import formatting
from boxtui.tui.snapshot import ObjectKind, Snapshot, Target
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets import bordering

_NAME_CELLS = 24


class Tab(Vertical):
    """One way to look at the object selected."""

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        """Show a newer snapshot, or another object; called while the tab is in sight only."""
        raise NotImplementedError

    def focus_inside(self) -> None:
        """Take the focus."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class TabSpec:
    """A tab before it is made."""

    id: str
    title: str
    make: Callable[[Symbols], Tab]
    fits: Callable[[Snapshot, Target | None], bool]
    """Whether there is anything to show of this object."""
    news: Callable[[Snapshot, Target | None, Symbols], str] = lambda *_: ""
    """What stands behind the title, such as the mark of something unseen."""


class DetailPane(Vertical):
    """Shows one tab of several, of the object selected."""

    @dataclass
    class Turned(Message):
        """Another tab is in front."""

        pane: "DetailPane"
        tab: str

    def __init__(self, specs: Sequence[TabSpec], symbols: Symbols, *, first: str, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="pane")
        self.specs = specs
        self.tab_id = self._chosen = first
        self.symbols = symbols
        self._tabs: dict[str, Tab] = {}
        self._snapshot = Snapshot()
        self._target: Target | None = None

    async def complete(self) -> None:
        """Make the tabs."""
        if self._tabs:
            return
        tabs = {spec.id: spec.make(self.symbols) for spec in self.specs}
        for tab_id, tab in tabs.items():
            tab.display = tab_id == self.tab_id
        await self.mount_all(tabs.values())
        self._tabs = tabs
        self.draw(self._snapshot, self._target)

    @property
    def current(self) -> Tab | None:
        """The tab in front; None until it is made, and once it is being taken down."""
        tab = self._tabs.get(self.tab_id)
        return tab if tab is not None and tab.children else None

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        """Show a newer snapshot, or another object."""
        self._snapshot, self._target = snapshot, target
        ids = [spec.id for spec in self._fitting()]
        # a tab that fits one object and not the next comes back with the one after
        self._turn(self._chosen if self._chosen in ids else ids[0])
        self._entitle()
        if self.current is not None and self.display and self.size.width:
            self.current.draw(snapshot, target)

    def open(self, tab_id: str) -> None:
        """Bring a tab to the front, if it fits the object."""
        if tab_id in {spec.id for spec in self._fitting()}:
            self._chosen = tab_id
            self._turn(tab_id)

    def step(self, by: int) -> None:
        """Turn to the next tab, or the one before."""
        ids = [spec.id for spec in self._fitting()]
        at = ids.index(self.tab_id) if self.tab_id in ids else 0
        self.open(ids[(at + by) % len(ids)])

    def focus_inside(self) -> None:
        """Give the focus to the tab in front."""
        if self.current is not None:
            self.current.focus_inside()

    def _fitting(self) -> list[TabSpec]:
        found = [spec for spec in self.specs if spec.fits(self._snapshot, self._target)]
        return found or [self.specs[0]]

    def _turn(self, tab_id: str) -> None:
        if tab_id == self.tab_id:
            return
        had_focus = self.has_focus_within
        before, self.tab_id = self.current, tab_id
        self._entitle()
        if before is not None and self.current is not None:
            before.display = False
            self.current.display = True
            self.current.draw(self._snapshot, self._target)
        if had_focus:
            self.focus_inside()
        self.post_message(self.Turned(self, tab_id))

    def _entitle(self) -> None:
        name = self._object_name()
        parts = [Content(f"{name} ")] if name else []
        for index, spec in enumerate(self._fitting()):
            if index:
                parts.append(Content(f" {self.symbols.between} "))
            style = "bold underline $primary" if spec.id == self.tab_id else ""
            parts.append(Content.styled(self._title(spec), style))
        bordering.entitle(self, Content("").join(parts))

    def _title(self, spec: TabSpec) -> str:
        return spec.title + spec.news(self._snapshot, self._target, self.symbols)

    def _object_name(self) -> str:
        box, volume = self._snapshot.container(self._target), self._snapshot.volume(self._target)
        found = box or volume
        name = formatting.plain(found.name) if found is not None else ""
        if self._target is not None and self._target.kind is ObjectKind.PROJECT:
            name = formatting.plain(self._target.id)
        return formatting.shorten(name, _NAME_CELLS, ellipsis=self.symbols.ellipsis)

    def on_show(self) -> None:
        self.draw(self._snapshot, self._target)

    def on_click(self, event: events.Click) -> None:
        """Turn to the tab whose title was clicked."""
        if event.widget is not self or event.y != 0:
            return
        name = self._object_name()
        x = 2 + (len(name) + 1 if name else 0)
        for spec in self._fitting():
            if x <= event.x <= x + len(self._title(spec)):
                self.open(spec.id)
            x += len(self._title(spec)) + len(self.symbols.between) + 2
