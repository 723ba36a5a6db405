"""What `ps` tells of each box, gathered with few and concurrent questions."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from boxtui.errors import NotFoundError
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK, Container
from boxtui.model.image import names, tag_moved
from boxtui.model.mount import MountKind
from boxtui.model.scan import Badge
from boxtui.model.volume import Volume

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core
    from boxtui.model.ports import Engine

_AT_ONCE = 8
"""Inspects under way at once: more gain nothing, and ssh hosts count them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One box, its container with details."""

    container: Container
    badge: Badge
    tag_moved: bool | None
    """None where its reference is no longer known to the engine."""
    operation: str | None
    """The id of the operation that holds it."""


@contextmanager
def _at_once() -> Iterator[ThreadPoolExecutor]:
    """Give threads for questions; whoever is interrupted does not wait for their answers."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(wait=sys.exc_info()[0] is None, cancel_futures=True)


def list_boxes(core: "Core", *, running_only: bool) -> list[Listed]:
    """Only what is listed is inspected; what goes away meanwhile is left out."""
    engine = core.engine
    with _at_once() as pool:
        info = pool.submit(lambda: core.info)
        images = pool.submit(engine.list_images)
        helpers = pool.submit(engine.list_containers, label=f"{TEMPORARY_LABEL}=1")
        listed = engine.list_containers(running_only=running_only)
        boxes = [c for c in listed if not c.temporary]
        detailed = [c for c in pool.map(lambda c: _inspect(engine, c), boxes) if c is not None]
        info.result()
        named = names(images.result())
        held = _holders(helpers.result())
    _remember(core, listed, complete=not running_only)
    badges = core.badges(detailed)
    return [Listed(c, badges[c.id], tag_moved(c, named), held.get(c.name)) for c in detailed]


def _inspect(engine: "Engine", container: Container) -> Container | None:
    try:
        return engine.inspect_container(container.id)
    except NotFoundError:
        return None


def _holders(helpers: Sequence[Container]) -> dict[str, str]:
    """The operations under way, by the names of the boxes they hold."""
    if not helpers:
        return {}
    from boxtui.operations.lock import among  # noqa: PLC0415 - hardly ever needed

    return {trace.box: trace.operation for trace in among(helpers)}


def _remember(core: "Core", listed: Sequence[Container], *, complete: bool) -> None:
    if complete:
        core.observe(listed)
    elif core.history.unfamiliar(core.info.key, listed):
        core.observe(core.engine.list_containers())


def list_volumes(engine: "Engine", *, sizes: bool) -> tuple[list[Volume], dict[str, list[str]]]:
    """All volumes, and the names of the boxes that use each, running or not."""
    with _at_once() as pool:
        containers = pool.submit(engine.list_containers)
        measured = pool.submit(engine.volume_sizes) if sizes else None
        volumes = [v for v in engine.list_volumes() if TEMPORARY_MARK not in v.name]
        used_by = users(containers.result())
        if measured is not None:
            held = measured.result()
            volumes = [replace(volume, bytes=held.get(volume.name)) for volume in volumes]
    return volumes, used_by


def users(containers: Iterable[Container]) -> dict[str, list[str]]:
    """Names of the boxes, running or not, that use each volume."""
    found: dict[str, set[str]] = {}
    for container in containers:
        for mount in container.mounts:
            if mount.kind in {MountKind.VOLUME, MountKind.ANONYMOUS} and mount.source:
                found.setdefault(mount.source, set()).add(container.name)
    return {volume: sorted(boxes) for volume, boxes in found.items()}
