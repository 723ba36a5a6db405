"""What history tells of boxes over time, across their containers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """What happened to a box."""

    SEEN = "seen"
    SCAN = "scan"
    RECREATED = "recreated"
    REMOVED = "removed"
    OPERATION = "operation"
    BACKUP = "backup"
    RESTORE = "restore"


class Author(StrEnum):
    """Whose doing it was."""

    BOXTUI = "boxtui"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Lost:
    """What the last scan had found in the writable layer of a container that is gone."""

    bytes: int
    files: int
    paths: tuple[str, ...]
    """Worst first; the first few of many."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line of a box's timeline."""

    time: datetime
    kind: Happening
    box: str
    container_id: str | None
    image_id: str | None
    by: Author
    operation: str | None = None
    lost: Lost | None = None
    """None where nothing was lost, or nobody had scanned what was."""
    id: int = 0
    """What `History.mark_told` knows it by."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One container as it was last seen; `identity` names the box across its containers."""

    container_id: str
    identity: str
    box: str
    image_id: str
    image: str
    created: datetime
    first_seen: datetime
    last_seen: datetime
    removed: datetime | None = None
    """When it was first missed."""
