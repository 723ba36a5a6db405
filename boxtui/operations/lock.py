"""One operation a box: the lock is a container on the engine, so that every user meets it.

Creating a container's name is exclusive on the engine (creating a volume is not). The lock is
never started; its labels are the operation's trace.
"""

from collections.abc import Iterable, Mapping

from boxtui.errors import BusyError, EngineError, NotFoundError
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK, Container
from boxtui.model.ports import JSON, Engine
from boxtui.operations.settle import ask, settled
from boxtui.operations.trace import OPERATION_LABEL, SINCE_LABEL, WHO_LABEL, Trace, lock_name

_TRIES = 5


def refuse_if_held(engine: Engine, box: str) -> None:
    """Raise BusyError, saying who and since when, where an operation has the box under way."""
    labels = _labels(engine, box)
    if labels is not None:
        raise held(box, labels)


def take(engine: Engine, trace: Trace, image: str) -> None:
    """Take the box's lock or raise BusyError; `image` is one that the engine has."""
    body = {
        "Image": image,
        "Entrypoint": ["boxtui-lock"],
        "Labels": trace.labels(),
        "HostConfig": {"NetworkMode": "none"},
    }
    for _ in range(_TRIES):
        try:
            settled(
                lambda: engine.create_container(lock_name(trace.box), body),
                lambda: holds(engine, trace),
            )
        except EngineError as error:
            if error.status != 409:
                raise
            labels = ask(lambda: _labels(engine, trace.box))
            if labels is None:
                continue  # let go between our try and our question
            if labels.get(OPERATION_LABEL) != trace.operation:
                raise held(trace.box, labels) from error
        return
    raise BusyError(f"{trace.box} is busy: its lock is taken and let go all the time")


def holds(engine: Engine, trace: Trace) -> bool:
    """Tell whether the lock that stands there is this operation's."""
    labels = _labels(engine, trace.box)
    return labels is not None and labels.get(OPERATION_LABEL) == trace.operation


def release(engine: Engine, trace: Trace) -> None:
    """Let the box go; nothing happens where the lock is not this operation's."""

    def remove() -> None:
        if holds(engine, trace):
            # with its own anonymous volumes, should its image ask for any
            engine.remove_container(lock_name(trace.box), volumes=True, force=True)

    settled(remove, lambda: not holds(engine, trace))


def standing(engine: Engine) -> list[Trace]:
    """Read all locks on the engine, whoever took them, oldest first."""
    return among(engine.list_containers(label=f"{TEMPORARY_LABEL}=1"))


def among(containers: Iterable[Container]) -> list[Trace]:
    """Read the locks among containers, oldest first."""
    found = []
    for container in containers:
        labels = container.labels
        if OPERATION_LABEL in labels and container.name.endswith(f"{TEMPORARY_MARK}lock"):
            try:
                found.append(Trace.of(labels))
            except (KeyError, ValueError):
                # someone's own container with such labels: not a lock that we could undo
                continue
    return sorted(found, key=lambda t: t.since)


def held(box: str, labels: Mapping[str, str]) -> BusyError:
    """Say who has the box, since when, and what to do."""
    who = labels.get(WHO_LABEL, "someone")
    since = labels.get(SINCE_LABEL, "an unknown time")
    operation = labels.get(OPERATION_LABEL, "")
    return BusyError(
        f"{box} is busy: {who} has operation {operation} under way since {since}",
        hint=f"wait for it; if it is dead: boxtui recover {operation}",
    )


def _labels(engine: Engine, box: str) -> dict[str, str] | None:
    try:
        document: JSON = engine.raw("container", lock_name(box))
    except NotFoundError:
        return None
    return document["Config"].get("Labels") or {}
