"""Changes under way: each in a thread, seen in the snapshot from its first moment to its end."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

from boxtui.bootstrap import Core
from boxtui.bootstrap.operations import carry_out
from boxtui.errors import BoxtuiError
from boxtui.model.operation import (
    BytesProgress,
    Operation,
    OperationState,
    Progress,
    StepProgress,
    StepRecord,
    StepState,
)
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import Answer, Change, authorize, new_operation_id
from boxtui.tui.bridge import Bridge
from boxtui.tui.messages import OperationEnded
from boxtui.tui.snapshot import Snapshot

_KEPT = 200


class Changes:
    """Carries changes out, and remembers what became of them."""

    def __init__(self, core: Core, bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge
        self._cancels: dict[str, Cancel] = {}

    def check(self, change: Change) -> None:
        """Raise what would refuse the change even if the operator agreed to it."""
        plan = change.plan
        answer = Answer(yes=True, name=plan.object_name)
        authorize(plan, answer=answer, read_only=self._core.settings.read_only)

    def run(self, change: Change, answer: Answer) -> str:
        """Begin; gives the id by which the snapshot lists it."""
        plan = change.plan
        operation = Operation(
            id=new_operation_id(),
            kind=plan.kind,
            object_kind=plan.object_kind,
            object_id=plan.object_id,
            object_name=plan.object_name,
            state=OperationState.RUNNING,
            started=datetime.now(UTC),
            steps=tuple(StepRecord(step.name, StepState.PENDING) for step in plan.steps),
        )
        self._cancels[operation.id] = Cancel()
        self._bridge.update(lambda s: _listed(s, operation))
        threading.Thread(
            target=self._carry_out, args=(change, answer, operation), name="change", daemon=True
        ).start()
        return operation.id

    def cancel(self, operation_id: str) -> None:
        """Ask a change under way to stop and to roll back."""
        asked = self._cancels.get(operation_id)
        if asked is not None:
            asked()

    def _carry_out(self, change: Change, answer: Answer, operation: Operation) -> None:
        def progress(news: Progress) -> None:
            if isinstance(news, StepProgress):
                self._bridge.update(lambda s: _stepped(s, operation.id, news))
            else:
                self._bridge.update(lambda s: _moved(s, operation.id, news))

        try:
            ended = carry_out(
                self._core,
                change,
                answer=answer,
                on_progress=progress,
                cancel=self._cancels[operation.id],
            )
            # listed under the id it was first shown with
            ended = replace(ended, id=operation.id)
        except BoxtuiError as error:
            words = f"{error.message}: {error.reason}" if error.reason else error.message
            ended = replace(
                operation, state=OperationState.FAILED, finished=datetime.now(UTC), error=words
            )
        self._cancels.pop(operation.id, None)
        self._core.remember(ended)
        self._bridge.update(lambda s: _listed(s, ended))
        self._bridge.tell(OperationEnded(ended))


def _listed(snapshot: Snapshot, operation: Operation) -> Snapshot:
    others = [o for o in snapshot.operations if o.id != operation.id]
    newest = sorted([operation, *others], key=lambda o: o.started, reverse=True)
    running = operation.state is OperationState.RUNNING
    moved = {i: m for i, m in snapshot.moved.items() if running or i != operation.id}
    return replace(snapshot, operations=tuple(newest[:_KEPT]), moved=moved)


def _moved(snapshot: Snapshot, operation_id: str, news: BytesProgress) -> Snapshot:
    return replace(snapshot, moved={**snapshot.moved, operation_id: news})


def _stepped(snapshot: Snapshot, operation_id: str, news: StepProgress) -> Snapshot:
    for operation in snapshot.operations:
        if operation.id == operation_id and 0 < news.index <= len(operation.steps):
            steps = list(operation.steps)
            steps[news.index - 1] = StepRecord(news.step, news.state)
            listed = _listed(snapshot, replace(operation, steps=tuple(steps)))
            # its bytes were those of the step before
            moved = {i: m for i, m in listed.moved.items() if i != operation_id}
            return replace(listed, moved=moved)
    return snapshot
