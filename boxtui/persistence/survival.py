"""What survives what: one pure table of kinds and events.

Each event is what happens to the data of a path if it happens to the box as it stands:

- stop_start, engine_restart, reboot: the box ends and is started again.
- recreate, remount: a new container made by boxtui. It carries anonymous volumes over by name.
- remove, remove_volumes: `docker rm`, `docker rm -v`.
- compose_down, compose_down_volumes: of the box's project; None for a box of no project.
- image_update: `compose up` after a pull, which carries anonymous volumes over; without compose
  `rm` and `run` with the same arguments, which does not.
- system_prune: removes boxes that do not run, never volumes.
- volume_prune: takes what no box uses, so the question is what it would take once this box is
  gone: since engine 23 anonymous volumes only, before (and with podman) named ones too.
"""

from dataclasses import dataclass, replace

from boxtui.model.mount import MountKind
from boxtui.model.scan import Survival

_PRUNES_ANONYMOUS_ONLY = 23


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the table asks of a box and its engine."""

    running: bool
    compose: bool
    auto_remove: bool = False
    """Made with --rm: whatever stops it removes it, with its anonymous volumes."""
    engine_major: int | None = None
    """None where unknown."""
    podman: bool = False

    @property
    def prunes_named_volumes(self) -> bool | None:
        """Whether `docker volume prune` takes named volumes too."""
        if self.podman:
            return True
        return None if self.engine_major is None else self.engine_major < _PRUNES_ANONYMOUS_ONLY


def engine_major(version: str) -> int | None:
    """20 of 20.10.24."""
    head = version.lstrip("v").partition(".")[0]
    return int(head) if head.isdigit() else None


def overlay(box: Circumstances) -> Survival:
    """What lies in the writable layer, or in layers committed from it."""
    lives = not box.auto_remove
    return Survival(
        stop_start=lives,
        engine_restart=lives,
        reboot=lives,
        recreate=False,
        remove=False,
        remove_volumes=False,
        compose_down=False if box.compose else None,
        compose_down_volumes=False if box.compose else None,
        image_update=False,
        system_prune=box.running,
        volume_prune=False,
        remount=True,
    )


def mount(
    kind: MountKind,
    box: Circumstances,
    *,
    project_volume: bool = False,
    in_memory: bool = False,
    volatile_source: bool = False,
) -> Survival:
    """What a mount's data survives.

    `project_volume`: compose made it for this project. `in_memory`: a volume that the engine
    mounts from memory. `volatile_source`: a bind from a directory that a reboot empties.
    """
    if kind is MountKind.TMPFS:
        return _gone(box)
    lasting = _lasting(box)
    if kind in {MountKind.CONFIG, MountKind.SECRET}:
        return lasting
    if kind is MountKind.BIND:
        return replace(lasting, reboot=False) if volatile_source else lasting
    if in_memory:
        return _gone(box)
    if kind is MountKind.VOLUME:
        named = box.prunes_named_volumes
        return replace(
            lasting,
            compose_down_volumes=not project_volume if box.compose else None,
            volume_prune=None if named is None else not named,
        )
    return _anonymous(lasting, box)


def _anonymous(lasting: Survival, box: Circumstances) -> Survival:
    lives = not box.auto_remove
    return replace(
        lasting,
        stop_start=lives,
        engine_restart=lives,
        reboot=lives,
        remove_volumes=False,
        compose_down_volumes=False if box.compose else None,
        image_update=box.compose,
        volume_prune=False,
    )


def _lasting(box: Circumstances) -> Survival:
    return Survival(
        stop_start=True,
        engine_restart=True,
        reboot=True,
        recreate=True,
        remove=True,
        remove_volumes=True,
        compose_down=True if box.compose else None,
        compose_down_volumes=True if box.compose else None,
        image_update=True,
        system_prune=True,
        volume_prune=True,
        remount=True,
    )


def _gone(box: Circumstances) -> Survival:
    return Survival(
        stop_start=False,
        engine_restart=False,
        reboot=False,
        recreate=False,
        remove=False,
        remove_volumes=False,
        compose_down=False if box.compose else None,
        compose_down_volumes=False if box.compose else None,
        image_update=False,
        system_prune=box.running,
        volume_prune=False,
        remount=False,
    )
