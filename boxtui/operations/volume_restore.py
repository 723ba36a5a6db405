"""A volume's backup brought back: as a new volume, or in the place of one that nobody runs with."""

from dataclasses import dataclass
from pathlib import Path

from boxtui.backups import local, verify
from boxtui.backups.compare import differences
from boxtui.backups.exchange import exchange
from boxtui.backups.parts import read_part
from boxtui.backups.remote import any_image, write_volume
from boxtui.backups.route import Route, route_to, why_not_here, why_not_local
from boxtui.backups.store import Store
from boxtui.errors import EngineError, InUseError, UnsupportedError
from boxtui.model.backup import Backup, BackupKind, Consistency, Part
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK
from boxtui.model.host import EngineInfo
from boxtui.model.operation import Degraded, Disk, Needs, Operation, Plan, PlannedStep
from boxtui.model.ports import Engine
from boxtui.model.volume import Volume
from boxtui.operations import volume_lock
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import OnProgress, new_operation_id
from boxtui.operations.volume_backup import (
    VolumeSource,
    find_source,
    free_space,
    require_room,
    store_volume,
    writers,
)
from boxtui.operations.volume_lock import MAKER_LABEL, Claim
from boxtui.operations.volume_work import VolumeWork

_VERIFY = PlannedStep("verify", "read all of the backup: it must be whole and safe")
_LOCK = PlannedStep("lock", "take the volume's lock on the engine", "let it go")
_UNLOCK = PlannedStep("unlock", "let the volume's lock go")
_NEW = (
    _VERIFY,
    _LOCK,
    PlannedStep("create", "create the volume", "remove it"),
    PlannedStep("fill", "unpack the backup into it"),
    _UNLOCK,
)
_IN_PLACE = (
    _VERIFY,
    _LOCK,
    PlannedStep("backup", "back the volume's present state up"),
    PlannedStep("create", "create a volume beside it", "remove it"),
    PlannedStep("fill", "unpack the backup into that"),
    PlannedStep("compare", "compare what was unpacked with the backup, name by name"),
    PlannedStep("switch", "exchange the two volumes' folders, at once", "exchange them back"),
    PlannedStep("remove-old", "remove the volume beside it, with the former state"),
    _UNLOCK,
)


@dataclass(frozen=True, slots=True)
class VolumeRestore:
    """The change: see execution.Change."""

    plan: Plan
    backup: Backup
    store: Store
    info: EngineInfo
    present: VolumeSource | None
    """The volume whose content is replaced; None where a new one is made."""

    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        """Bring it back; the operation names the backup of the present state, if one was made."""
        work = VolumeWork(self.plan, new_operation_id(), on_progress, cancel)
        run = _Restoring(self, engine, work)
        return work.carry(run.new if self.present is None else run.in_place)


def plan_volume_restore(
    engine: Engine, backup: Backup, target: str, store: Store, info: EngineInfo, *, in_place: bool
) -> VolumeRestore:
    """Plan it; in place only where the volume's own folder can be exchanged and nobody writes."""
    _part_of(backup)
    volumes = {v.name: v for v in engine.list_volumes()}
    present = None
    if target in volumes:
        if not in_place:
            raise InUseError(
                f"there is a volume {target} already", hint="give another name: --volume OLD=NEW"
            )
        present = _replaceable(engine, volumes[target], info)
    why = why_not_here(info.root_dir, [c.id for c in engine.list_containers()])
    plan = Plan(
        kind="restore",
        object_kind="volume",
        object_id=target,
        object_name=target,
        steps=_IN_PLACE if present else _NEW,
        needs=Needs.YES if present else Needs.NONE,
        disk=Disk(backup.bytes, free_space(Path(info.root_dir)) if why is None else None),
        degraded=tuple(Degraded(loss.path, loss.what) for loss in backup.losses),
        warnings=(f"unpacked by the engine: {why}",) if why else (),
    )
    return VolumeRestore(plan, backup, store, info, present)


def _replaceable(engine: Engine, volume: Volume, info: EngineInfo) -> VolumeSource:
    containers = engine.list_containers()
    _require_idle(engine, volume.name)
    source = find_source(engine, volume, info, containers)
    if source.route is not Route.LOCAL:
        why = why_not_local(volume, info.root_dir, [c.id for c in containers])
        raise UnsupportedError(
            f"volume {volume.name} cannot be replaced at once from here: {why}",
            hint=f"restore it beside: --volume {volume.name}=NEW; or run boxtui as root there",
        )
    return source


def _require_idle(engine: Engine, volume: str) -> None:
    running = [c.name for c in writers(engine.list_containers(), volume)]
    if running:
        raise InUseError(
            f"volume {volume} is in use by {', '.join(running)}",
            hint=f"stop them first, or restore it beside: --volume {volume}=NEW",
        )


def _part_of(backup: Backup) -> Part:
    if backup.kind is not BackupKind.VOLUME or len(backup.parts) != 1:
        raise UnsupportedError(f"{backup.id} is the backup of a {backup.kind}, not of a volume")
    return backup.parts[0]


class _Restoring:
    """One run."""

    def __init__(self, change: VolumeRestore, engine: Engine, work: VolumeWork) -> None:
        self._change = change
        self._engine = engine
        self._work = work
        self._backup = change.backup
        self._part = _part_of(change.backup)
        self._folder = change.store.folder(change.backup)
        self._target = change.plan.object_name
        self._lock = ""

    def new(self) -> None:
        """Make the volume and fill it; what fails leaves none."""
        claim = Claim(self._work.operation, "restore", self._target, (self._target,))
        self._begin(claim)
        volume = self._create(claim, self._target)
        self._fill(claim, volume)
        self._finish(claim)

    def in_place(self) -> None:
        """Fill a volume beside it, compare that, and exchange the two folders in one call."""
        present = self._change.present
        assert present is not None
        volume, work = present.volume, self._work
        old = Path(volume.mountpoint)
        beside = f"{volume.name}{TEMPORARY_MARK}{work.operation}"
        inode = old.stat().st_ino
        claim = Claim(work.operation, "restore", volume.name, (beside,), inode)
        require_room(self._change.store.root, present.bytes)
        self._begin(claim)
        with work.step("backup"):
            self._back_up(claim, present)
        scratch = self._create(claim, beside)
        route = self._fill(claim, scratch)
        with work.step("compare"):
            self._compare(scratch, route)
        with work.step("switch"):
            self._switch(old, Path(scratch.mountpoint), volume.name)
        work.kept = True
        with work.step("remove-old"):
            self._engine.remove_volume(beside)
        self._finish(claim)

    def _begin(self, claim: Claim) -> None:
        work = self._work
        with work.step("verify"):
            verify.require_whole(self._folder, self._backup)
        with work.step("lock"):
            self._lock = volume_lock.take(self._engine, claim, any_image(self._engine))
            work.undo.callback(volume_lock.release, self._engine, claim)
            self._require_still(claim)
        work.begun = True

    def _require_still(self, claim: Claim) -> None:
        """See once more, with the lock held, that the plan still holds."""
        there = any(v.name == claim.volume for v in self._engine.list_volumes())
        if self._change.present is not None:
            _require_idle(self._engine, claim.volume)
        elif there:
            raise InUseError(f"a volume {claim.volume} has been made meanwhile")

    def _back_up(self, claim: Claim, present: VolumeSource) -> None:
        made = store_volume(
            self._engine,
            self._work,
            claim,
            present,
            self._change.store,
            engine_key=self._change.info.key,
            consistency=Consistency.STOP,
            note=f"before the restore of {self._backup.id}",
        )
        self._work.backup = made.id

    def _create(self, claim: Claim, name: str) -> Volume:
        told = self._backup.details.get("volume") or {}
        labels = {MAKER_LABEL: claim.operation}
        if self._change.present is not None:
            labels[TEMPORARY_LABEL] = "1"
        else:
            labels |= {str(k): str(v) for k, v in (told.get("labels") or {}).items()}
        with self._work.step("create"):
            made = self._engine.create_volume(name, labels=labels)
            self._work.undo.callback(self._engine.remove_volume, name)
        return made

    def _fill(self, claim: Claim, volume: Volume) -> Route:
        route = route_to(volume, self._change.info.root_dir, [self._lock])
        with self._work.step("fill"):
            blocks = self._work.passing(read_part(self._folder, self._part), self._part.bytes)
            if route is Route.LOCAL:
                local.write_folder(Path(volume.mountpoint), blocks)
            else:
                write_volume(self._engine, volume.name, blocks, labels=claim.labels())
        return route

    def _compare(self, scratch: Volume, route: Route) -> None:
        if route is not Route.LOCAL:
            raise UnsupportedError("the volume beside it lies elsewhere")
        ours = read_part(self._folder, self._part)
        told = differences(ours, iter(local.FolderReader(Path(scratch.mountpoint))))
        if told:
            raise EngineError("what was unpacked is not what was backed up", reason="; ".join(told))

    def _switch(self, old: Path, new: Path, volume: str) -> None:
        _require_idle(self._engine, volume)
        exchange(old, new)
        self._work.undo.callback(exchange, old, new)
        # one that was started in between has the former folder: give it back its name
        _require_idle(self._engine, volume)

    def _finish(self, claim: Claim) -> None:
        self._work.kept = True
        with self._work.step("unlock"):
            volume_lock.release(self._engine, claim)
