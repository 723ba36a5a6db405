"""Every step that a runner may be asked for, by its name in the order."""

from boxtui.operations import recreate, steps
from boxtui.operations.work import Step

KNOWN: dict[str, Step] = {
    step.name: step
    for step in (
        steps.LOCK,
        recreate.PULL,
        steps.CREATE,
        steps.CONNECT,
        steps.CHECK,
        steps.HOLD,
        steps.STOP,
        steps.SET_ASIDE,
        steps.TAKE_NAME,
        steps.START,
        steps.VERIFY,
        steps.REMOVE_OLD,
        steps.UNLOCK,
    )
}
