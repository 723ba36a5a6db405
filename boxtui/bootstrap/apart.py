"""Operations on volumes in a process of their own: a closed console or a dropped line ends none.

The process plans anew from a short request and carries that out; should it be killed, whoever
follows it tidies up, else the next operation on the volume or `boxtui recover`.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxtui.backups.store import Store
from boxtui.bootstrap.settings import resolve_settings
from boxtui.errors import BoxtuiError, InUseError
from boxtui.model.backup import Consistency
from boxtui.model.operation import (
    Failure,
    Operation,
    OperationState,
    Plan,
    StepProgress,
    StepRecord,
    StepState,
)
from boxtui.model.ports import Engine
from boxtui.operations import volume_lock
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import Change, OnProgress, failure_of
from boxtui.operations.launch import error_of, progress_of, start
from boxtui.operations.runner import Reporter
from boxtui.operations.volume_backup import plan_volume_backup
from boxtui.operations.volume_lock import Claim
from boxtui.operations.volume_restore import plan_volume_restore

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core

_VERB = "_run-volume"


@dataclass(frozen=True, slots=True)
class Apart:
    """The change as those see it who ask for it: see execution.Change."""

    core: "Core"
    plan: Plan
    request: Mapping[str, Any]

    def carry_out(self, engine: Engine, on_progress: OnProgress, cancel: Cancel) -> Operation:
        """Follow the process to its end; what it leaves when it is killed is tidied up."""
        followed = _Following(on_progress)
        runner = start(_VERB, self.plan.object_name)
        assert runner.stdin is not None
        assert runner.stdout is not None
        with runner, cancel.calling(runner.terminate):
            with runner.stdin as pipe:
                pipe.write(json.dumps(self._order()).encode())
            for line in runner.stdout:
                followed.told(json.loads(line))
        if followed.ended is not None:
            return followed.ended
        done = self._settled(engine, followed)
        if cancel.asked.is_set() and done.failure is not None:
            # asked to end before it could listen
            return replace(done, failure=Failure("cancelled", "cancelled"))
        return done

    def _order(self) -> dict[str, Any]:
        info, settings = self.core.info, self.core.settings
        return {
            "host": None if info.context else info.host,
            "context": info.context,
            "config": str(settings.config_path) if settings.config_path.exists() else None,
            "state_dir": str(settings.state_dir),
            "backup_dir": str(settings.backup_dir),
            "steps": [step.name for step in self.plan.steps],
            "request": dict(self.request),
        }

    def _settled(self, engine: Engine, followed: "_Following") -> Operation:
        failure = Failure("internal", "the operation's process died; what it left was removed")
        for claim in volume_lock.claims(engine):
            if claim.operation == followed.operation:
                done = settle_volume(self.core, claim)
                bad = done.state is not OperationState.DONE
                return replace(
                    done, steps=followed.steps(self.plan), failure=failure if bad else None
                )
        # killed before it had the lock, or after it had let go
        state = OperationState.DONE if followed.unlocked else OperationState.ROLLED_BACK
        claim = Claim(followed.operation or "", self.plan.kind, self.plan.object_name)
        done = replace(
            volume_lock.operation_of(claim, state),
            steps=followed.steps(self.plan),
            backup=_backup_of(self.core, claim.operation),
        )
        return replace(done, failure=None if followed.unlocked else failure)


def settle_volume(core: "Core", claim: Claim) -> Operation:
    """Tidy up after a dead operation; a backup that it had published already stands."""
    done = volume_lock.settle(core.engine, claim)
    backup = _backup_of(core, claim.operation)
    if backup is not None and claim.kind == "backup":
        done = replace(done, state=OperationState.DONE)
    return replace(done, backup=backup)


def _backup_of(core: "Core", operation: str) -> str | None:
    whole, _ = Store(core.settings.backup_dir).catalogue()
    return next((b.id for b in whole if b.details.get("operation") == operation), None)


class _Following:
    """What the process has told so far."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._seen: dict[str, StepState] = {}
        self.operation: str | None = None
        self.ended: Operation | None = None

    @property
    def unlocked(self) -> bool:
        return self._seen.get("unlock") is StepState.DONE

    def told(self, line: dict[str, Any]) -> None:
        if line["event"] == "error":
            raise error_of(line)
        if line["event"] == "end":
            self.ended = _operation(line["operation"])
            return
        progress = progress_of(line)
        self.operation = progress.operation
        if isinstance(progress, StepProgress):
            self._seen[progress.step] = progress.state
        self._on_progress(progress)

    def steps(self, plan: Plan) -> tuple[StepRecord, ...]:
        return tuple(
            StepRecord(step.name, self._seen.get(step.name, StepState.PENDING))
            for step in plan.steps
        )


def _operation(told: dict[str, Any]) -> Operation:
    steps = [StepRecord(s["name"], StepState(s["state"]), s["seconds"]) for s in told["steps"]]
    finished = told["finished"]
    return Operation(
        **{
            **told,
            "state": OperationState(told["state"]),
            "started": datetime.fromisoformat(told["started"]),
            "finished": datetime.fromisoformat(finished) if finished else None,
            "steps": tuple(steps),
            "failure": Failure(**told["failure"]) if told["failure"] else None,
        }
    )


def run_apart() -> int:
    """Carry out the request on standard input; progress and the end go to standard output."""
    from boxtui.bootstrap.core import Core  # noqa: PLC0415 - it reaches this module itself

    order = json.load(sys.stdin)
    report = Reporter(sys.stdout.fileno())
    cancel = Cancel()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: cancel())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    settings = resolve_settings(
        host=order["host"],
        context=order["context"],
        config_file=order["config"],
        state_dir=order["state_dir"],
        backup_dir=order["backup_dir"],
    )
    core = Core(settings)
    try:
        change = _change(core, order)
        done = change.carry_out(core.engine, report, cancel)
    except BoxtuiError as error:
        _last(report, {"event": "error", **asdict(failure_of(error))})
        return error.exit_code
    finally:
        core.close()
    _last(report, {"event": "end", "operation": json.loads(json.dumps(asdict(done), default=str))})
    return 0 if done.state is OperationState.DONE else 1


def _last(report: Reporter, line: Mapping[str, Any]) -> None:
    # of all lines this one must not be left out for a reader that is slow
    os.set_blocking(sys.stdout.fileno(), True)
    report.line(line)


def _change(core: "Core", order: Mapping[str, Any]) -> Change:
    request = order["request"]
    store = Store(Path(core.settings.backup_dir))
    change: Change
    if request["kind"] == "backup":
        consistency = Consistency(request["consistency"])
        change = plan_volume_backup(
            core.engine,
            request["name"],
            store,
            core.info,
            consistency=consistency,
            note=request["note"],
        )
    else:
        backup = store.get(request["backup"])
        name = request["name"]
        change = plan_volume_restore(
            core.engine, backup, name or backup.target, store, core.info, in_place=name is None
        )
    if [step.name for step in change.plan.steps] != order["steps"]:
        raise InUseError("the engine has changed since this was planned", hint="plan it anew")
    return change
