"""The rows of the map for what is mounted: kind, class, what it survives."""

from collections.abc import Mapping

from boxtui.model.container import PROJECT_LABEL, Container
from boxtui.model.host import EngineInfo
from boxtui.model.mount import Mount, MountKind
from boxtui.model.scan import Entry, Flag, PathClass
from boxtui.model.volume import Volume
from boxtui.persistence import survival
from boxtui.persistence.classify import Classifier

_VOLATILE = ("/run/", "/var/run/", "/dev/shm/")  # noqa: S108 - places of the host, not files of ours


def circumstances(container: Container, info: EngineInfo) -> survival.Circumstances:
    """What the survival table asks of a box."""
    details = container.details
    return survival.Circumstances(
        running=container.running,
        compose=container.project is not None,
        auto_remove=details.auto_remove if details else False,
        engine_major=survival.engine_major(info.version),
        podman=info.podman,
    )


def mount_entries(
    container: Container,
    box: survival.Circumstances,
    volumes: Mapping[str, Volume],
    classifier: Classifier,
) -> list[Entry]:
    """One row a mount, by path."""
    mounts = sorted(container.mounts, key=lambda mount: mount.target.split("/"))
    return [_entry(mount, container, box, volumes, classifier) for mount in mounts]


def _entry(
    mount: Mount,
    container: Container,
    box: survival.Circumstances,
    volumes: Mapping[str, Volume],
    classifier: Classifier,
) -> Entry:
    row = classifier.mounted(mount.target)
    volume = volumes.get(mount.source or "")
    known = dict(volume.labels) if volume else {}
    options = dict(volume.options) if volume else {}
    database = mount.kind is MountKind.ANONYMOUS and row.path_class is PathClass.DB
    survives = survival.mount(
        mount.kind,
        box,
        project_volume=known.get(PROJECT_LABEL) == container.project,
        in_memory=options.get("type") == "tmpfs",
        volatile_source=(mount.source or "").startswith(_VOLATILE),
    )
    return Entry(
        path=mount.target,
        kind=mount.kind,
        path_class=row.path_class,
        severity=row.severity,
        survives=survives,
        source=mount.source,
        driver=mount.driver,
        read_only=mount.read_only,
        detail=row.what,
        flags=(Flag.DATABASE_ANONYMOUS,) if database else (),
    )
