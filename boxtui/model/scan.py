"""The persistence map of one box: what a scan found and what each path survives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from boxtui.model.mount import MountKind


class Method(StrEnum):
    """The route by which a scan read the writable layer."""

    OVERLAY_DIR = "overlay-dir"
    IN_BOX = "in-box"
    HELPER = "helper"
    ARCHIVE = "archive"
    DIFF = "diff"


class PathClass(StrEnum):
    """What a path is to the box's owner."""

    AGENT = "agent"
    CRED = "cred"
    WORK = "work"
    DB = "db"
    SERVICE = "service"
    TOOL = "tool"
    PKG = "pkg"
    CACHE = "cache"
    LOG = "log"
    TEMP = "temp"
    NOISE = "noise"
    OTHER = "other"


class Flag(StrEnum):
    """What is remarkable about an entry."""

    SHADOWED = "shadowed"
    SIBLING_OF_MOUNT = "sibling-of-mount"
    SYMLINK_INTO_VOLUME = "symlink-into-volume"
    DELETED = "deleted"
    LISTENER = "listener"
    GIT_UNCOMMITTED = "git-uncommitted"
    GIT_UNPUSHED = "git-unpushed"
    DATABASE_ANONYMOUS = "database-anonymous"


class FileType(StrEnum):
    """What a name in the writable layer is."""

    FILE = "file"
    DIR = "dir"
    LINK = "link"
    OTHER = "other"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One name in the writable layer; sizes in bytes, None where the route cannot see them."""

    path: str
    """Absolute inside the box; bytes that are not UTF-8 as surrogate escapes."""
    type: FileType
    bytes: int | None = None
    """st_size of a regular file; 0 for the second name of an inode already counted."""
    allocated: int | None = None
    """st_blocks * 512."""
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None
    mtime: float | None = None
    """Seconds since the epoch."""
    target: str | None = None
    """Where a symbolic link points."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over everything beyond the base image; as `du`, `find` and `tar` would count."""

    bytes: int = 0
    allocated_bytes: int | None = 0
    files: int = 0
    directories: int = 0
    links: int = 0
    other: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Survival:
    """What a path survives; None where the event does not apply or nobody knows."""

    stop_start: bool | None = None
    engine_restart: bool | None = None
    reboot: bool | None = None
    recreate: bool | None = None
    remove: bool | None = None
    remove_volumes: bool | None = None
    compose_down: bool | None = None
    compose_down_volumes: bool | None = None
    image_update: bool | None = None
    system_prune: bool | None = None
    volume_prune: bool | None = None
    remount: bool | None = None

    @property
    def dots(self) -> tuple[bool | None, bool | None, bool | None, bool | None]:
        """The four dots of the screens: restart, recreate, `down -v` (else `rm -v`), prune."""
        down = self.compose_down_volumes
        return (
            self.stop_start,
            self.recreate,
            self.remove_volumes if down is None else down,
            self.volume_prune,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the map: a mount, or the topmost overlay path whose content is of one class."""

    path: str
    kind: MountKind | None
    """None for overlay content."""
    path_class: PathClass
    severity: int | None
    """0 (nothing lost) to 4 (cannot be made again); None while unclassified."""
    survives: Survival
    source: str | None = None
    driver: str | None = None
    read_only: bool | None = None
    bytes: int | None = None
    files: int | None = None
    newest: datetime | None = None
    detail: str | None = None
    reinstall: tuple[str, ...] | None = None
    """Commands or lists that make it again, such as ("npm install -g typescript@5.4",)."""
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What one class holds: bytes, files, and the highest severity of its rows."""

    bytes: int
    files: int
    severity: int | None


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The persistence map of one container at one moment."""

    container_id: str
    container_name: str
    method: Method
    scanned_at: datetime
    complete: bool
    unchecked: tuple[Flag, ...]
    totals: Totals
    classes: Mapping[PathClass, ClassTotal]
    summary: str
    entries: tuple[Entry, ...]
    at_risk_bytes: int = 0
    at_risk_files: int = 0
    written_bytes: int | None = None
    """The engine's own sum of the writable layer after the scan: another one means a change."""
    missing: tuple[str, ...] = ()
    """What could not be seen, in words; empty exactly where the scan is complete."""
    knowledge: str = ""
    """What was known of paths, as a fingerprint: another one judges the same box otherwise."""
    files: tuple[FileRecord, ...] | None = field(default=None, compare=False)
    """Every name found, only where it was asked for."""


class Verdict(StrEnum):
    """The badge of a box: `safe` only after a complete scan of this very container."""

    SAFE = "safe"
    AT_RISK = "at-risk"
    UNSCANNED = "unscanned"


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict with its figures; None while unscanned."""

    verdict: Verdict
    at_risk_bytes: int | None = None
    at_risk_files: int | None = None
    scanned_at: datetime | None = None
    reason: str = ""
