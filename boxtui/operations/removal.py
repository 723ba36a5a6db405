"""Removing one container or one volume: what would be lost is named before it is asked for."""

from collections.abc import Sequence

from boxtui.errors import InUseError
from boxtui.formatting import size
from boxtui.model.container import Container
from boxtui.model.mount import MountKind
from boxtui.model.operation import Losses, Needs, Plan, PlannedStep, Process
from boxtui.model.scan import ScanResult
from boxtui.model.volume import Volume
from boxtui.operations.execution import InProcess
from boxtui.operations.lifecycle import tmpfs_warnings
from boxtui.operations.losses import losses_of, needs_for


def remove_container(
    container: Container,
    *,
    scan: ScanResult | None,
    volumes: bool = False,
    processes: Sequence[Process] = (),
) -> InProcess:
    """Remove a container with its writable layer; `scan` is the last one, None if there is none.

    With `volumes` its anonymous volumes go too. One that runs is killed.
    """
    losses = losses_of(scan if scan and scan.container_id == container.id else None)
    anonymous = [m.target for m in container.mounts if m.kind is MountKind.ANONYMOUS]
    warnings: list[str] = []
    if container.running:
        warnings += ["it runs: it is killed, not asked to stop", *tmpfs_warnings(container)]
    if losses.bytes is None:
        warnings.append("nobody has scanned it: what it holds beyond its image is unknown")
    if anonymous and volumes:
        warnings.append(f"its anonymous volumes go with it: {', '.join(anonymous)}")
    elif anonymous:
        warnings.append(f"its anonymous volumes stay, with no name to them: {', '.join(anonymous)}")
    plan = Plan(
        kind="remove",
        object_kind="container",
        object_id=container.id,
        object_name=container.name,
        steps=(PlannedStep("remove", "remove the container and its writable layer"),),
        needs=Needs.NAME if anonymous and volumes else needs_for(losses),
        loses=losses,
        processes=tuple(processes),
        warnings=tuple(warnings),
        irreversible_from="remove",
    )
    return InProcess(
        plan,
        (lambda e: e.remove_container(container.id, volumes=volumes, force=container.running),),
    )


def remove_volume(volume: Volume, *, users: Sequence[Container]) -> InProcess:
    """Remove a volume that nothing uses; `users` are all containers, running or not, with it."""
    if users:
        names = ", ".join(sorted(c.name for c in users))
        raise InUseError(
            f"volume {volume.name} is in use by {names}", hint="remove those containers first"
        )
    held = volume.bytes
    plan = Plan(
        kind="remove",
        object_kind="volume",
        object_id=volume.name,
        object_name=volume.name,
        steps=(PlannedStep("remove", f"remove the volume and its {size(held)}"),),
        needs=Needs.YES if held == 0 else Needs.NAME,
        loses=Losses(bytes=held, files=None if held != 0 else 0),
        warnings=() if held is not None else ("nobody has measured it: it may hold anything",),
        irreversible_from="remove",
    )
    return InProcess(plan, (lambda e: e.remove_volume(volume.name),))
