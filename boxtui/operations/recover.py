"""Operations whose runner and guard are gone: found by journal or by lock, finished or undone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from boxtui.errors import NotFoundError
from boxtui.model.operation import Operation, OperationState, Progress
from boxtui.model.ports import Engine
from boxtui.operations import journal as journals
from boxtui.operations import lock, processes, settlement
from boxtui.operations.execution import ignore_progress
from boxtui.operations.journal import Journal
from boxtui.operations.recreate import planned_body
from boxtui.operations.registry import KNOWN
from boxtui.operations.trace import Trace
from boxtui.operations.transaction import take_over
from boxtui.operations.work import Step, Work


class Way(Enum):
    """How to settle: as seems right, forward, or back."""

    EITHER = "either"
    FINISH = "finish"
    UNDO = "undo"


_SETTLING = {
    Way.EITHER: settlement.settle,
    Way.FINISH: settlement.complete,
    Way.UNDO: settlement.undo,
}


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation that has not ended, as its journal or its lock tells."""

    operation: Operation
    trace: Trace
    local: bool
    """Whether its journal is in this state directory."""
    alive: bool | None
    """Whether its runner or guard lives; None where that cannot be seen from here."""


def pending(engine: Engine, key: str, state_dir: Path) -> list[Pending]:
    """List what is under way or was left on this engine, oldest first; `key` is EngineInfo.key."""
    standing = {trace.operation: trace for trace in lock.standing(engine)}
    found: dict[str, Pending] = {}
    for operation in journals.operations(state_dir):
        if operation.finished is not None:
            continue
        header = journals.header_of(journals.read_lines(state_dir, operation.id))
        # one engine may be reached by several addresses: the lock that stands there is proof
        if header.engine == key or operation.id in standing:
            running = operation.state is OperationState.RUNNING
            found[operation.id] = Pending(operation, header.trace, local=True, alive=running)
    for trace in standing.values():
        if trace.operation not in found:
            alive = _lives(trace)
            found[trace.operation] = Pending(_as_told(trace, alive), trace, False, alive)
    return sorted(found.values(), key=lambda p: p.operation.started)


def recover(
    engine: Engine,
    key: str,
    state_dir: Path,
    *,
    operation: str | None = None,
    way: Way = Way.EITHER,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> list[Operation]:
    """Settle what nobody carries on any more; gives what became of each.

    Live ones are left alone, and so are those of other machines unless named by `operation`.
    Raises NotFoundError for one that is unknown, UnsupportedError where --finish has come too soon.
    """
    chosen = pending(engine, key, state_dir)
    if operation is not None:
        chosen = [p for p in chosen if p.operation.id == operation]
        if not chosen:
            return [_ended(state_dir, operation)]
    settled = []
    for one in chosen:
        left = one.alive is False or (one.alive is None and operation is not None)
        if left:
            settled.append(_settle(engine, state_dir, one, way, on_progress))
        elif operation is not None:
            settled.append(one.operation)
    return settled


def _ended(state_dir: Path, operation: str) -> Operation:
    try:
        return journals.read(state_dir, operation)
    except NotFoundError:
        raise NotFoundError(
            f"no operation {operation!r} is pending on this engine",
            hint="`boxtui recover --list` has all that are",
        ) from None


def _settle(
    engine: Engine,
    state_dir: Path,
    one: Pending,
    way: Way,
    on_progress: Callable[[Progress], None],
) -> Operation:
    journal = Journal.take_over(state_dir, one.trace.operation) if one.local else None
    if one.local and journal is None:
        return one.operation  # somebody else recovers it at this very moment
    lines = journal.lines() if journal else []
    work = Work(
        engine=engine,
        trace=one.trace,
        steps=_steps(one),
        journal=journal,
        report=on_progress,
        new_id=journals.known_new(lines),
    )
    work.in_flight = journals.unsettled(lines)
    if way is Way.FINISH:
        _prepare_finish(work)
    try:
        state = take_over(work, _SETTLING[way], by="recover")
    finally:
        if journal is not None:
            journal.close()
    if one.local:
        return journals.read(state_dir, one.trace.operation)
    ended = None if state is OperationState.NEEDS_RECOVERY else datetime.now(UTC)
    return replace(one.operation, state=state, new_id=work.new_id, finished=ended)


def _prepare_finish(work: Work) -> None:
    """Know what the new container must be: it may never have been compared, nor connected."""
    old, new = work.old(), work.new()
    if new is None:
        settlement.complete(work)  # says why not
    elif old is not None:
        api = work.engine.info().api_version
        work.body = planned_body(work.engine, old, new, api=api)


def _steps(one: Pending) -> tuple[Step, ...]:
    names = [s.name for s in one.operation.steps]
    return tuple(KNOWN[name] for name in names if name in KNOWN)


def _lives(trace: Trace) -> bool | None:
    named = list(trace.processes.values())
    if not named or not all(processes.here(p) for p in named):
        return None
    return any(processes.lives(p) for p in named)


def _as_told(trace: Trace, alive: bool | None) -> Operation:
    """Make an operation of what its lock tells."""
    return Operation(
        id=trace.operation,
        kind=trace.kind,
        object_kind="container",
        object_id=trace.old_id,
        object_name=trace.box,
        state=OperationState.NEEDS_RECOVERY if alive is False else OperationState.RUNNING,
        started=datetime.fromisoformat(trace.since),
        old_id=trace.old_id,
        image_id=trace.image_id,
        owner=trace.who,
    )
