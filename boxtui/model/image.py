"""Images."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Image:
    """One image of the engine's store."""

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    created: datetime | None
    size: int
    """Bytes of all its layers."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def dangling(self) -> bool:
        """Whether no tag names it."""
        return not self.tags
