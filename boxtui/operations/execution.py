"""How a plan becomes an operation: asked for, allowed, carried out, reported.

A `Change` is a plan together with the way to carry it out. The Plan dialog and the commands share
this face: they show `change.plan`, gather an `Answer`, and call `execute`.
"""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from boxtui.errors import BoxtuiError, ReadOnlyError, UnconfirmedError
from boxtui.model.operation import (
    Failure,
    Needs,
    Operation,
    OperationState,
    Plan,
    Progress,
    StepProgress,
    StepRecord,
    StepState,
)
from boxtui.model.ports import Engine
from boxtui.operations.cancel import Cancel
from boxtui.operations.lock import refuse_if_held

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the operator said to a plan: a yes, or the object's full name typed."""

    yes: bool = False
    name: str | None = None


class Change(Protocol):
    """A plan and the way to carry it out."""

    @property
    def plan(self) -> Plan: ...
    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        """Return what became of it; a failure of the engine is in the operation, not raised."""


def ignore_progress(progress: Progress) -> None:
    """For callers whom only the end concerns."""


def execute(
    change: Change,
    engine: Engine,
    *,
    answer: Answer,
    read_only: bool,
    on_progress: OnProgress = ignore_progress,
    cancel: Cancel | None = None,
) -> Operation:
    """Carry a change out once it is allowed; blocks until it is over.

    Raises ReadOnlyError, UnconfirmedError or BusyError, with nothing changed.
    """
    authorize(change.plan, answer=answer, read_only=read_only)
    if change.plan.object_kind == "container":
        refuse_if_held(engine, change.plan.object_name)
    return change.carry_out(engine, on_progress, cancel or Cancel())


def authorize(plan: Plan, *, answer: Answer, read_only: bool) -> None:
    """Refuse what --read-only forbids and what has not been confirmed as the plan needs it."""
    if read_only:
        raise ReadOnlyError(
            f"{plan.kind} of {plan.object_name} refused: boxtui was started with --read-only",
            hint="start it without --read-only to change things",
        )
    if answer.name is not None and answer.name != plan.object_name:
        raise UnconfirmedError(
            f"{answer.name!r} is not the name: nothing was changed",
            hint=f"the full name is {plan.object_name}",
        )
    if plan.needs is Needs.NAME and answer.name is None:
        raise UnconfirmedError(
            f"{plan.kind} of {plan.object_name} destroys what cannot be made again",
            hint=f"type its full name, or give --confirm {plan.object_name}",
        )
    if plan.needs is Needs.YES and not (answer.yes or answer.name):
        raise UnconfirmedError(
            f"{plan.kind} of {plan.object_name} was not confirmed", hint="give --yes"
        )


def failure_of(error: BoxtuiError) -> Failure:
    """Make an error a part of an operation's record."""
    return Failure(error.code, error.message, error.reason, error.hint)


def new_operation_id() -> str:
    """Ten random hexadecimal digits: short enough for names on the engine."""
    return secrets.token_hex(5)


@dataclass(frozen=True, slots=True)
class InProcess:
    """A change whose steps each change one object of the engine, carried out right here.

    `acts` are parallel to the plan's steps. Where `independent`, a step that fails does not keep
    the rest from being done (a prune), and the operation tells of each.
    """

    plan: Plan
    acts: tuple[Callable[[Engine], None], ...]
    independent: bool = False

    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        return _Carrying(self, engine, on_progress, cancel).operation()


class _Carrying:
    """One run of an in-process change."""

    def __init__(
        self, change: InProcess, engine: Engine, on_progress: OnProgress, cancel: Cancel
    ) -> None:
        self._change = change
        self._engine = engine
        self._on_progress = on_progress
        self._cancel = cancel
        self._id = new_operation_id()
        self._records = [StepRecord(s.name, StepState.PENDING) for s in change.plan.steps]
        self._failures: list[Failure] = []

    def operation(self) -> Operation:
        plan = self._change.plan
        running = Operation(
            id=self._id,
            kind=plan.kind,
            object_kind=plan.object_kind,
            object_id=plan.object_id,
            object_name=plan.object_name,
            state=OperationState.RUNNING,
            started=datetime.now(UTC),
        )
        for index in range(len(self._records)):
            if self._cancel.asked.is_set():
                self._failures.append(Failure("cancelled", "cancelled"))
            if self._failures and (self._cancel.asked.is_set() or not self._change.independent):
                break
            self._step(index)
        return replace(
            running,
            state=OperationState.FAILED if self._failures else OperationState.DONE,
            finished=datetime.now(UTC),
            steps=tuple(self._records),
            error="; ".join(f.reason or f.message for f in self._failures) or None,
            failure=self._failures[0] if self._failures else None,
        )

    def _step(self, index: int) -> None:
        self._tell(index, StepState.START, None)
        begun = time.monotonic()
        try:
            self._change.acts[index](self._engine)
        except BoxtuiError as error:
            self._failures.append(failure_of(error))
            self._tell(index, StepState.FAILED, time.monotonic() - begun)
        else:
            self._tell(index, StepState.DONE, time.monotonic() - begun)

    def _tell(self, index: int, state: StepState, seconds: float | None) -> None:
        name = self._records[index].name
        self._records[index] = StepRecord(name, state, seconds)
        self._on_progress(
            StepProgress(self._id, os.getpid(), index + 1, len(self._records), name, state)
        )
