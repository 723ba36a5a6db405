"""An operation on a volume while it is carried out: its steps told, its failures taken back."""

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from boxtui.errors import BoxtuiError, CancelledError, InternalError, NoSpaceError
from boxtui.model.operation import (
    BytesProgress,
    Failure,
    Operation,
    OperationState,
    Plan,
    StepProgress,
    StepRecord,
    StepState,
)
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import OnProgress, failure_of

_OFTEN = 0.25
"""Seconds between two lines about bytes."""


@dataclass(slots=True)
class VolumeWork:
    """One run of an operation; `undo` holds what a failure takes back, last first."""

    plan: Plan
    operation: str
    on_progress: OnProgress
    cancel: Cancel
    undo: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    begun: bool = False
    """Whether anything has been made: until then an error is a refusal."""
    kept: bool = False
    """Whether it is done but for tidying up: then nothing is taken back any more."""
    backup: str | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _records: list[StepRecord] = field(default_factory=list)
    _told: float = 0.0

    def __post_init__(self) -> None:
        self._records = [StepRecord(s.name, StepState.PENDING) for s in self.plan.steps]

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell a step before it acts and after."""
        if not self.kept:
            self.check_cancel()
        begun = time.monotonic()
        self._tell(name, StepState.START, None)
        try:
            yield
        except BaseException:
            self._tell(name, StepState.FAILED, time.monotonic() - begun)
            raise
        self._tell(name, StepState.DONE, time.monotonic() - begun)

    def passing(self, blocks: Iterable[bytes], total: int | None) -> Iterator[bytes]:
        """Hand blocks on, telling how many bytes have passed; a cancel ends it."""
        done = 0
        for block in blocks:
            self.check_cancel()
            yield block
            done += len(block)
            if time.monotonic() - self._told > _OFTEN:
                self.tell_bytes(done, total)
        self.tell_bytes(done, total)

    def tell_bytes(self, done: int, total: int | None) -> None:
        self._told = time.monotonic()
        known = None if total is None else max(total, done)
        self.on_progress(BytesProgress(self.operation, done, known))

    def check_cancel(self) -> None:
        if self.cancel.asked.is_set():
            raise CancelledError("cancelled")

    def carry(self, act: Callable[[], None]) -> Operation:
        """Do it all; whatever fails once something was made is taken back and told."""
        try:
            act()
        except (BoxtuiError, OSError) as error:
            failed = _told(error)
            if self.kept:
                self.undo.pop_all()
                return self._outcome(OperationState.NEEDS_RECOVERY, failure_of(failed))
            broken = self._take_back()
            if not self.begun and not isinstance(failed, CancelledError):
                raise failed from error
            if broken is not None:
                return self._outcome(OperationState.NEEDS_RECOVERY, failure_of(broken))
            return self._outcome(OperationState.ROLLED_BACK, failure_of(failed))
        except BaseException:
            self._take_back()
            raise
        self.undo.pop_all()
        return self._outcome(OperationState.DONE, None)

    def _take_back(self) -> BoxtuiError | None:
        try:
            self.undo.close()
        except (BoxtuiError, OSError) as error:
            return _told(error)
        return None

    def _outcome(self, state: OperationState, failure: Failure | None) -> Operation:
        return Operation(
            id=self.operation,
            kind=self.plan.kind,
            object_kind=self.plan.object_kind,
            object_id=self.plan.object_id,
            object_name=self.plan.object_name,
            state=state,
            started=self.started,
            finished=None if state is OperationState.NEEDS_RECOVERY else datetime.now(UTC),
            steps=tuple(self._records),
            backup=self.backup,
            error=(failure.reason or failure.message) if failure else None,
            failure=failure,
        )

    def _tell(self, name: str, state: StepState, seconds: float | None) -> None:
        index = next(i for i, record in enumerate(self._records) if record.name == name)
        self._records[index] = StepRecord(name, state, seconds)
        self.on_progress(
            StepProgress(self.operation, os.getpid(), index + 1, len(self._records), name, state)
        )


def _told(error: BoxtuiError | OSError) -> BoxtuiError:
    if isinstance(error, BoxtuiError):
        return error
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpaceError("the disk is full", reason=str(error))
    return InternalError("a file could not be read or written", reason=str(error))
