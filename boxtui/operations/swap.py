"""The steps that put a new container in an old one's place, shared by every operation on a box.

Each act asks the engine first whether it has been done: it may be carried on by another process
after a crash, and every outcome that a cut line leaves unknown is settled by asking.
"""

import hashlib
import json
import time
from collections.abc import Callable

from boxtui.errors import EngineError, HalfWayError, InternalError, NotFoundError
from boxtui.model.container import TEMPORARY_LABEL
from boxtui.model.ports import JSON
from boxtui.operations import lock
from boxtui.operations.settle import ask, settled
from boxtui.operations.trace import NEW_LABEL, OPERATION_LABEL
from boxtui.operations.verify import differences, missing_mounts
from boxtui.operations.wellness import await_well
from boxtui.operations.work import Work, name_of

NO_RESTART = {"Name": "no", "MaximumRetryCount": 0}


def take_lock(work: Work) -> None:
    """Take the box's lock, and look whether the box is still the one that was planned for."""
    old = _old(work)
    lock.take(work.engine, work.trace, old["Image"])
    old = _old(work)
    running = bool(old["State"]["Running"])
    same = work.options.get("seen") in {None, sight(old)}
    if not same or name_of(old) != work.trace.box or running != work.trace.was_running:
        raise EngineError(
            f"{work.trace.box} has changed since the plan was made",
            reason=f"it is now {name_of(old)}, {old['State']['Status']}",
            hint="look at it again, and plan anew",
        )


def sight(document: JSON) -> str:
    """Sum up all of a container that a plan stands on, to see whether it is still the same."""
    networks = sorted((document["NetworkSettings"].get("Networks") or {}).items())
    told = [
        document["Config"],
        document["HostConfig"],
        [(name, endpoint.get("IPAMConfig")) for name, endpoint in networks],
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def create(work: Work) -> None:
    """Make the new container under its temporary name, in its first network."""
    if work.new() is not None:
        return
    if work.body is None:
        raise InternalError("the new container's configuration is not known here")
    body = work.body.create

    def act() -> None:
        try:
            work.new_id = work.engine.create_container(work.trace.new_name, body)
        except EngineError as error:
            # an answer that was lost: the engine has made it meanwhile
            if error.status != 409 or work.look(work.trace.new_name) is None:
                raise

    settled(act, lambda: work.new() is not None)
    _note(work)
    work.note(new_id=_new(work)["Id"], image_id=_new(work)["Image"])


def _note(work: Work) -> None:
    """Note the new container's id on the engine, where it outlasts every change of names."""
    trace, new_id = work.trace, _new(work)["Id"]
    labels = {TEMPORARY_LABEL: "1", OPERATION_LABEL: trace.operation, NEW_LABEL: new_id}

    def act() -> None:
        work.engine.create_volume(trace.note_name, labels=labels)

    # a volume that is there already is given back as it is
    settled(act, lambda: False)


def connect(work: Work) -> None:
    """Connect the new container to its other networks, where create takes only one."""
    for name, endpoint in (work.body.connect if work.body else {}).items():
        _connect(work, name, endpoint)


def _connect(work: Work, name: str, endpoint: JSON) -> None:
    def inside() -> bool:
        return name in _new(work)["NetworkSettings"]["Networks"]

    if not inside():
        settled(lambda: work.engine.connect(name, _new(work)["Id"], endpoint), inside)


def check(work: Work) -> None:
    """Compare what the engine made with what was asked for, before anything is stopped."""
    if work.body is None:
        return
    new, old = _new(work), _old(work)
    image = work.engine.raw("image", new["Image"])
    found = differences(new, work.body, image.get("Config") or {})
    found += missing_mounts(old, new)
    if work.trace.image_id is not None and new["Image"] != work.trace.image_id:
        found.append("Image")
    if found:
        raise EngineError(
            "the new container is not as planned", reason=f"differs in {', '.join(found)}"
        )


def hold(work: Work) -> None:
    """Keep the engine from starting the old container by itself: a restart would bring both up."""
    _set_policy(work, NO_RESTART)


def unhold(work: Work) -> None:
    _set_policy(work, work.trace.policy)


def stop_old(work: Work) -> None:
    if work.stop_asked is None:
        work.stop_asked = time.time()
    stop(work, work.trace.old_id, work.trace.stop_timeout)


def stop(work: Work, ref: str, timeout: int) -> None:
    """Stop a container and return once it is over; nothing where it does not run."""

    def over() -> bool:
        document = work.look(ref)
        return document is None or not document["State"]["Running"]

    if not over():
        settled(lambda: work.engine.stop(ref, timeout=timeout), over)
        if not over():
            raise EngineError("the box does not stop", reason="it runs on after its stop")


def set_aside(work: Work) -> None:
    _rename(work, lambda: _old(work), work.trace.aside_name)


def take_name(work: Work) -> None:
    _rename(work, lambda: _new(work), work.trace.box)


def start_new(work: Work) -> None:
    _only_writer(work)
    start(work, _new(work)["Id"])
    if work.stop_asked is not None:
        work.note(downtime_s=round(max(0.0, time.time() - work.stop_asked), 3))


def start(work: Work, ref: str) -> None:
    def running() -> bool:
        document = work.look(ref)
        return document is not None and bool(document["State"]["Running"])

    if not running():
        settled(lambda: work.engine.start(ref), running)


def verify(work: Work) -> None:
    """Wait until the new container is well, and has been alone with its volumes."""
    await_well(work.engine, _new(work)["Id"], grace=work.trace.grace, cancel=work.cancel)
    _only_writer(work)


def _only_writer(work: Work) -> None:
    old = work.old()
    if old is not None and old["State"]["Running"]:
        raise EngineError(
            "the old container runs again", reason="somebody has started it meanwhile"
        )


def remove_old(work: Work) -> None:
    """Remove the old container, never its volumes: the new one has them."""

    def gone() -> bool:
        return work.old() is None

    def act() -> None:
        try:
            work.engine.remove_container(work.trace.old_id, volumes=False)
        except NotFoundError:
            return
        except EngineError as error:
            # somebody, or a request whose answer was lost, is at it already
            if error.status != 409 or not _going(work):
                raise

    if not gone():
        settled(act, gone)


def release_lock(work: Work) -> None:
    """Take away the note, then the lock: whoever has the lock may rely on the note."""
    work.new_id = work.new_id or (work.new() or {}).get("Id")

    def gone() -> bool:
        return not noted(work)

    def remove() -> None:
        if noted(work):
            work.engine.remove_volume(work.trace.note_name)

    settled(remove, gone)
    lock.release(work.engine, work.trace)


def noted(work: Work) -> bool:
    """Tell whether the note of the new container's id stands on the engine."""
    try:
        ask(lambda: work.engine.raw("volume", work.trace.note_name))
    except NotFoundError:
        return False
    return True


def _going(work: Work) -> bool:
    old = work.old()
    return old is None or old["State"]["Status"] in {"removing", "dead"}


def _set_policy(work: Work, policy: JSON) -> None:
    def done() -> bool:
        return bool(_old(work)["HostConfig"]["RestartPolicy"] == policy)

    if not done():
        body = {"RestartPolicy": policy}
        settled(lambda: work.engine.update(work.trace.old_id, body), done)


def _rename(work: Work, look: Callable[[], JSON], name: str) -> None:
    def done() -> bool:
        return name_of(look()) == name

    if not done():
        ref = look()["Id"]
        settled(lambda: work.engine.rename(ref, name), done)


def _old(work: Work) -> JSON:
    found = work.old()
    if found is None:
        raise EngineError(
            f"the old container of {work.trace.box} is gone", reason="somebody has removed it"
        )
    return found


def _new(work: Work) -> JSON:
    found = work.new()
    if found is None:
        raise EngineError(
            f"the new container of {work.trace.box} is gone", reason="somebody has removed it"
        )
    return found


def half_way(work: Work, why: str) -> HalfWayError:
    """Say that neither box could be brought up, and what to do."""
    return HalfWayError(
        f"{work.trace.box} was left half way",
        reason=why,
        hint=f"boxtui recover {work.trace.operation}",
    )
