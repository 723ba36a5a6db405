"""Every step that a runner may be asked for, by its name in the order."""

from boxtui.operations import recreate, swap
from boxtui.operations.work import Step

KNOWN: dict[str, Step] = {
    step.name: step
    for step in (
        swap.LOCK,
        recreate.PULL,
        swap.CREATE,
        swap.CONNECT,
        swap.CHECK,
        swap.HOLD,
        swap.STOP,
        swap.SET_ASIDE,
        swap.TAKE_NAME,
        swap.START,
        swap.VERIFY,
        swap.REMOVE_OLD,
        swap.UNLOCK,
    )
}
