"""Networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Network:
    """One network of the engine."""

    id: str
    name: str
    driver: str
    scope: str
    internal: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
