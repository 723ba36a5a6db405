"""The pack about mounts and volumes."""

from collections.abc import Iterable

from boxtui import formatting
from boxtui.findings.facts import BoxFacts, Estate
from boxtui.findings.rule import Hit, box_rule, estate_rule
from boxtui.model.container import Container
from boxtui.model.finding import Severity, Subject
from boxtui.model.mount import MountKind

_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock")
_SHARED = frozenset({MountKind.VOLUME, MountKind.ANONYMOUS, MountKind.BIND})
_SOCKET_FOLDERS = frozenset({"/", "/run", "/var/run", "/run/docker", "/run/podman"})


@box_rule(
    "anonymous-volume",
    Severity.MEDIUM,
    "An anonymous volume has no name to find it by: `rm -v`, `down -v` and prune destroy it.",
    key="box.remount",
)
def anonymous_volume(box: BoxFacts) -> Iterable[Hit]:
    """Anonymous volumes; also empty ones, since what the box writes there goes the same way."""
    for entry in box.mounts:
        if entry.kind is not MountKind.ANONYMOUS:
            continue
        fix = (("boxtui", "persist", box.container.name, entry.path),)
        yield Hit(box.subject, (f"{formatting.plain(entry.path)}: {entry.source}",), fix)


@box_rule(
    "tmpfs-data",
    Severity.MEDIUM,
    "A tmpfs is memory: a stop of the box is enough to lose what lies there.",
)
def tmpfs_data(box: BoxFacts) -> Iterable[Hit]:
    """Data in a tmpfs."""
    for entry in box.mounts:
        if entry.kind is MountKind.TMPFS and (entry.bytes or entry.files):
            size = formatting.size(entry.bytes)
            said = f"{formatting.plain(entry.path)}: {size} in {entry.files} files"
            yield Hit(box.subject, (said,))


@box_rule(
    "bind-source-missing",
    Severity.HIGH,
    "The box cannot be made anew: the engine refuses a bind whose source is gone.",
)
def bind_source_missing(box: BoxFacts) -> Iterable[Hit]:
    """Binds whose source on the host does not exist."""
    if box.missing_sources:
        shown = tuple(formatting.plain(source) for source in box.missing_sources)
        yield Hit(box.subject, shown, tuple(("mkdir", "-p", s) for s in box.missing_sources))


@box_rule(
    "docker-socket",
    Severity.HIGH,
    "Who can talk to the engine is root on its host, and can destroy every box.",
    key="box.remount",
)
def docker_socket(box: BoxFacts) -> Iterable[Hit]:
    """The engine's own socket mounted into the box."""
    for mount in box.container.mounts:
        source = mount.source or ""
        bound = mount.kind is MountKind.BIND
        if bound and (source.endswith(_SOCKETS) or source in _SOCKET_FOLDERS):
            fix = (("boxtui", "remount", box.container.name, "--unmount", mount.target),)
            said = f"{formatting.plain(source)} at {formatting.plain(mount.target)}"
            yield Hit(box.subject, (said,), fix)


@estate_rule(
    "orphan-volume",
    Severity.LOW,
    "No box uses it, so that nobody misses it when a prune takes it.",
)
def orphan_volume(estate: Estate) -> Iterable[Hit]:
    """Volumes that no box uses, running or not."""
    if estate.users is None:
        return
    for volume in estate.volumes:
        if not estate.users.get(volume.name):
            fix = (("docker", "volume", "rm", volume.name),)
            kind = "anonymous" if volume.anonymous else "named"
            subject = Subject("volume", volume.name, volume.name)
            yield Hit(subject, (f"{kind}, used by no box",), fix)


@estate_rule(
    "shared-writers",
    Severity.HIGH,
    "Two boxes that write the same files at once can damage them.",
)
def shared_writers(estate: Estate) -> Iterable[Hit]:
    """Volumes or binds that several running boxes may write, one of them audited."""
    writers: dict[tuple[MountKind, str], list[Container]] = {}
    for container in estate.containers:
        if not container.running or container.temporary:
            continue
        for kind, source in {(m.kind, m.source) for m in container.mounts if not m.read_only}:
            if source and kind in _SHARED and not source.endswith(_SOCKETS):
                writers.setdefault((kind, source), []).append(container)
    audited = {box.container.id for box in estate.boxes}
    for (kind, source), boxes in sorted(writers.items()):
        if len(boxes) > 1 and any(box.id in audited for box in boxes):
            names = ", ".join(sorted(box.name for box in boxes))
            said = f"{formatting.plain(source)} is written by {names}"
            yield Hit(_written(kind, source, boxes), (said,))


def _written(kind: MountKind, source: str, boxes: list[Container]) -> Subject:
    if kind is not MountKind.BIND:
        return Subject("volume", source, source)
    return Subject("container", boxes[0].id, boxes[0].name)


@box_rule(
    "compose-down-volumes",
    Severity.LOW,
    "`docker compose down -v` destroys the volumes that compose made for the project.",
)
def compose_down_volumes(box: BoxFacts) -> Iterable[Hit]:
    """Named volumes that compose would take down with the project."""
    for entry in box.mounts:
        dies = entry.survives.compose_down_volumes is False
        if entry.kind is MountKind.VOLUME and dies:
            yield Hit(box.subject, (f"{formatting.plain(entry.path)}: {entry.source}",))
