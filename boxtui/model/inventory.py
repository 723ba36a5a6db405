"""Everything on screen, as one value that is replaced and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self, TypeVar

from boxtui.model.container import Container
from boxtui.model.event import EngineEvent
from boxtui.model.image import Image
from boxtui.model.network import Network
from boxtui.model.volume import Volume

_T = TypeVar("_T")

_GONE = {
    "container": frozenset({"destroy"}),
    "volume": frozenset({"destroy"}),
    "network": frozenset({"destroy", "remove"}),
    "image": frozenset({"delete"}),
}


@dataclass(frozen=True, slots=True)
class Inventory:
    """The engine's objects by id (volumes by name), operations' own containers left out."""

    containers: Mapping[str, Container] = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)

    def apply(self, event: EngineEvent) -> Self:
        """Drop what the event says is gone; what it says has changed must be read anew."""
        if event.action not in _GONE.get(event.kind, ()):
            return self
        match event.kind:
            case "container":
                return self.without_container(event.id)
            case "volume":
                return replace(self, volumes=_without(self.volumes, event.id))
            case "network":
                return replace(self, networks=_without(self.networks, event.id))
            case _:
                return replace(self, images=_without(self.images, event.id))

    def with_containers(self, seen: Iterable[Container]) -> Self:
        """Put in what was read anew, by id; an operation's own containers drop out."""
        merged = dict(self.containers)
        for container in seen:
            if container.temporary:
                merged.pop(container.id, None)
            else:
                merged[container.id] = container
        return replace(self, containers=MappingProxyType(merged))

    def without_container(self, container_id: str) -> Self:
        """Drop one container."""
        return replace(self, containers=_without(self.containers, container_id))

    def users_of(self, volume: str) -> tuple[Container, ...]:
        """Containers, running or not, that mount the volume, by name."""
        users = (c for c in self.containers.values() if any(m.source == volume for m in c.mounts))
        return tuple(sorted(users, key=lambda c: c.name))


def _without(mapping: Mapping[str, _T], key: str) -> Mapping[str, _T]:
    if key not in mapping:
        return mapping
    return MappingProxyType({k: v for k, v in mapping.items() if k != key})
