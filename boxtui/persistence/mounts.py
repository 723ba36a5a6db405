"""The rows of the map for what is mounted: kind, class, what it survives."""

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

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


def measured(root: Path) -> tuple[int, int]:
    """Bytes and files beneath a directory of this machine: an inode once, links not followed."""
    size = files = 0
    inodes: set[tuple[int, int]] = set()
    for _folder, _names, leaves, descriptor in os.fwalk(root, follow_symlinks=False):
        for name in leaves:
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            files += 1
            inode = (status.st_dev, status.st_ino)
            if status.st_nlink == 1 or inode not in inodes:
                size += status.st_size
                inodes.add(inode)
    return size, files


def forgetful(mounts: Iterable[Mount]) -> list[Mount]:
    """Mounts whose data hangs on the container alone."""
    return [m for m in mounts if m.kind in {MountKind.ANONYMOUS, MountKind.TMPFS}]
