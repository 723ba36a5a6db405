"""One operation a box: the lock is a container on the engine, so that every user meets it.

Creating a container's name is exclusive on the engine (creating a volume is not). The lock is
never started; its labels say whose it is and all that an undo from elsewhere needs to know.
"""

from collections.abc import Mapping

from boxtui.errors import BusyError, NotFoundError
from boxtui.model.container import TEMPORARY_MARK
from boxtui.model.ports import Engine

OPERATION_LABEL = "boxtui.operation"
WHO_LABEL = "boxtui.who"
SINCE_LABEL = "boxtui.since"


def lock_name(box_name: str) -> str:
    """Where the lock of a box stands on its engine."""
    return f"{box_name}{TEMPORARY_MARK}lock"


def refuse_if_held(engine: Engine, box_name: str) -> None:
    """Raise BusyError, saying who and since when, where an operation has the box under way."""
    try:
        lock = engine.inspect_container(lock_name(box_name))
    except NotFoundError:
        return
    raise held(box_name, lock.labels)


def held(box_name: str, labels: Mapping[str, str]) -> BusyError:
    """Say who has the box, since when, and what to do."""
    who = labels.get(WHO_LABEL, "someone")
    since = labels.get(SINCE_LABEL, "an unknown time")
    operation = labels.get(OPERATION_LABEL, "")
    return BusyError(
        f"{box_name} is busy: {who} has had operation {operation} under way since {since}",
        hint=f"wait for it, or if it is dead: boxtui recover {operation}",
    )
