"""Volumes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume; `bytes` is None until somebody has asked for sizes."""

    name: str
    driver: str
    mountpoint: str
    created: datetime | None
    anonymous: bool
    scope: str = "local"
    labels: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    bytes: int | None = None
