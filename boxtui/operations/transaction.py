"""Steps in order, and the way back: what the runner does, and its guard when the runner is gone."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

from boxtui.errors import BoxtuiError, CancelledError, EngineError, HalfWayError
from boxtui.model.operation import Failure, OperationState, StepState
from boxtui.operations import lock, steps
from boxtui.operations.execution import failure_of
from boxtui.operations.settlement import roll_back, settle
from boxtui.operations.work import Step, Work

_NO_WAY_BACK = frozenset({steps.REMOVE_OLD.name, steps.UNLOCK.name})
"""Steps at which a cancel comes too late."""


def carry_through(work: Work) -> OperationState:
    """Do all the steps, or bring the old box back; the journal has the end when this returns."""
    try:
        for step in work.steps:
            _take(work, step)
    except (BoxtuiError, OSError) as error:
        # OSError: the journal cannot be written, so no step may act any more
        state, failure = _back(work, _failure(error), locked=_locked(work))
        return _end(work, state, None if state is OperationState.DONE else failure)
    return _end(work, OperationState.DONE, None)


def take_over(
    work: Work, settling: Callable[[Work], OperationState] = settle, *, by: str = "its guard"
) -> OperationState:
    """Settle what a dead runner has left, and write the end down."""
    try:
        state = settling(work)
    except (BoxtuiError, OSError) as error:
        return _end(work, OperationState.NEEDS_RECOVERY, _failure(error))
    failure = None
    if state is OperationState.ROLLED_BACK:
        failure = Failure("internal", f"the operation's process died; {by} rolled it back")
    elif state is OperationState.FAILED:
        failure = Failure("engine", "somebody has removed both the old and the new container")
    return _end(work, state, failure)


def _take(work: Work, step: Step) -> None:
    if work.cancel.asked.is_set() and step.name not in _NO_WAY_BACK:
        raise CancelledError("cancelled")
    work.tell(step.name, StepState.START)
    try:
        step.act(work)
    except BoxtuiError:
        with suppress(OSError):
            work.tell(step.name, StepState.FAILED)
        raise
    if work.cancel.asked.is_set() and step.name not in _NO_WAY_BACK:
        # a wait that the cancel cut short has proven nothing
        work.tell(step.name, StepState.FAILED)
        raise CancelledError("cancelled")
    work.tell(step.name, StepState.DONE)


def _locked(work: Work) -> bool:
    """Tell whether this operation has the box: without its lock it must not touch a thing."""
    try:
        return lock.holds(work.engine, work.trace)
    except BoxtuiError:
        return True


def _back(work: Work, failure: Failure, *, locked: bool) -> tuple[OperationState, Failure]:
    if not locked:
        return OperationState.FAILED, failure
    try:
        return roll_back(work), failure
    except (BoxtuiError, OSError) as error:
        broken = _failure(error)
        reason = "; and then: ".join(
            w for w in (failure.reason or failure.message, broken.reason or broken.message) if w
        )
        return OperationState.NEEDS_RECOVERY, Failure(
            HalfWayError.code, broken.message, reason, broken.hint
        )


def _failure(error: BoxtuiError | OSError) -> Failure:
    if isinstance(error, BoxtuiError):
        return failure_of(error)
    return failure_of(
        EngineError("the journal cannot be written", reason=error.strerror or str(error))
    )


def _end(work: Work, state: OperationState, failure: Failure | None) -> OperationState:
    if work.journal is None:
        return state
    told = asdict(failure) if failure else None
    with suppress(OSError):
        if state is OperationState.NEEDS_RECOVERY:
            work.journal.write("broken", failure=told)
        else:
            work.journal.write("end", state=state.value, failure=told)
    return state
