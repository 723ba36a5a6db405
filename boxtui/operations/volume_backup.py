"""The backup of one volume: read by the best route there is, published only when whole."""

import contextlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from boxtui.backups.local import FolderReader
from boxtui.backups.remote import LOST, any_image, find_volume, read_volume
from boxtui.backups.route import Route, measure, route_to, why_not_local
from boxtui.backups.store import Store
from boxtui.errors import NoSpaceError, UnsupportedError
from boxtui.formatting import size
from boxtui.model.backup import Backup, BackupKind, Consistency, Loss, PartKind
from boxtui.model.container import Container, State
from boxtui.model.host import EngineInfo
from boxtui.model.operation import Degraded, Disk, Needs, Operation, Plan, PlannedStep
from boxtui.model.ports import Engine
from boxtui.model.volume import Volume
from boxtui.operations import volume_lock
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import OnProgress, new_operation_id
from boxtui.operations.volume_lock import Claim
from boxtui.operations.volume_work import VolumeWork

_STEPS = (
    PlannedStep("lock", "take the volume's lock on the engine", "let it go"),
    PlannedStep("read", "read, compress and store its files", "remove what was stored"),
    PlannedStep("unlock", "let the volume's lock go"),
)


@dataclass(frozen=True, slots=True)
class VolumeSource:
    """A volume to be read, and the way to it."""

    volume: Volume
    route: Route
    bytes: int | None
    """What it takes on its disk; None where nobody can say."""


@dataclass(frozen=True, slots=True)
class VolumeBackup:
    """The change: see execution.Change."""

    plan: Plan
    source: VolumeSource
    store: Store
    info: EngineInfo
    consistency: Consistency
    note: str

    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        """Back it up; the operation has the backup's id."""
        work = VolumeWork(self.plan, new_operation_id(), on_progress, cancel)
        return work.carry(lambda: self._act(engine, work))

    def _act(self, engine: Engine, work: VolumeWork) -> None:
        volume = self.source.volume
        require_room(self.store.root, self.source.bytes)
        claim = Claim(work.operation, "backup", volume.name)
        with work.step("lock"):
            lock = volume_lock.take(engine, claim, any_image(engine))
        work.begun = True
        work.undo.callback(volume_lock.release, engine, claim)
        with work.step("read"):
            # anew: the engine may have been left alone, without a container to prove its place
            route = route_to(volume, self.info.root_dir, [lock])
            source = VolumeSource(volume, route, self.source.bytes)
            backup = store_volume(
                engine,
                work,
                claim,
                source,
                self.store,
                engine_key=self.info.key,
                consistency=self.consistency,
                note=self.note,
            )
        work.backup = backup.id
        work.kept = True
        with work.step("unlock"):
            volume_lock.release(engine, claim)


def plan_volume_backup(
    engine: Engine,
    name: str,
    store: Store,
    info: EngineInfo,
    *,
    consistency: Consistency,
    note: str = "",
) -> VolumeBackup:
    """Plan it; UnsupportedError where writers run that would have to be paused or stopped."""
    volume = find_volume(engine, name)
    containers = engine.list_containers()
    running = [c.name for c in writers(containers, name)]
    if running and consistency is not Consistency.LIVE:
        raise UnsupportedError(
            f"volume {name} is in use by {', '.join(running)}, and boxtui does not "
            f"{consistency} boxes for a volume's backup",
            hint=f"`docker {consistency}` them first, or give --consistency live",
        )
    source = find_source(engine, volume, info, containers)
    warnings = []
    if running:
        words = ", ".join(running)
        warnings.append(f"{words} may write meanwhile: files that change are named in the backup")
    plan = Plan(
        kind="backup",
        object_kind="volume",
        object_id=volume.name,
        object_name=volume.name,
        steps=_STEPS,
        needs=Needs.NONE,
        disk=Disk(source.bytes or 0, free_space(store.root)),
        degraded=degraded(source, info, containers),
        warnings=tuple(warnings),
    )
    return VolumeBackup(plan, source, store, info, consistency, note)


def find_source(
    engine: Engine, volume: Volume, info: EngineInfo, containers: list[Container]
) -> VolumeSource:
    """Choose the route to a volume and measure it."""
    route = route_to(volume, info.root_dir, [c.id for c in containers])
    if route is Route.LOCAL:
        return VolumeSource(volume, route, measure(Path(volume.mountpoint)))
    return VolumeSource(volume, route, engine.volume_sizes().get(volume.name))


def degraded(
    source: VolumeSource, info: EngineInfo, containers: list[Container]
) -> tuple[Degraded, ...]:
    """Say what the route cannot keep, and why it is not the better one."""
    if source.route is Route.LOCAL:
        return ()
    why = why_not_local(source.volume, info.root_dir, [c.id for c in containers])
    better = "boxtui as root on the engine's host keeps it"
    return tuple(Degraded("/", f"{lost}: through the engine, as {why}; {better}") for lost in LOST)


def writers(containers: list[Container], volume: str) -> list[Container]:
    """Give the boxes that run with the volume in them."""
    running = {State.RUNNING, State.PAUSED, State.RESTARTING}
    return [
        c for c in containers if c.state in running and any(m.source == volume for m in c.mounts)
    ]


def free_space(folder: Path) -> int | None:
    """Bytes free where a folder is or will be."""
    place = next((p for p in (folder, *folder.parents) if p.is_dir()), None)
    return None if place is None else shutil.disk_usage(place).free


def require_room(folder: Path, needed: int | None) -> None:
    """Raise NoSpaceError where there is less free than even incompressible data needs."""
    free = free_space(folder)
    if needed is not None and free is not None and free < needed:
        raise NoSpaceError(
            f"{folder} has {size(free)} free, the backup may need {size(needed)}",
            hint="make room, or give another --backup-dir",
        )


def store_volume(
    engine: Engine,
    work: VolumeWork,
    claim: Claim,
    source: VolumeSource,
    store: Store,
    *,
    engine_key: str,
    consistency: Consistency,
    note: str,
) -> Backup:
    """Read a volume into a new backup; whatever fails leaves none."""
    volume = source.volume
    begun = datetime.now(UTC)
    folder = FolderReader(Path(volume.mountpoint)) if source.route is Route.LOCAL else None
    with contextlib.ExitStack() as stack:
        draft = stack.enter_context(store.draft(volume.name))
        writer = stack.enter_context(
            draft.part(volume.name, kind=PartKind.VOLUME, source=volume.name)
        )
        blocks = iter(folder) if folder else read_volume(engine, volume.name, labels=claim.labels())
        # what reads ends with us: a tar, or a helper on the engine
        stack.enter_context(contextlib.closing(blocks))
        for block in work.passing(blocks, source.bytes):
            writer.write(block)
        part = writer.close()
        return draft.publish(
            Backup(
                id=draft.id,
                kind=BackupKind.VOLUME,
                target=volume.name,
                created=begun,
                location="",
                files=writer.files,
                bytes=writer.content_bytes,
                stored_bytes=part.stored_bytes,
                consistency=consistency,
                interrupted_s=0.0,
                parts=(part,),
                engine=engine_key,
                note=note,
                losses=_losses(folder),
                changed=folder.changed if folder else (),
                details={
                    "operation": work.operation,
                    "route": str(source.route),
                    "volume": {
                        "driver": volume.driver,
                        "labels": dict(volume.labels),
                        "options": dict(volume.options),
                    },
                },
            )
        )


def _losses(folder: FolderReader | None) -> tuple[Loss, ...]:
    if folder is None:
        return tuple(Loss("/", lost) for lost in LOST)
    return tuple(
        Loss(f"/{path}", "a socket: only its owner can make it") for path in folder.sockets
    )
