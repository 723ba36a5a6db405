"""What the screens show: one frozen value that is replaced whenever something has changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.inventory import Inventory
from boxtui.model.operation import BytesProgress, Operation, OperationState
from boxtui.model.scan import Badge, Entry, ScanResult, Verdict
from boxtui.model.volume import Volume

if TYPE_CHECKING:
    from boxtui.holder.client import HeldTerminal


class LinkState(StrEnum):
    """How things stand between the console and the engine."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Link:
    """The connection to the engine; `reason` says why it is not live."""

    state: LinkState = LinkState.CONNECTING
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scanning:
    """A scan under way: names seen so far, and bytes where the route counts them."""

    files: int = 0
    bytes: int | None = None
    waiting: bool = False
    """Queued behind another scan."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The engine's own document on an object, or why there is none; both empty while it is read."""

    document: Mapping[str, Any] | None = None
    error: str = ""


class ObjectKind(StrEnum):
    """What can be selected and acted on."""

    CONTAINER = "container"
    VOLUME = "volume"
    PROJECT = "project"
    """Known by its name."""


@dataclass(frozen=True, slots=True)
class Target:
    """The object that is selected: by id, never by its row."""

    kind: ObjectKind
    id: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the panes draw from; mappings are by container id (sizes by volume name)."""

    where: str = ""
    """The host or context in use, as people name it."""
    read_only: bool = False
    engine: EngineInfo | None = None
    link: Link = Link()
    inventory: Inventory = field(default_factory=Inventory)
    loaded: bool = False
    """Whether a first list has arrived: before it, empty means "reading"."""
    badges: Mapping[str, Badge] = field(default_factory=dict)
    scans: Mapping[str, ScanResult] = field(default_factory=dict)
    mounts: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """What the mounts alone tell of a box, as rows of its map."""
    scanning: Mapping[str, Scanning] = field(default_factory=dict)
    scan_errors: Mapping[str, str] = field(default_factory=dict)
    volume_bytes: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[Target, Reading] = field(default_factory=dict)
    terminals: "tuple[HeldTerminal, ...]" = ()
    """Those held for this user, on every engine."""
    operations: tuple[Operation, ...] = ()
    moved: Mapping[str, BytesProgress] = field(default_factory=dict)
    """By the id of an operation under way: how far its present step has come."""
    """Newest first."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def stale(self) -> bool:
        """Whether what is shown may no longer be true."""
        return self.link.state is LinkState.OFFLINE

    def container(self, target: Target | None) -> Container | None:
        """Give the container meant, if it is one and is still there."""
        if target is None or target.kind is not ObjectKind.CONTAINER:
            return None
        return self.inventory.containers.get(target.id)

    def volume(self, target: Target | None) -> Volume | None:
        """Give the volume meant, if it is one and is still there."""
        if target is None or target.kind is not ObjectKind.VOLUME:
            return None
        return self.inventory.volumes.get(target.id)

    def badge(self, container_id: str) -> Badge:
        """Give the verdict on a box; unscanned where nobody has judged it yet."""
        return self.badges.get(container_id) or Badge(Verdict.UNSCANNED)

    def busy(self, object_id: str) -> Operation | None:
        """Give the operation that holds an object, if one does."""
        for operation in self.operations:
            if operation.object_id == object_id and operation.state is OperationState.RUNNING:
                return operation
        return None

    def terminals_in(self, target: Target | None) -> "list[HeldTerminal]":
        """Give the terminals of a box, oldest first; those too of its container before this one."""
        box = self.container(target)
        if box is None:
            return []
        return [t for t in self.terminals if t.container == box.id or self._was_of(t, box)]

    def _was_of(self, terminal: "HeldTerminal", box: Container) -> bool:
        engine = self.engine
        here = (engine.context or engine.host) if engine is not None else None
        gone = terminal.container not in self.inventory.containers
        return gone and terminal.box == box.name and terminal.endpoint == here

    def entries(self, box: Container) -> tuple[Entry, ...]:
        """Give the rows of a box's map: those of its last scan, else what its mounts alone tell."""
        scan = self.scans.get(box.id)
        return scan.entries if scan is not None else self.mounts.get(box.id, ())
