"""Inspect: the engine's own document on the object, folded, searchable, its secrets masked."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from boxtui import formatting
from boxtui.tui import keymap
from boxtui.tui.messages import DocumentWanted
from boxtui.tui.render import document
from boxtui.tui.render.document import Document, Item
from boxtui.tui.snapshot import Reading, Snapshot, Target
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_list import LineList, NoRows

_FOLDED_AT_FIRST = 1
"""Tables at this depth are closed when a document opens: the top is seen whole."""


class DocumentList(LineList):
    """The lines of the document."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.DOCUMENT)]

    def action_perform(self, binding_id: str) -> None:
        tab = self.parent
        assert isinstance(tab, InspectTab)
        if not tab.perform(binding_id):
            super().action_perform(binding_id)


class InspectTab(Tab):
    """The document and its search."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self.folded: frozenset[str] = frozenset()
        self.needle = ""
        self.reveal = False
        self._snapshot = Snapshot()
        self._target: Target | None = None
        self._object: object = None
        self._reading: Reading | None = None
        self._items: list[Item] = []

    def compose(self) -> ComposeResult:
        yield DocumentList(classes="rows")
        search = Field(self._found, placeholder="search", classes="search")
        search.display = False
        yield search

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        another = target != self._target
        now = snapshot.container(target) or snapshot.volume(target)
        if target is not None and (another or now is not self._object) and not snapshot.stale:
            self.post_message(DocumentWanted(target))
        self._snapshot, self._target, self._object = snapshot, target, now
        if another:
            self.reveal, self.needle = False, ""
        self._list.painter.stale = snapshot.stale
        reading = snapshot.documents.get(target) if target is not None else None
        if reading is not self._reading or another:
            fresh = another or self._reading is None or self._reading.document is None
            self._reading = reading
            self._make_items(fold=fresh)
        self._show()

    def focus_inside(self) -> None:
        self._list.focus()

    @property
    def _list(self) -> DocumentList:
        return self.query_one(DocumentList)

    def _make_items(self, *, fold: bool) -> None:
        found = self._reading.document if self._reading is not None else None
        self._items = list(document.flatten(found or {}, reveal=self.reveal))
        if fold:
            self.folded = frozenset(
                i.path for i in self._items if i.children and i.depth >= _FOLDED_AT_FIRST
            )

    def _show(self) -> None:
        if self._reading is None or self._reading.document is None:
            self._list.show(NoRows(), empty=self._why_empty())
            return
        seen = document.hidden_by(self._items, self.folded)
        self._list.show(Document(seen, self.folded, self.needle, self.symbols))

    def _why_empty(self) -> list[Line]:
        if self._target is None:
            return [(Span("Select something to inspect it.", Role.MUTED),)]
        if self._reading is not None and self._reading.error:
            return [(Span(formatting.plain(self._reading.error), Role.BROKEN),)]
        return [(Span(f"reading{self.symbols.ellipsis}", Role.MUTED),)]

    def perform(self, binding_id: str) -> bool:
        """Do what `keymap.DOCUMENT` names; False where it is something else."""
        match binding_id:
            case "document.search":
                search = self.query_one(Field)
                search.display = True
                self.screen.set_focus(search)
            case "document.next":
                self._to_hit(1)
            case "document.previous":
                self._to_hit(-1)
            case "document.reveal":
                self.reveal = not self.reveal
                self._make_items(fold=False)
                self._show()
            case "document.fold-all":
                folds = frozenset(i.path for i in self._items if i.children)
                self.folded = frozenset() if self.folded else folds
                self._show()
            case _:
                return False
        return True

    def _to_hit(self, by: int) -> None:
        found = document.hits(self._items, self.needle) if self.needle else []
        if not found:
            self.notify("nothing to go to: search with /", timeout=2)
            return
        order = {item.path: at for at, item in enumerate(self._items)}
        here = order.get(self._list.key or "", 0)
        if by > 0:
            goal = next((path for path in found if order[path] > here), found[0])
        else:
            goal = next((path for path in reversed(found) if order[path] < here), found[-1])
        self.folded -= frozenset(document.holders(goal))
        self._show()
        self._list.select(goal)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.needle = event.value
        self._show()

    def _found(self, typed: str) -> None:
        self.query_one(Field).display = False
        self.screen.set_focus(self._list)
        self.needle = typed
        self._show()
        self._to_hit(1)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        event.stop()

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()
        closed = event.key not in self.folded if event.how == "open" else event.how == "fold"
        self.folded = self.folded | {event.key} if closed else self.folded - {event.key}
        self._show()
