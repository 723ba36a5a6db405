"""Which route reads a box: the best one that may be taken, first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from boxtui.errors import UnsupportedError
from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.ports import Engine
from boxtui.model.scan import FileRecord, Flag, Method
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.overlay_place import find_layers
from boxtui.persistence.overlay_walk import Layers
from boxtui.persistence.passwd import passwd_of_layers
from boxtui.persistence.route_diff import DiffRoute
from boxtui.persistence.route_overlay import overlay_records
from boxtui.persistence.watching import RouteRefusedError, Sight, Watch


@dataclass(frozen=True, slots=True)
class Route:
    """A way to read a box, ready to go."""

    method: Method
    records: Callable[[], Iterator[FileRecord]]
    unchecked: tuple[Flag, ...]
    """Flags that it cannot see."""
    passwd: bytes | None = None
    layers: Layers | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """What a route is given: the box, and what it may do."""

    engine: Engine
    container: Container
    info: EngineInfo
    boundary: Boundary
    watch: Watch
    sight: Sight
    allow_exec: bool = False
    allow_helper: bool = False
    refusals: list[str] = field(default_factory=list)


def choose(errand: Errand, method: Method | None = None) -> Route:
    """The first route that can read the box; UnsupportedError where the one asked for cannot."""
    for candidate, prepare in _ROUTES.items():
        if method is not None and candidate is not method:
            continue
        try:
            return prepare(errand)
        except RouteRefusedError as refusal:
            errand.refusals.append(f"{candidate}: {refusal}")
    raise UnsupportedError(
        f"no route can read {errand.container.name}", reason="; ".join(errand.refusals)
    )


def _overlay(errand: Errand) -> Route:
    layers = find_layers(errand.engine, errand.container, errand.info)
    return Route(
        Method.OVERLAY_DIR,
        lambda: overlay_records(layers, errand.watch, errand.sight),
        unchecked=(),
        passwd=passwd_of_layers(layers),
        layers=layers,
    )


def _diff(errand: Errand) -> Route:
    route = DiffRoute(errand.engine, errand.container, errand.boundary, errand.watch, errand.sight)
    unchecked = (Flag.LISTENER, Flag.GIT_UNCOMMITTED, Flag.GIT_UNPUSHED)
    return Route(Method.DIFF, lambda: iter(route), unchecked)


_ROUTES: dict[Method, Callable[[Errand], Route]] = {
    Method.OVERLAY_DIR: _overlay,
    Method.DIFF: _diff,
}
"""In the order in which they are tried."""
