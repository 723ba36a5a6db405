"""The pack about the writable layer: what a recreate destroys, by the badge's own measure."""

from collections.abc import Iterable, Sequence

from boxtui import formatting
from boxtui.findings.facts import BoxFacts
from boxtui.findings.rule import Hit, box_rule
from boxtui.model.finding import Severity
from boxtui.model.scan import Entry, Flag, PathClass
from boxtui.persistence import endangered

_SHOWN = 10


@box_rule(
    "overlay-credentials",
    Severity.CRITICAL,
    "Credentials in the writable layer are lost with the container: its programs log in no more.",
    key="box.persist",
)
def overlay_credentials(box: BoxFacts) -> Iterable[Hit]:
    """Credentials that a recreate destroys."""
    yield from _hit(box, [e for e in _lost(box) if e.path_class is PathClass.CRED])


@box_rule(
    "overlay-state",
    Severity.HIGH,
    "A recreate, an image update or `compose down` destroys what lies in the writable layer.",
    key="box.persist",
)
def overlay_state(box: BoxFacts) -> Iterable[Hit]:
    """All else that a recreate destroys and that matters."""
    told = {PathClass.CRED, PathClass.DB}
    yield from _hit(box, [e for e in _lost(box) if e.path_class not in told])


@box_rule(
    "database-without-volume",
    Severity.CRITICAL,
    "A database outside a named volume is empty after the next recreate.",
    key="box.persist",
)
def database_without_volume(box: BoxFacts) -> Iterable[Hit]:
    """Databases in the writable layer, or in an anonymous volume."""
    lost = [e for e in _lost(box) if e.path_class is PathClass.DB]
    anonymous = [e for e in box.mounts if Flag.DATABASE_ANONYMOUS in e.flags]
    if anonymous and not lost:
        paths = tuple(f"{formatting.plain(e.path)} is an anonymous volume" for e in anonymous)
        yield Hit(box.subject, paths, _remount(box, anonymous))
    else:
        yield from _hit(box, lost)


@box_rule(
    "sibling-of-mount",
    Severity.HIGH,
    "What lies beside a mount seems to belong to it, but is not saved by it.",
    key="box.persist",
)
def sibling_of_mount(box: BoxFacts) -> Iterable[Hit]:
    """Data beside a mount that belongs with it."""
    yield from _hit(box, _flagged(box, Flag.SIBLING_OF_MOUNT))


@box_rule(
    "shadowed-data",
    Severity.MEDIUM,
    "Data beneath a mount cannot be seen in the box, takes room, and is lost on a recreate.",
)
def shadowed_data(box: BoxFacts) -> Iterable[Hit]:
    """Data that a mount hides; not what boxtui itself has copied into that mount."""
    hidden = _flagged(box, Flag.SHADOWED)
    yield from _hit(box, [entry for entry in hidden if endangered(entry)], fixable=False)


@box_rule(
    "service-in-overlay",
    Severity.HIGH,
    "A service that runs from the writable layer does not come back after a recreate.",
    key="box.persist",
)
def service_in_overlay(box: BoxFacts) -> Iterable[Hit]:
    """Services and listening programs that a recreate destroys."""
    yield from _hit(
        box,
        [
            entry
            for entry in box.overlay
            if Flag.LISTENER in entry.flags
            or (entry.path_class is PathClass.SERVICE and endangered(entry))
        ],
    )


@box_rule(
    "git-work-in-overlay",
    Severity.HIGH,
    "Work that is not pushed anywhere exists in this container alone.",
    key="box.persist",
)
def git_work_in_overlay(box: BoxFacts) -> Iterable[Hit]:
    """Repositories with uncommitted or unpushed work."""
    flags = {Flag.GIT_UNCOMMITTED, Flag.GIT_UNPUSHED}
    yield from _hit(box, [e for e in box.overlay if flags & set(e.flags)])


@box_rule(
    "link-into-volume",
    Severity.MEDIUM,
    "The target survives a recreate, the link does not: the data seems gone.",
)
def link_into_volume(box: BoxFacts) -> Iterable[Hit]:
    """Links in the writable layer that point into a mount."""
    links = _flagged(box, Flag.SYMLINK_INTO_VOLUME)
    yield from _hit(box, [link for link in links if link.severity != 0], fixable=False)


def _lost(box: BoxFacts) -> list[Entry]:
    return [entry for entry in box.overlay if endangered(entry)]


def _flagged(box: BoxFacts, flag: Flag) -> list[Entry]:
    return [entry for entry in box.overlay if flag in entry.flags]


def _hit(box: BoxFacts, entries: Sequence[Entry], *, fixable: bool = True) -> Iterable[Hit]:
    if not entries:
        return
    worst = sorted(entries, key=lambda e: (-(e.severity or 0), -(e.bytes or 0), e.path))
    evidence = [_line(entry) for entry in worst[:_SHOWN]]
    if len(worst) > _SHOWN:
        evidence.append(f"and {len(worst) - _SHOWN} more")
    paths = [entry.path for entry in worst[:_SHOWN] if _movable(entry)]
    fix = (("boxtui", "persist", box.container.name, *paths),) if fixable and paths else None
    yield Hit(box.subject, tuple(evidence), fix)


def _movable(entry: Entry) -> bool:
    """Whether it makes sense as a volume of its own: system files and links do not."""
    fixed = {Flag.SHADOWED, Flag.SYMLINK_INTO_VOLUME} & set(entry.flags)
    return not fixed and entry.path_class is not PathClass.PKG and bool(entry.files)


def _line(entry: Entry) -> str:
    size = formatting.size(entry.bytes)
    said = f"{formatting.plain(entry.path)}: {entry.path_class}, {size}"
    if entry.files is not None and entry.files != 1:
        said += f" in {formatting.count(entry.files)} files"
    return f"{said} ({formatting.plain(entry.detail)})" if entry.detail else said


def _remount(box: BoxFacts, anonymous: Sequence[Entry]) -> tuple[tuple[str, ...], ...]:
    name = box.container.name
    return tuple(("boxtui", "persist", name, entry.path) for entry in anonymous)
