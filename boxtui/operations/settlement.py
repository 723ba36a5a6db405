"""After a failure or a crash: bring the old box back, or finish with the new one.

Neither follows the journal back step by step. Both ask the engine what there is and go from there,
so that they may be broken off and begun again, by anyone, from any state directory.
"""

import time

from boxtui.errors import (
    BoxtuiError,
    BusyError,
    EngineError,
    NotFoundError,
    UnsupportedError,
)
from boxtui.model.operation import OperationState, StepState
from boxtui.model.ports import JSON
from boxtui.operations import lock, steps, swap
from boxtui.operations.settle import insist, settled
from boxtui.operations.wellness import is_well
from boxtui.operations.work import Work, name_of

_LATE = 1.0
"""Seconds within which the engine has done what a client asked of it that died asking."""

_GLANCE = 0.05


def outwait(work: Work) -> None:
    """Let the engine come to the end of what a dead runner had just asked of it.

    A stop is awaited otherwise: with one of our own. A create whose container is not there after
    this is kept from coming later by taking its name.
    """
    end = time.monotonic() + _LATE
    for name in work.in_flight:
        done = steps.DONE.get(name)
        while done is not None and time.monotonic() < end and not done(work):
            time.sleep(_GLANCE)


def settle(work: Work) -> OperationState:
    """Finish where the new box has taken over and is well, otherwise undo."""
    if not _own(work):
        return _as_it_stands(work)
    return finish(work) if may_finish(work) else roll_back(work)


def undo(work: Work) -> OperationState:
    """Bring the old box back, whatever has become of the new one."""
    return roll_back(work) if _own(work) else _as_it_stands(work)


def complete(work: Work) -> OperationState:
    """Finish with the new box; raises UnsupportedError where there is none."""
    if work.new() is None:
        raise UnsupportedError(
            f"operation {work.trace.operation} has made no new container to finish with",
            hint=f"boxtui recover {work.trace.operation} --undo",
        )
    return finish(work) if _own(work) else _as_it_stands(work)


def _own(work: Work) -> bool:
    """Have the box's lock while anything of the operation's stands on the engine.

    Where nothing does, it has been settled elsewhere, or had not begun: the box may have been
    changed since by somebody who was free to, and is not ours to touch.
    """
    outwait(work)
    if lock.holds(work.engine, work.trace):
        return True
    names = (work.trace.new_name, work.trace.aside_name)
    traces = any(work.look(name) is not None for name in names) or swap.noted(work)
    standing = work.old() or work.new()
    if standing is None or not (traces or steps.LOCK.name in work.in_flight):
        return False
    try:
        lock.take(work.engine, work.trace, standing["Image"])
    except BusyError:
        return False
    if not traces:
        # the lock that a dead runner asked for can come no more: it would have met ours
        swap.release_lock(work)
    return traces


def _as_it_stands(work: Work) -> OperationState:
    """Say how an operation ended that has left nothing on the engine."""
    if work.old() is not None:
        return OperationState.ROLLED_BACK
    return OperationState.FAILED if work.new() is None else OperationState.DONE


def may_finish(work: Work) -> bool:
    """Tell whether the new box stands in the old one's place, and is well."""
    new, old = work.new(), work.old()
    if new is None:
        return False
    if old is None or old["State"].get("Dead"):
        return True  # there is nothing to go back to
    if name_of(new) != work.trace.box or name_of(old) != work.trace.aside_name:
        return False
    return not work.trace.was_running or is_well(work.engine, new["Id"])


def finish(work: Work) -> OperationState:
    """Carry on from wherever it stands to the end; every act that is done is passed over."""
    old = work.old()
    if old is None:
        remaining = [steps.TAKE_NAME, steps.START, steps.UNLOCK]
    elif old["State"].get("Dead"):
        remaining = [steps.TAKE_NAME, steps.START, steps.REMOVE_OLD, steps.UNLOCK]
    else:
        remaining = [
            steps.CONNECT,
            steps.CHECK,
            steps.HOLD,
            steps.STOP,
            steps.SET_ASIDE,
            steps.TAKE_NAME,
        ]
        remaining += [steps.START, steps.VERIFY, steps.REMOVE_OLD, steps.UNLOCK]
    if not work.trace.was_running:
        remaining = [s for s in remaining if s not in {steps.STOP, steps.START, steps.VERIFY}]
    for step in remaining:
        work.tell(step.name, StepState.START)
        try:
            step.act(work)
        except BoxtuiError:
            work.tell(step.name, StepState.FAILED)
            raise
        work.tell(step.name, StepState.DONE)
    return OperationState.DONE


def roll_back(work: Work) -> OperationState:
    """Bring the old box back as it was; raise HalfWayError where it cannot have its name."""
    old = work.old()
    if old is None or old["State"].get("Dead"):
        return _without_old(work)
    _remove_new(work)
    _give_name_back(work)
    if old["HostConfig"]["RestartPolicy"] != work.trace.policy:
        work.tell_undo(steps.HOLD.name)
        swap.unhold(work)
    _start_old(work)
    work.tell_undo(steps.LOCK.name)
    swap.release_lock(work)
    return OperationState.ROLLED_BACK


def _without_old(work: Work) -> OperationState:
    """The old container is gone: with a new one there is only the way forward."""
    if work.new() is not None:
        return finish(work)
    # somebody has removed both: there is nothing left to bring back
    swap.release_lock(work)
    return OperationState.FAILED


def _remove_new(work: Work) -> None:
    new = work.new()
    if new is None:
        if steps.CREATE.name in work.in_flight:
            work.tell_undo(steps.CREATE.name)
            _outwait_create(work)
        return
    if new["State"]["Running"]:
        work.tell_undo(steps.START.name)
        swap.stop(work, new["Id"], work.trace.stop_timeout)
    work.tell_undo(steps.CREATE.name)
    _remove(work, new)


def _remove(work: Work, new: JSON) -> None:
    """Remove a new container with the anonymous volumes that it was created with.

    The old one's volumes are all mounted in it by name, and so are spared.
    """

    def gone() -> bool:
        return work.look(new["Id"]) is None

    def act() -> None:
        try:
            work.engine.remove_container(new["Id"], volumes=True, force=True)
        except NotFoundError:
            return

    settled(act, gone)


def _outwait_create(work: Work) -> None:
    """See that a create which the runner died over leaves nothing behind, however late it comes."""
    name = work.trace.new_name
    image = (work.old() or {}).get("Image")
    try:
        # the name is exclusive: holding it, we know that nothing can come any more
        body = {
            "Image": image,
            "Entrypoint": ["boxtui-lock"],
            "HostConfig": {"NetworkMode": "none"},
        }
        work.engine.create_container(name, body)
    except EngineError as error:
        if error.status != 409:
            raise
    document = work.look(name)
    end = time.monotonic() + 60
    while document is None and time.monotonic() < end:
        # its name is taken, and it is not there yet: the engine is making it
        time.sleep(_GLANCE)
        document = work.look(name)
    if document is not None:
        _remove(work, document)


def _give_name_back(work: Work) -> None:
    old = work.old()
    if old is None or name_of(old) == work.trace.box:
        return
    work.tell_undo(steps.SET_ASIDE.name)

    def done() -> bool:
        now = work.old()
        return now is not None and name_of(now) == work.trace.box

    try:
        settled(lambda: work.engine.rename(work.trace.old_id, work.trace.box), done)
    except EngineError as error:
        _start_old(work)  # the box runs, if not under its name
        raise swap.half_way(work, error.reason or error.message) from error


def _start_old(work: Work) -> None:
    if not work.trace.was_running:
        return
    old = work.old()
    if old is not None and old["State"]["Running"]:
        if steps.STOP.name not in work.in_flight:
            return
        # the stop that a dead runner asked for may still come: it is awaited with one of our own
        work.tell_undo(steps.STOP.name)
        swap.stop(work, work.trace.old_id, work.trace.stop_timeout)
    work.tell_undo(steps.STOP.name)
    insist(lambda: swap.start(work, work.trace.old_id))
