"""A second look at what was found, where this machine or the box can be looked into."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from boxtui.model.container import State
from boxtui.model.mount import MountKind
from boxtui.model.scan import Entry, Flag, PathClass
from boxtui.persistence import beneath
from boxtui.persistence.boundary import ancestors
from boxtui.persistence.errand import Errand, RouteRefusedError
from boxtui.persistence.flags import mark
from boxtui.persistence.fold import SYSTEM, Fold
from boxtui.persistence.git_in_box import git_flags_in_box
from boxtui.persistence.git_work import git_flags
from boxtui.persistence.listeners import listeners_of, mark_listeners
from boxtui.persistence.overlay_place import root_process
from boxtui.persistence.reinstall import with_lists
from boxtui.persistence.route_find import measure_in_box
from boxtui.persistence.routes import Route

_MOST_REPOSITORIES = 200
_WORKED_IN = frozenset(
    {PathClass.WORK, PathClass.SERVICE, PathClass.OTHER, PathClass.AGENT, PathClass.CRED}
)
"""Classes in which a repository is somebody's work; a toolchain's is not."""

_FORGETFUL = frozenset({MountKind.ANONYMOUS, MountKind.TMPFS})


def look_closer(
    errand: Errand, route: Route, fold: Fold, entries: Sequence[Entry]
) -> tuple[list[Entry], tuple[Flag, ...]]:
    """The entries with the flags that only a second look gives, and the flags nobody could see."""
    unchecked: list[Flag] = []
    local = route.layers is not None
    listeners = listeners_of(
        errand.engine, errand.container, local=local, allow_exec=errand.allow_exec
    )
    rows = list(entries)
    if listeners is None:
        unchecked.append(Flag.LISTENER)
    else:
        rows = mark_listeners(rows, listeners, SYSTEM | fold.homes)
    if route.layers is not None:
        rows = with_lists(rows, route.layers)
    rows, seen = _mark_repositories(errand, route, fold, rows)
    if not seen:
        unchecked += [Flag.GIT_UNCOMMITTED, Flag.GIT_UNPUSHED]
    return rows, tuple(unchecked)


def _mark_repositories(
    errand: Errand, route: Route, fold: Fold, rows: list[Entry]
) -> tuple[list[Entry], bool]:
    """Whether all repositories could be looked into, too."""
    in_box = errand.allow_exec and errand.container.state is State.RUNNING
    if route.layers is None and not in_box:
        return rows, False
    seen = len(fold.repositories) <= _MOST_REPOSITORIES
    for path in fold.repositories[:_MOST_REPOSITORIES]:
        errand.watch.check()
        holder = _holder(rows, f"{path}/.git")
        if holder is None or holder.path_class not in _WORKED_IN:
            continue
        flags = _git_flags(errand, route, path)
        if flags is None:
            seen = False
            continue
        for flag in sorted(flags):
            rows = _flagged(rows, holder.path, flag)
    return rows, seen


def _git_flags(errand: Errand, route: Route, path: str) -> set[Flag] | None:
    if route.layers is None:
        return git_flags_in_box(errand.engine, errand.container.id, path)
    root = _root(errand, route, path)
    return git_flags(root, path) if root is not None else None


def _flagged(rows: list[Entry], path: str, flag: Flag) -> list[Entry]:
    return mark(rows, flag, lambda entry: "" if entry.path == path else None)


def _holder(rows: Iterable[Entry], path: str) -> Entry | None:
    """The entry in which a path lies, or the first that lies in it."""
    above = {path, *ancestors(path)}
    for entry in rows:
        if Flag.SHADOWED not in entry.flags and (
            entry.path in above or entry.path.startswith(f"{path}/")
        ):
            return entry
    return None


def _root(errand: Errand, route: Route, path: str) -> str | None:
    """Where the whole repository lies: in the writable layer, or in what a running box sees."""
    assert route.layers is not None
    top = route.layers.tops[0]
    if len(route.layers.tops) == 1 and beneath.read(top, f"{path}/.git/config", 1) is not None:
        return top
    return root_process(errand.engine, errand.container)


def measured(errand: Errand, route: Route, rows: Iterable[Entry]) -> list[Entry]:
    """Mount rows, with the sizes of those that hang on the container alone, where they show."""
    return [_measured(errand, route, row) if row.kind in _FORGETFUL else row for row in rows]


def _measured_in_box(errand: Errand, row: Entry) -> Entry:
    if not errand.allow_exec or errand.container.state is not State.RUNNING:
        return row
    try:
        size, files = measure_in_box(errand, row.path)
    except RouteRefusedError:
        return row
    return replace(row, bytes=size, files=files)


def _measured(errand: Errand, route: Route, row: Entry) -> Entry:
    if row.kind is MountKind.TMPFS and not errand.container.running:
        return replace(row, bytes=0, files=0)
    if route.layers is None:
        return _measured_in_box(errand, row)
    try:
        if row.kind is MountKind.TMPFS:
            root = root_process(errand.engine, errand.container)
            size, files = beneath.measure(root, row.path) if root else (None, None)
        else:
            place = next(m.host_path for m in errand.container.mounts if m.target == row.path)
            size, files = beneath.measure(place, "") if place else (None, None)
    except OSError:
        return row
    return replace(row, bytes=size, files=files)
