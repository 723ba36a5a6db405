"""A path of a backup taken to a folder of this machine: no engine has a part in it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boxtui.model.backup import Backup
from boxtui.model.operation import Degraded, Disk, Needs, Operation, Plan, PlannedStep
from boxtui.model.ports import Engine
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import OnProgress, new_operation_id
from boxtui.operations.volume_backup import free_space
from boxtui.operations.volume_work import VolumeWork


@dataclass(frozen=True, slots=True)
class Extraction:
    """The change: see execution.Change."""

    plan: Plan
    take: Callable[[], object]

    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        """Take it out."""
        del engine
        work = VolumeWork(self.plan, new_operation_id(), on_progress, cancel)

        def act() -> None:
            with work.step("extract"):
                self.take()
            work.kept = True

        return work.carry(act)


def plan_extraction(
    backup: Backup, path: str, into: Path, take: Callable[[], object]
) -> Extraction:
    """Plan it; `take` reads all of the backup before it writes."""
    plan = Plan(
        kind="restore",
        object_kind=str(backup.kind),
        object_id=backup.id,
        object_name=backup.target,
        steps=(PlannedStep("extract", f"verify the backup and take {path} to {into}"),),
        needs=Needs.NONE,
        disk=Disk(0, free_space(into)),
        degraded=tuple(Degraded(loss.path, loss.what) for loss in backup.losses),
    )
    return Extraction(plan, take)
