"""The lists on the left: boxes and volumes."""

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content

from boxtui.model import image as images
from boxtui.tui.render import boxes, volumes
from boxtui.tui.render.boxes import Group, Order
from boxtui.tui.snapshot import ObjectKind, Snapshot, Target
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets import bordering
from boxtui.tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxtui.model.image import Image


class ObjectList(LineList):
    """A list of the engine's objects: filtered, grey while the engine is away."""

    NAME: ClassVar[str] = ""
    KIND: ClassVar[ObjectKind]

    def __init__(self, symbols: Symbols, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="pane")
        self.symbols = symbols
        self.snapshot = Snapshot()
        self.needle = ""
        self.border_title = self.NAME

    @property
    def target(self) -> Target | None:
        """The object under the cursor, or the project whose head it is."""
        if self.key is None:
            return None
        project = self.key.removeprefix("project:")
        if project != self.key:
            return Target(ObjectKind.PROJECT, project)
        return Target(self.KIND, self.key)

    def draw(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot."""
        self.snapshot = snapshot
        self.painter.stale = snapshot.stale
        self.rebuild()

    def filter(self, needle: str) -> None:
        """Keep the rows in which a text is found; "" for all."""
        self.needle = needle
        self.rebuild()

    def rebuild(self) -> None:
        """Make the rows anew from what is known."""
        raise NotImplementedError

    def title(self, *notes: str) -> None:
        """Say in the border how the list is filtered and sorted."""
        found = [f"/{self.needle}"] if self.needle else []
        text = f" {self.symbols.between} ".join([self.NAME, *notes, *found])
        bordering.entitle(self, Content(text))

    def nothing(self, instead: list[Line]) -> list[Line]:
        """Say honestly why there is no row."""
        if not self.snapshot.loaded:
            if self.snapshot.stale:
                return [(Span("The engine has not answered yet.", Role.MUTED),)]
            return [(Span(f"reading{self.symbols.ellipsis}", Role.MUTED),)]
        if self.needle:
            return [(Span("Nothing fits the filter. Esc clears it.", Role.MUTED),)]
        return instead


class BoxesList(ObjectList):
    """Boxes, grouped by project or sorted."""

    NAME = "Boxes"
    KIND = ObjectKind.CONTAINER

    def __init__(self, symbols: Symbols, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(symbols, id=id)
        self.order = Order.NAME
        self.folded: frozenset[str] = frozenset()
        self._images: Mapping[str, Image] = {}
        self._named: dict[str, str] = {}

    def next_order(self) -> None:
        """Sort by the next order there is."""
        orders = list(Order)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.rebuild()

    def toggle_worst(self) -> None:
        """Sort by what would be lost, or by name again."""
        self.order = Order.NAME if self.order is Order.WORST else Order.WORST
        self.rebuild()
        if self.order is Order.WORST:
            self.move_to(0)

    def reveal(self, box_id: str) -> None:
        """Put the cursor on a box, unfolding its project and dropping a filter that hides it."""
        box = self.snapshot.inventory.containers.get(box_id)
        if box is None:
            return
        self.needle = ""
        if box.project is not None:
            self.folded -= {box.project}
        self.rebuild()
        self.select(box_id)

    def fold(self, project: str, *, closed: bool | None = None) -> None:
        """Hide or show a project's boxes; None for the other of the two."""
        if closed is None:
            closed = project not in self.folded
        self.folded = self.folded | {project} if closed else self.folded - {project}
        self.rebuild()

    def rebuild(self) -> None:
        rows = boxes.arrange(self.snapshot, self.order, self.needle, self.folded)
        if self.snapshot.inventory.images is not self._images:
            self._images = self.snapshot.inventory.images
            self._named = images.names(self._images.values())
        names = (len(row.name) for row in rows if not isinstance(row, Group))
        table = boxes.BoxTable(
            rows=rows,
            snapshot=self.snapshot,
            symbols=self.symbols,
            named=self._named,
            name_width=max(names, default=0),
        )
        self.title(*([] if self.order is Order.NAME else [self.order.value]))
        self.show(table, empty=self.nothing(_NO_BOXES))


class VolumesList(ObjectList):
    """Volumes, named ones first."""

    NAME = "Volumes"
    KIND = ObjectKind.VOLUME

    def rebuild(self) -> None:
        table = volumes.VolumeTable(
            rows=volumes.arrange(self.snapshot, self.needle),
            users=volumes.users(self.snapshot),
            snapshot=self.snapshot,
            symbols=self.symbols,
        )
        self.title()
        self.show(table, empty=self.nothing(_NO_VOLUMES))


_NO_BOXES: list[Line] = [
    (Span("No boxes here."),),
    (Span("boxtui demo", Role.KEY), Span(" makes some; ", Role.MUTED)),
    (Span("-c", Role.KEY), Span(" picks another context.", Role.MUTED)),
]
_NO_VOLUMES: list[Line] = [(Span("No volumes here.", Role.MUTED),)]
