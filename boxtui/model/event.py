"""Events as the engine reports them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """One event: `kind` container|volume|image|network, `action` as the engine names it."""

    kind: str
    action: str
    id: str
    """The object's id; of a volume its name."""
    time_ns: int
    attributes: Mapping[str, str] = field(default_factory=dict)
