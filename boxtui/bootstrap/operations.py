"""The operations room as both front ends meet it: planning, carrying out, recovering."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from boxtui.errors import BoxtuiError, NotFoundError, UnsupportedError
from boxtui.model.container import Container
from boxtui.model.operation import Operation, Progress
from boxtui.model.scan import ScanResult
from boxtui.operations import recover as recovery
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import Answer, Change, execute, ignore_progress
from boxtui.operations.launch import error_of
from boxtui.operations.lock import refuse_if_held
from boxtui.operations.recover import Pending, Way
from boxtui.operations.recreate import GRACE, RecreateOptions, plan_recreate
from boxtui.operations.runner import progress_line

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core

__all__ = [
    "GRACE",
    "Answer",
    "Cancel",
    "Change",
    "Pending",
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


def pending(core: "Core") -> list[Pending]:
    """List what is under way or was left half way on this engine."""
    return recovery.pending(core.engine, core.info.key, core.settings.state_dir)


def recover(
    core: "Core",
    *,
    operation: str | None = None,
    way: Way = Way.EITHER,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> list[Operation]:
    """Settle what nobody carries on any more."""
    return recovery.recover(
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
