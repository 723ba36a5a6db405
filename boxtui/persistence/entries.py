"""The rows of the map for the writable layer, made of what was folded."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from boxtui.model.mount import Mount
from boxtui.model.scan import ClassTotal, Entry, Flag, PathClass, Survival, Totals
from boxtui.persistence.sums import Folded, Sum

_DIRECTORIES_ONLY = 1
"""The severity of empty directories: `mkdir` makes them again."""


def overlay_entry(one: Folded, survives: Survival, filled: Mapping[str, Mount]) -> Entry:
    """One row; `filled` are the mounts by path that boxtui filled from what they hide."""
    row = one.key.match.row
    shadow = one.key.shadow
    hidden_by = filled.get(shadow) if shadow else None
    return Entry(
        path=one.path,
        kind=None,
        path_class=row.path_class,
        severity=_severity(one),
        survives=survives,
        source=hidden_by.source if hidden_by else None,
        bytes=None if one.sum.unmeasured and not one.sum.bytes else one.sum.bytes,
        files=one.sum.files,
        newest=_moment(one.sum.newest),
        detail=_detail(one),
        reinstall=(row.again,) if row.again else None,
        flags=tuple(_flags(one)),
    )


def _severity(one: Folded) -> int | None:
    severity = one.key.match.severity
    if one.sum.substance or severity is None:
        return severity
    return min(severity, _DIRECTORIES_ONLY if one.sum.directories else 0)


def _moment(newest: float | None) -> datetime | None:
    try:
        return None if newest is None else datetime.fromtimestamp(newest, UTC)
    except (ValueError, OverflowError, OSError):
        return None  # a box may set any time


def _detail(one: Folded) -> str:
    match = one.key.match
    said = match.row.what
    if one.key.link is not None:
        said = f"link to {one.key.link}"
    if one.mixed:
        said = "names of several classes, too many to list one by one"
    if one.key.shadow is not None:
        said += f"; hidden by what is mounted at {one.key.shadow}"
    if one.sum.unmeasured:
        said += f"; {one.sum.unmeasured} files of unknown size"
    if match.accepted is not None:
        said += f"; loss accepted: {match.accepted}"
    return said


def _flags(one: Folded) -> Iterable[Flag]:
    if one.key.shadow is not None:
        yield Flag.SHADOWED
    if one.key.link is not None:
        yield Flag.SYMLINK_INTO_VOLUME
    if one.sum.deleted:
        yield Flag.DELETED


def totals(total: Sum) -> Totals:
    """The sums of a whole scan."""
    return Totals(
        bytes=total.bytes,
        allocated_bytes=total.allocated,
        files=total.files,
        directories=total.directories,
        links=total.links,
        other=total.other,
        deleted=total.deleted,
    )


def class_totals(folded: Iterable[Folded], entries: Iterable[Entry]) -> dict[PathClass, ClassTotal]:
    """What each class of the writable layer holds, the most severe first."""
    sums: dict[PathClass, tuple[int, int, list[int | None]]] = {}
    for one, entry in zip(folded, entries, strict=True):
        size, files, severities = sums.get(entry.path_class, (0, 0, []))
        severities.append(entry.severity)
        sums[entry.path_class] = (size + one.sum.bytes, files + one.sum.files, severities)
    made = {name: ClassTotal(s, f, _highest(v)) for name, (s, f, v) in sums.items()}
    return dict(sorted(made.items(), key=lambda item: (-(item[1].severity or 0), item[0])))


def _highest(severities: list[int | None]) -> int | None:
    known = [severity for severity in severities if severity is not None]
    return max(known) if known else None
