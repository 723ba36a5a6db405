"""The operations room as both front ends meet it: planning, carrying out, recovering."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxtui.bootstrap.apart import settle_volume
from boxtui.errors import BoxtuiError, NotFoundError, UnsupportedError
from boxtui.model.container import Container
from boxtui.model.operation import Operation, OperationState, Progress
from boxtui.model.scan import ScanResult
from boxtui.operations import recover as recovery
from boxtui.operations import volume_lock
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import Answer, Change, execute, ignore_progress
from boxtui.operations.launch import error_of
from boxtui.operations.lock import refuse_if_held
from boxtui.operations.recover import Pending, Way
from boxtui.operations.recreate import GRACE, RecreateOptions, plan_recreate
from boxtui.operations.runner import progress_line
from boxtui.operations.volume_lock import Claim

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core

__all__ = [
    "GRACE",
    "Answer",
    "Cancel",
    "Change",
    "Pending",
    "PendingVolume",
    "RecreateOptions",
    "Way",
    "carry_out",
    "error_of_failure",
    "pending",
    "progress_line",
    "recover",
    "recreate",
]


def carry_out(
    core: "Core",
    change: Change,
    *,
    answer: Answer,
    on_progress: Callable[[Progress], None] = ignore_progress,
    cancel: Cancel | None = None,
) -> Operation:
    """Carry a change out once it is allowed, and remember what became of it."""
    done = execute(
        change,
        core.engine,
        answer=answer,
        read_only=core.settings.read_only,
        on_progress=on_progress,
        cancel=cancel,
    )
    core.remember(done)
    return done


def recreate(core: "Core", reference: str, options: RecreateOptions) -> Change:
    """Plan a recreate with the losses that a fresh scan finds."""
    box = find_free(core, reference)
    return plan_recreate(
        core.engine,
        box,
        options,
        scan=_scan(core, box),
        info=core.info,
        state_dir=core.settings.state_dir,
    )


def find_free(core: "Core", reference: str) -> Container:
    """Find the box; BusyError where an operation has it between two names at this moment."""
    try:
        return core.engine.inspect_container(core.find(reference).id)
    except NotFoundError:
        refuse_if_held(core.engine, reference)
        raise


def _scan(core: "Core", box: Container) -> ScanResult | None:
    try:
        return core.scan(box.id, fresh=True)
    except UnsupportedError:
        return None  # what nobody can see is unknown, and asked for by name


@dataclass(frozen=True, slots=True)
class PendingVolume:
    """An operation on a volume that has not ended, as its lock tells."""

    operation: Operation
    claim: Claim
    alive: bool | None


def pending(core: "Core") -> list[Pending | PendingVolume]:
    """List what is under way or was left half way on this engine."""
    boxes = recovery.pending(core.engine, core.info.key, core.settings.state_dir)
    return [*boxes, *_pending_volumes(core)]


def _pending_volumes(core: "Core") -> list[PendingVolume]:
    found = []
    for claim in volume_lock.claims(core.engine):
        left = claim.alive is False
        state = OperationState.NEEDS_RECOVERY if left else OperationState.RUNNING
        operation = volume_lock.operation_of(claim, state)
        found.append(PendingVolume(operation, claim, claim.alive))
    return found


def _recover_volumes(core: "Core", named: str | None) -> list[Operation] | None:
    """Settle those whose process is dead, or which is named; None where that is no volume's."""
    chosen = [p for p in _pending_volumes(core) if named in {None, p.operation.id}]
    if named is not None and not chosen:
        return None
    settled = []
    for one in chosen:
        if one.alive is False or (one.alive is None and named is not None):
            done = settle_volume(core, one.claim)
            core.remember(done)
            settled.append(done)
        elif named is not None:
            settled.append(one.operation)
    return settled


def recover(
    core: "Core",
    *,
    operation: str | None = None,
    way: Way = Way.EITHER,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> list[Operation]:
    """Settle what nobody carries on any more."""
    volumes = _recover_volumes(core, operation)
    if operation is not None and volumes is not None:
        return volumes
    return (volumes or []) + recovery.recover(
        core.engine,
        core.info.key,
        core.settings.state_dir,
        operation=operation,
        way=way,
        on_progress=on_progress,
    )


def error_of_failure(done: Operation) -> BoxtuiError:
    """Make the error again for which an operation failed."""
    failure = done.failure
    if failure is None:
        return BoxtuiError(f"{done.kind} of {done.object_name} failed", reason=done.error)
    return error_of(
        {
            "code": failure.code,
            "message": failure.message,
            "reason": failure.reason,
            "hint": failure.hint,
        }
    )
