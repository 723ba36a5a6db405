"""What became of boxes between two looks at an engine; pure.

A box is known across its containers by its compose project, service and number, otherwise by its
name, on one engine. An engine's ID alone is no identity: clones share it; callers keep sightings
apart by `EngineInfo.key`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from boxtui.model.container import BASE_ID_LABEL, Container
from boxtui.model.timeline import Author, Sighting

_NUMBER = "com.docker.compose.container-number"
_ONE_OFF = "com.docker.compose.oneoff"
_REPLACES = "com.docker.compose.replace"


def identity(container: Container) -> str:
    """What a box keeps when its container is replaced."""
    labels = container.labels
    if container.service is None or labels.get(_ONE_OFF, "").lower() == "true":
        return f"name:{container.name}"
    return f"compose:{container.project}/{container.service}/{labels.get(_NUMBER, '1')}"


class Replaced(NamedTuple):
    """A box that came back in another container."""

    old: Sighting
    new: Container
    by: Author


@dataclass(frozen=True, slots=True)
class Differences:
    """What is new, what came back with another id, what is gone, what goes by another name.

    Undecided is a box that an operation under way has put in another's place: it may yet go back.
    """

    new: tuple[Container, ...] = ()
    replaced: tuple[Replaced, ...] = ()
    gone: tuple[Sighting, ...] = ()
    renamed: tuple[Container, ...] = ()
    undecided: tuple[Container, ...] = ()


def compare(
    known: Iterable[Sighting],
    present: Iterable[Container],
    *,
    ours: Mapping[str, str] | None = None,
) -> Differences:
    """Compare the sightings of one engine, removed ones included, with all its containers now.

    `ours` maps the ids of containers that boxtui made to the ids of those they replaced.
    """
    there = list(present)
    sightings = {s.container_id: s for s in known}
    boxes = {c.id: c for c in there if not c.temporary}
    aside = {sightings[c.id].identity for c in there if c.temporary and c.id in sightings}
    unknown = [c for c in boxes.values() if c.id not in sightings and identity(c) not in aside]
    replaced = tuple(
        Replaced(old, container, _author(old, container, ours or {}))
        for container in unknown
        if (old := _predecessor(container, sightings.values(), boxes, ours or {})) is not None
    )
    came_back = {r.new.id for r in replaced}
    ids = {c.id for c in there}
    return Differences(
        new=tuple(c for c in unknown if c.id not in came_back),
        replaced=replaced,
        gone=tuple(
            s for s in sightings.values() if s.removed is None and s.container_id not in ids
        ),
        renamed=tuple(
            c
            for c in boxes.values()
            if (s := sightings.get(c.id)) is not None
            and (s.box != c.name or s.identity != identity(c) or s.removed is not None)
        ),
        undecided=tuple(
            c for c in boxes.values() if c.id not in sightings and identity(c) in aside
        ),
    )


def _predecessor(
    container: Container,
    sightings: Collection[Sighting],
    boxes: Mapping[str, Container],
    ours: Mapping[str, str],
) -> Sighting | None:
    replaced_by_us = ours.get(container.id)
    wanted = identity(container)
    former = [s for s in sightings if s.identity == wanted or s.container_id == replaced_by_us]
    if not former:
        return None
    last = max(former, key=lambda s: (s.container_id == replaced_by_us, s.created))
    if last.container_id in boxes:
        # it lives on under another name: this one is a newcomer that took the name over
        return None
    return None if _scaled(container, last, sightings, boxes) else last


def _scaled(
    container: Container,
    last: Sighting,
    sightings: Collection[Sighting],
    boxes: Mapping[str, Container],
) -> bool:
    """Whether a service was scaled down and up again.

    Compose says whom a container replaces where it replaces one; where it does not, and another
    instance of the service has lived on since before, the service itself was never recreated.
    """
    if not last.identity.startswith("compose:") or container.labels.get(_REPLACES):
        return False
    service = last.identity.rpartition("/")[0]
    return any(
        s.container_id in boxes
        and s.identity != last.identity
        and s.identity.rpartition("/")[0] == service
        for s in sightings
    )


def _author(old: Sighting, new: Container, ours: Mapping[str, str]) -> Author:
    if ours.get(new.id) == old.container_id:
        return Author.BOXTUI
    # a remount by someone with another state folder: made from a commit, and labelled so
    remounted = BASE_ID_LABEL in new.labels and new.image_id != old.image_id
    return Author.BOXTUI if remounted else Author.OUTSIDE
