"""What a burst of events asks to be read anew, and how that joins what is known already."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from boxtui.model.container import Container
from boxtui.model.event import EngineEvent
from boxtui.model.inventory import Inventory
from boxtui.model.mount import MountKind

_IMAGE_FROM_CONTAINER = "commit"
"""Of a container, yet it is an image that is new."""


@dataclass(slots=True)
class Touched:
    """Objects that a burst of events says have changed."""

    containers: set[str] = field(default_factory=set)
    volumes: bool = False
    images: bool = False
    networks: bool = False

    def note(self, event: EngineEvent) -> None:
        """Add what one event touches."""
        match event.kind:
            case "container":
                self.containers.add(event.id)
                self.images |= event.action == _IMAGE_FROM_CONTAINER
            case "volume":
                self.volumes |= event.action == "create"
            case "image":
                self.images = True
            case "network":
                member = event.attributes.get("container")
                if member:
                    self.containers.add(member)
                else:
                    self.networks |= event.action == "create"


def refreshed(
    inventory: Inventory, asked: Iterable[str], seen: Iterable[Container], wanted: Iterable[str]
) -> Inventory:
    """Put in what a filtered list has shown of the ids asked for; those it has not are gone.

    Details of a wanted container are kept until they are read anew, of others they are dropped.
    """
    kept = set(wanted)
    found = {c.id: c for c in seen}
    for container_id in asked:
        if container_id not in found and container_id in inventory.containers:
            inventory = inventory.without_container(container_id)
    changed = []
    for container in found.values():
        old = inventory.containers.get(container.id)
        new = carried(old, container) if old is not None and container.id in kept else container
        if new != old:
            changed.append(new)
    return inventory.with_containers(changed) if changed else inventory


def carried(old: Container, new: Container) -> Container:
    """Take over what only inspect tells: the details, and tmpfs mounts that lists leave out."""
    targets = {m.target for m in new.mounts}
    unlisted = tuple(m for m in old.mounts if m.kind is MountKind.TMPFS and m.target not in targets)
    return replace(new, details=old.details, mounts=new.mounts + unlisted)


def inspected(inventory: Inventory, container: Container) -> Inventory:
    """Put details in; the list's own words stay where inspect has none, such as `status`."""
    listed = inventory.containers.get(container.id)
    if listed is None:
        return inventory
    merged = replace(listed, details=container.details, mounts=container.mounts)
    return inventory if merged == listed else inventory.with_containers([merged])


def resynced(old: Inventory, seen: Iterable[Container]) -> Inventory:
    """Give the truth after a full list; details stay with containers whose line has not changed."""
    return replace(old, containers={}).with_containers(
        _unchanged(old.containers.get(c.id), c) for c in seen
    )


def _unchanged(old: Container | None, new: Container) -> Container:
    if old is None or old.details is None or old.state is not new.state:
        return new
    return carried(old, new)
