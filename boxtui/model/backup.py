"""Backups as the catalogue knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class BackupKind(StrEnum):
    """What was backed up."""

    BOX = "box"
    VOLUME = "volume"
    PATH = "path"
    PROJECT = "project"


class PartKind(StrEnum):
    """What one part of a backup holds."""

    VOLUME = "volume"
    OVERLAY = "overlay"
    BIND = "bind"
    CONFIG = "config"


class Consistency(StrEnum):
    """What was done to the writers while the backup was read."""

    LIVE = "live"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: a zstd-compressed tar."""

    name: str
    kind: PartKind
    source: str
    """The volume's name, the bind's path on the host, or the box's name."""
    file: str
    """The file's name beside the manifest."""
    sha256: str
    """Of the file as it is stored, in hex."""
    bytes: int
    """Of the tar before compression."""
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that the route could not read or keep as it was."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Backup:
    """One complete backup."""

    id: str
    kind: BackupKind
    target: str
    """The box, volume, BOX:PATH or project by name."""
    created: datetime
    location: str
    """The folder on this machine."""
    files: int
    """Names of every type in all parts."""
    bytes: int
    """Content of the regular files in all parts."""
    stored_bytes: int
    consistency: Consistency
    interrupted_s: float
    """How long the writers stood still."""
    parts: tuple[Part, ...]
    engine: str | None = None
    """The key of the engine it was taken from (EngineInfo.key)."""
    note: str = ""
    losses: tuple[Loss, ...] = ()
    changed: tuple[str, ...] = ()
    """Files that changed while they were read."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What a restore needs beside the parts, such as the image's digest; JSON."""
