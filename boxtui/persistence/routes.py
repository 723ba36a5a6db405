"""Which route reads a box: the best one that may be taken, first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from boxtui.errors import ReadOnlyError, UnsupportedError
from boxtui.model.scan import FileRecord, Method
from boxtui.persistence.errand import Errand, RouteRefusedError
from boxtui.persistence.find_output import Found
from boxtui.persistence.overlay_place import find_layers
from boxtui.persistence.overlay_walk import Layers
from boxtui.persistence.passwd import passwd_of_box, passwd_of_layers
from boxtui.persistence.route_diff import DiffRoute
from boxtui.persistence.route_find import FindRoute, in_box, in_helper
from boxtui.persistence.route_overlay import overlay_records


@dataclass(frozen=True, slots=True)
class Route:
    """A way to read a box, ready to go."""

    method: Method
    records: Callable[[], Iterator[FileRecord]]
    passwd: bytes | None = None
    layers: Layers | None = None


def choose(errand: Errand, method: Method | None = None) -> Route:
    """The first route that can read the box; UnsupportedError where the one asked for cannot."""
    for candidate, prepare in _ROUTES.items():
        if method is not None and candidate is not method:
            continue
        try:
            return prepare(errand)
        except (RouteRefusedError, ReadOnlyError) as refusal:
            errand.refusals.append(f"{candidate}: {refusal}")
    raise UnsupportedError(
        f"no route can read {errand.container.name}", reason="; ".join(errand.refusals)
    )


def _overlay(errand: Errand) -> Route:
    layers = find_layers(errand.engine, errand.container, errand.info)
    return Route(
        Method.OVERLAY_DIR,
        lambda: overlay_records(layers, errand.watch, errand.sight),
        passwd=passwd_of_layers(layers),
        layers=layers,
    )


def _in_box(errand: Errand) -> Route:
    if not errand.allow_exec:
        raise RouteRefusedError("nothing may be run in the box")
    found = in_box(errand)
    return _find(errand, Method.IN_BOX, found, sees_hidden=False)


def _helper(errand: Errand) -> Route:
    if not errand.allow_helper:
        raise RouteRefusedError("no helper may be started")
    found = in_helper(errand)
    return _find(errand, Method.HELPER, found, sees_hidden=True)


def _find(
    errand: Errand, method: Method, found: Mapping[str, Found], *, sees_hidden: bool
) -> Route:
    route = FindRoute(errand, found, sees_hidden=sees_hidden)
    return Route(method, lambda: iter(route))


def _archive(errand: Errand) -> Route:
    if errand.container.running:
        raise RouteRefusedError("an archive would lock a running box")
    route = DiffRoute(errand, archives=True)
    return Route(Method.ARCHIVE, lambda: iter(route), passwd=passwd_of_box(errand))


def _diff(errand: Errand) -> Route:
    route = DiffRoute(errand)
    return Route(Method.DIFF, lambda: iter(route))


_ROUTES: dict[Method, Callable[[Errand], Route]] = {
    Method.OVERLAY_DIR: _overlay,
    Method.HELPER: _helper,
    Method.IN_BOX: _in_box,
    Method.ARCHIVE: _archive,
    Method.DIFF: _diff,
}
"""In the order in which they are tried."""
