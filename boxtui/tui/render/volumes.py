"""The list of volumes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boxtui import formatting
from boxtui.model.container import Container
from boxtui.model.volume import Volume
from boxtui.tui.render import columns, words
from boxtui.tui.render.columns import Column, Layout
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols

_ANONYMOUS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class VolumeTable:
    """The rows with all that their cells need."""

    rows: Sequence[Volume]
    users: Mapping[str, tuple[Container, ...]]
    snapshot: Snapshot
    symbols: Symbols

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> str:
        return self.rows[index].name

    def head(self, width: int) -> Line:
        return (Span("  "), *columns.head(_layout(width - 2), width - 2))

    def line(self, index: int, width: int) -> Line:
        volume = self.rows[index]
        cells = self._cells(volume)
        laid = columns.row(_layout(width - 2), cells, width - 2, ellipsis=self.symbols.ellipsis)
        return (Span("  "), *laid)

    def _cells(self, volume: Volume) -> Mapping[str, Span]:
        size = self.snapshot.volume_bytes.get(volume.name, volume.bytes)
        return {
            "name": Span(name(volume), Role.MUTED if volume.anonymous else Role.PLAIN),
            "users": self._users(volume),
            "size": Span("" if size is None else formatting.size(size), Role.NUMBER),
            "age": Span(words.age(volume.created, self.snapshot.now), Role.MUTED),
            "driver": Span(formatting.plain(volume.driver), Role.MUTED),
        }

    def _users(self, volume: Volume) -> Span:
        users = self.users.get(volume.name, ())
        if not users:
            return Span("orphan", Role.RISK)
        names = ", ".join(formatting.plain(user.name) for user in users)
        return Span(names, Role.RISK if volume.anonymous else Role.MUTED)


def name(volume: Volume) -> str:
    """Give the name, or for an anonymous volume the head of it and what it is."""
    if volume.anonymous:
        return f"{volume.name[:_ANONYMOUS_SHOWN]} anonymous"
    return formatting.plain(volume.name)


def arrange(snapshot: Snapshot, needle: str = "") -> list[Volume]:
    """Choose and sort the rows: named ones first."""
    wanted = needle.lower()
    found = (v for v in snapshot.inventory.volumes.values() if wanted in v.name.lower())
    return sorted(found, key=lambda v: (v.anonymous, v.name))


def users(snapshot: Snapshot) -> dict[str, tuple[Container, ...]]:
    """Map each volume to the boxes that mount it, running or not."""
    found: dict[str, list[Container]] = {}
    for box in snapshot.inventory.containers.values():
        for source in {m.source for m in box.mounts if m.source is not None}:
            found.setdefault(source, []).append(box)
    return {name: tuple(sorted(boxes, key=lambda c: c.name)) for name, boxes in found.items()}


def _layout(width: int) -> Layout:
    table = (
        Column("name", "NAME", 18, 36),
        Column("users", "USED BY", 12, 40),
        Column("size", "SIZE", 8, 8, right=True),
        Column("age", "AGE", 4, 4, rank=1, right=True),
        Column("driver", "DRIVER", 6, 10, rank=2),
    )
    return columns.allot(table, width)
