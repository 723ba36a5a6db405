"""The persistence map of the box selected: what lasts, what dies, and how much of it there is."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from boxtui.model.container import Container
from boxtui.tui import keymap
from boxtui.tui.render import mapview, tree, words
from boxtui.tui.render.tree import MapOrder, Node
from boxtui.tui.snapshot import Snapshot, Target
from boxtui.tui.spans import Line, Role, Span, spread
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab
from boxtui.tui.widgets.line_list import LineList, NoRows
from boxtui.tui.widgets.line_view import LineView

_LOW = 18
"""Below so many rows there is no room for words on the row chosen."""


class MapList(LineList):
    """The rows of the tree."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.MAP)]

    def action_perform(self, binding_id: str) -> None:
        tab = self.parent
        assert isinstance(tab, MapTab)
        if binding_id == "map.sort":
            tab.next_order()
        elif binding_id == "map.worst":
            tab.to_biggest_loss()
        else:
            super().action_perform(binding_id)


class MapTab(Tab):
    """The sentence, the tree, and words on the row chosen."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self.order = MapOrder.SIZE
        self.folded: frozenset[str] = frozenset()
        self.nodes: list[Node] = []
        self._snapshot = Snapshot()
        self._target: Target | None = None
        self._drawn: tuple[object, MapOrder] | None = None

    def compose(self) -> ComposeResult:
        yield LineView(classes="summary")
        yield MapList(classes="rows")
        yield LineView(classes="about")

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        if target != self._target:
            self.folded = frozenset()
        self._snapshot, self._target = snapshot, target
        box = snapshot.container(target)
        for view in self.query(LineView):
            view.painter.stale = snapshot.stale
        self._list.painter.stale = snapshot.stale
        self._draw_summary(box)
        self._draw_rows(box)
        self._draw_about()

    def focus_inside(self) -> None:
        self._list.focus()

    @property
    def _list(self) -> MapList:
        return self.query_one(MapList)

    @property
    def path(self) -> str | None:
        """The path of the row chosen."""
        node = self._node(self._list.key)
        return node.path if node is not None else None

    def _draw_summary(self, box: Container | None) -> None:
        view = self.query_one(".summary", LineView)
        if box is None:
            view.show((), fit_height=True)
            return
        width = max(20, self.size.width - 1)
        scan = self._snapshot.scans.get(box.id)
        age = words.ago(scan.scanned_at, self._snapshot.now) if scan else ""
        scanning = self._snapshot.scanning.get(box.id)
        error = self._snapshot.scan_errors.get(box.id, "")
        key = (Span("u", Role.KEY), Span(" cancel" if scanning else " scan", Role.MUTED))
        fresh = spread(mapview.freshness(scan, scanning, error, age), key, width)
        lines = mapview.summary(box, scan, now_line=fresh, width=width)
        view.show([(Span(" "), *line) for line in lines], fit_height=True)

    def _draw_rows(self, box: Container | None) -> None:
        if box is None:
            self.nodes = []
            self._list.show(NoRows(), empty=self._empty())
            return
        entries = self._snapshot.entries(box)
        if (entries, self.order) != self._drawn:
            self.nodes = tree.build(entries, self.order)
            self._drawn = (entries, self.order)
        whole = max((node.bytes for node in self.nodes), default=0)
        seen = list(tree.visible(self.nodes, self.folded))
        table = mapview.MapTable(seen, self.folded, whole, self.symbols)
        self._list.show(table, empty=_NO_MOUNTS)

    def _empty(self) -> list[Line]:
        if not self._snapshot.loaded:
            return [(Span(f"reading{self.symbols.ellipsis}", Role.MUTED),)]
        return [(Span("Select a box to see what of it lasts.", Role.MUTED),)]

    def _draw_about(self) -> None:
        view = self.query_one(".about", LineView)
        node = self._node(self._list.key)
        newest = node.entry.newest if node is not None and node.entry is not None else None
        age = words.ago(newest, self._snapshot.now) if newest else ""
        view.display = self.size.height >= _LOW
        lines = mapview.about(node, self.symbols, age)
        view.show([(Span(" "), *line) for line in lines])

    def _node(self, key: str | None) -> Node | None:
        return next(
            (n for n in tree.visible(self.nodes, frozenset()) if tree.row_key(n) == key), None
        )

    def next_order(self) -> None:
        """Sort siblings by the next of size, severity, path."""
        orders = list(MapOrder)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.draw(self._snapshot, self._target)
        self.notify(f"sorted by {self.order.value}", timeout=2)

    def to_biggest_loss(self) -> None:
        """Put the cursor on the entry whose loss would be the biggest."""
        nodes = [n for n in tree.visible(self.nodes, frozenset()) if n.entry and not n.mount]
        if nodes:
            worst = max(nodes, key=lambda n: (n.severity, n.bytes))
            self.folded = frozenset()
            self.draw(self._snapshot, self._target)
            self._list.select(tree.row_key(worst))

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        event.stop()
        self._draw_about()

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        event.stop()
        node = self._node(event.key)
        if node is None or not node.children:
            return
        closed = node.path not in self.folded if event.how == "open" else event.how == "fold"
        self.folded = self.folded | {node.path} if closed else self.folded - {node.path}
        self.draw(self._snapshot, self._target)

    def on_resize(self) -> None:
        self.draw(self._snapshot, self._target)


_NO_MOUNTS: list[Line] = [
    (Span("No mounts. A scan shows what the box's own layer holds.", Role.MUTED),)
]
