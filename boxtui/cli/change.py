"""A change asked for on the command line: its plan, the yes, its progress, what became of it."""

import argparse
import json
import math
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from boxtui import formatting
from boxtui.bootstrap.operations import (
    Answer,
    Cancel,
    Change,
    carry_out,
    error_of_failure,
    progress_line,
)
from boxtui.cli import question, shape_change
from boxtui.cli.command import Call, Report
from boxtui.cli.interruption import Interrupted
from boxtui.errors import BoxtuiError, CancelledError, EngineError, HalfWayError
from boxtui.model.operation import (
    BytesProgress,
    Needs,
    Operation,
    OperationState,
    Plan,
    Progress,
    StepState,
)

_A_DAY = 86400.0

FIELDS = ("plan", "operation")

Tell = Callable[[Operation], tuple[Mapping[str, Any], Callable[[], Iterable[str]]]]
"""What became of a change, for scripts and for people."""


def tell_operation(done: Operation) -> tuple[Mapping[str, Any], Callable[[], Iterable[str]]]:
    """Tell of the operation itself, as most changes do."""
    return {"operation": shape_change.operation(done)}, lambda: operation_lines(done)


def change(call: Call, planned: Change, tell: Tell = tell_operation) -> Report:
    """Show the plan with --dry-run, otherwise carry it out and follow it to its end."""
    if call.args.dry_run:
        plan = planned.plan
        return Report({"plan": shape_change.plan(plan)}, lambda: plan_lines(plan))
    return _Run(call, planned, _answer(call, planned.plan), tell).report()


def _answer(call: Call, plan: Plan) -> Answer:
    args = call.args
    given = Answer(yes=args.yes, name=args.confirm)
    told = plan.needs is Needs.NONE or args.confirm or (args.yes and plan.needs is Needs.YES)
    if told or call.settings.read_only or not question.somebody_there(json=args.json):
        # enough, or refused for good: a question would change nothing
        return given
    said = question.confirmed(plan_lines(plan), plan.needs, plan.object_name)
    if plan.needs is Needs.NAME:
        return Answer(name=said)
    return Answer(yes=said is not None)


def seconds(text: str) -> float:
    """Read a flag's number of seconds, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= _A_DAY:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return value


class _Run:
    """One change under way, followed from a thread so that a signal can reach us meanwhile."""

    def __init__(self, call: Call, planned: Change, answer: Answer, tell: Tell) -> None:
        self._call = call
        self._planned = planned
        self._answer = answer
        self._tell = tell
        self._cancel = Cancel()
        self._operation: Operation | None = None
        self._error: BaseException | None = None
        self._signal: int | None = None
        self._over = threading.Event()

    def report(self) -> Report:
        threading.Thread(target=self._follow, daemon=True).start()
        try:
            self._over.wait()
        except Interrupted as stop:
            # not join(): a thread whose join was interrupted counts as ended
            self._signal = stop.signal
            self._cancel()
            self._over.wait()
        if self._error is not None:
            raise self._error
        assert self._operation is not None
        return self._told(self._operation)

    def _follow(self) -> None:
        args = self._call.args
        try:
            self._operation = carry_out(
                self._call.core,
                self._planned,
                answer=self._answer,
                on_progress=progress_printer(args.progress),
                cancel=self._cancel,
            )
        except BaseException as error:  # noqa: BLE001 - carried over to the main thread
            self._error = error
        finally:
            self._over.set()

    def _told(self, done: Operation) -> Report:
        fields, lines = self._tell(done)
        error = error_of(done)
        code = 0 if error is None else error.exit_code
        if self._signal is not None and done.state is OperationState.ROLLED_BACK:
            code = 128 + self._signal
        return Report(fields, lines, code, error)


def error_of(done: Operation) -> BoxtuiError | None:
    """Say what the exit code and the document's error are for what became of an operation."""
    match done.state:
        case OperationState.DONE:
            return None
        case OperationState.NEEDS_RECOVERY | OperationState.RUNNING:
            return HalfWayError(
                f"{done.kind} of {done.object_name} was left half way",
                reason=done.error,
                hint=f"boxtui recover {done.id}",
            )
        case _ if done.failure is not None and done.failure.code == CancelledError.code:
            return CancelledError(f"{done.kind} of {done.object_name} was cancelled, rolled back")
        case OperationState.ROLLED_BACK:
            # whatever was wrong: it was not the command line, and it has been taken back
            error = error_of_failure(done)
            if error.exit_code == EngineError.exit_code:
                return error
            return EngineError(error.message, reason=error.reason, hint=error.hint)
        case _:
            return error_of_failure(done)


def progress_printer(form: str | None) -> Callable[[Progress], None]:
    """Tell progress on stderr: a line of JSON each, or words where it is a terminal."""

    def as_json(progress: Progress) -> None:
        sys.stderr.write(json.dumps(progress_line(progress)) + "\n")
        sys.stderr.flush()

    def as_words(progress: Progress) -> None:
        if isinstance(progress, BytesProgress):
            return
        if progress.state in {StepState.START, StepState.UNDO, StepState.FAILED}:
            mark = "" if progress.state is StepState.START else f" {progress.state.value}"
            sys.stderr.write(f"[{progress.index}/{progress.of}] {progress.step}{mark}\n")
            sys.stderr.flush()

    return as_json if form == "json" else as_words


def plan_lines(plan: Plan) -> Iterator[str]:
    """Tell a plan for people."""
    plain = formatting.plain
    yield f"{plan.kind} {plain(plan.object_name)} ({plan.object_id[:12]})"
    yield ""
    for number, step in enumerate(plan.steps, 1):
        undo = f" (undo: {step.undo})" if step.undo else ""
        yield f"  {number:>2} {step.name:<12} {step.text}{undo}"
    yield ""
    loses = plan.loses
    yield f"loses: {formatting.size(loses.bytes)} in {formatting.count(loses.files)} files"
    yield from (f"  {plain(path)}" for path in loses.paths)
    if plan.processes:
        yield f"ends: {len(plan.processes)} processes, {plan.terminals or 0} terminals"
        yield from (f"  {p.pid:>7} {plain(' '.join(p.argv))}" for p in plan.processes)
    yield from _rest(plan)


def _rest(plan: Plan) -> Iterator[str]:
    plain = formatting.plain
    if plan.downtime_s is not None:
        yield f"downtime: about {plan.downtime_s:.1f} s"
    if plan.disk and plan.disk.needed:
        free = formatting.size(plan.disk.free)
        yield f"disk: {formatting.size(plan.disk.needed)} needed, {free} free"
    yield from (f"not as it was: {plain(d.path)}: {plain(d.what)}" for d in plan.degraded)
    yield from (f"hidden: {plain(path)}" for path in plan.hidden)
    yield from (f"warning: {plain(text)}" for text in plan.warnings)
    yield from _needs(plan)


def _needs(plan: Plan) -> Iterable[str]:
    if plan.needs is Needs.NAME:
        return [f"needs: --confirm {formatting.plain(plan.object_name)}"]
    return ["needs: --yes"] if plan.needs is Needs.YES else []


def operation_lines(done: Operation) -> Iterator[str]:
    """Tell what became of an operation, for people."""
    down = "" if done.downtime_s is None else f", down for {done.downtime_s:.1f} s"
    name = formatting.plain(done.object_name)
    yield f"{done.kind} {name}: {done.state.value}{down} (operation {done.id})"
