"""Mounts: the paths of a box that live outside its writable layer."""

from dataclasses import dataclass
from enum import StrEnum


class MountKind(StrEnum):
    """What backs a mount, in the words of the JSON contract."""

    VOLUME = "volume"
    ANONYMOUS = "anonymous-volume"
    BIND = "bind"
    TMPFS = "tmpfs"
    CONFIG = "config"
    SECRET = "secret"  # noqa: S105 - a kind of mount, not a password


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount of one container."""

    kind: MountKind
    source: str | None
    """The volume's name, the bind's path on the engine's host, None for a tmpfs."""
    target: str
    read_only: bool
    driver: str | None = None
    host_path: str | None = None
    """Where the data lies on the engine's host, as the engine says it."""
