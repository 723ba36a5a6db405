"""The steps that every operation on a box is made of, and how to see that one is done."""

from collections.abc import Callable

from boxtui.model.operation import PlannedStep
from boxtui.model.ports import JSON
from boxtui.operations import lock, swap
from boxtui.operations.work import Step, Work, name_of

Done = Callable[[Work], bool]

LOCK = Step(PlannedStep("lock", "take the box's lock on the engine", "let it go"), swap.take_lock)
CREATE = Step(
    PlannedStep("create", "create the new container beside the old one", "remove it"), swap.create
)
CONNECT = Step(PlannedStep("connect", "connect it to its other networks"), swap.connect)
CHECK = Step(PlannedStep("check", "compare its configuration field by field"), swap.check)
HOLD = Step(
    PlannedStep("hold", "set the old container's restart policy to no", "set it back"), swap.hold
)
STOP = Step(PlannedStep("stop", "stop the old container", "start it again"), swap.stop_old)
SET_ASIDE = Step(
    PlannedStep("set-aside", "rename the old container", "rename it back"), swap.set_aside
)
TAKE_NAME = Step(
    PlannedStep("take-name", "give the new container the box's name", "remove it"), swap.take_name
)
START = Step(PlannedStep("start", "start the new container", "stop it"), swap.start_new)
VERIFY = Step(PlannedStep("verify", "wait until it is well"), swap.verify)
REMOVE_OLD = Step(
    PlannedStep("remove-old", "remove the old container, none of its volumes"), swap.remove_old
)
UNLOCK = Step(PlannedStep("unlock", "let the box's lock go"), swap.release_lock)


def _renamed(look: Callable[[Work], JSON | None], name: Callable[[Work], str]) -> Done:
    def done(work: Work) -> bool:
        document = look(work)
        return document is None or name_of(document) == name(work)

    return done


def _held(work: Work) -> bool:
    old = work.old()
    return old is None or old["HostConfig"]["RestartPolicy"] == swap.NO_RESTART


def _started(work: Work) -> bool:
    new = work.new()
    return new is None or bool(new["State"]["Running"])


DONE: dict[str, Done] = {
    LOCK.name: lambda work: lock.holds(work.engine, work.trace),
    CREATE.name: lambda work: work.new() is not None,
    HOLD.name: _held,
    SET_ASIDE.name: _renamed(Work.old, lambda work: work.trace.aside_name),
    TAKE_NAME.name: _renamed(Work.new, lambda work: work.trace.box),
    START.name: _started,
    REMOVE_OLD.name: lambda work: work.old() is None,
}
"""How to see that the engine has done what a step asked of it."""
