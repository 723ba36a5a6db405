"""The process that carries an operation through, and the guard that outlives it.

Both are in sessions of their own: a dropped line, a closed console, a hang-up reaches neither. The
guard sleeps on a pipe that only the runner holds open. However the runner ends, the pipe's end
wakes the guard at once; where the journal has no end, it settles what was left.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, Self

from boxtui.errors import BoxtuiError
from boxtui.model.operation import OperationState, Progress, StepProgress
from boxtui.model.ports import Engine
from boxtui.operations.body import Body
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import failure_of
from boxtui.operations.journal import Header, Journal, finished, known_new, unsettled
from boxtui.operations.processes import identity
from boxtui.operations.settle import ask
from boxtui.operations.trace import Trace
from boxtui.operations.transaction import carry_through, take_over
from boxtui.operations.work import Step, Work

Connect = Callable[[str | None, str | None], Engine]
"""Host and context to an engine."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a runner is asked to carry through. It holds secrets: it goes through a pipe only."""

    state_dir: str
    host: str | None
    context: str | None
    trace: Trace
    steps: tuple[str, ...]
    body: Body | None
    options: Mapping[str, Any]

    def dumps(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def loads(cls, text: bytes) -> Self:
        told = json.loads(text)
        told["trace"] = Trace(**{**told["trace"], "volumes": tuple(told["trace"]["volumes"])})
        told["steps"] = tuple(told["steps"])
        told["body"] = Body(**told["body"]) if told["body"] else None
        return cls(**told)


class Reporter:
    """Progress as lines of JSON into a pipe; a reader that is gone or stuck holds nothing up."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def __call__(self, progress: Progress) -> None:
        self.line(progress_line(progress))

    def line(self, document: Mapping[str, Any]) -> None:
        with suppress(BrokenPipeError, BlockingIOError):
            os.write(self._descriptor, json.dumps(document).encode() + b"\n")


def progress_line(progress: Progress) -> dict[str, Any]:
    """Give the document of `--progress json`."""
    event = "step" if isinstance(progress, StepProgress) else "bytes"
    return {"event": event, **asdict(progress)}


def run(operation: str, connect: Connect, known: Mapping[str, Step]) -> int:
    """Carry out the order on standard input; progress goes to standard output, a line each.

    `known` are all steps by name. The exit code says nothing: the journal does.
    """
    order = Order.loads(sys.stdin.buffer.read())
    report = Reporter(sys.stdout.fileno())
    cancel = Cancel()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: cancel())
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        journal = _begin(order, connect)
    except (BoxtuiError, OSError) as error:
        failed = error if isinstance(error, BoxtuiError) else _unwritable(order, error)
        report.line({"event": "error", **asdict(failure_of(failed))})
        return failed.exit_code
    assert order.trace.operation == operation
    guard = _start_guard(connect, known, order, journal, report)
    processes = {"runner": identity(os.getpid()), "guard": identity(guard)}
    work = _work(order, connect, known, journal, report)
    work.trace = replace(order.trace, processes=processes)
    work.cancel = cancel
    state = carry_through(work)
    work.engine.close()
    return 0 if state is OperationState.DONE else 1


def _begin(order: Order, connect: Connect) -> Journal:
    engine = connect(order.host, order.context)
    try:
        key = ask(engine.info).key
    finally:
        engine.close()  # runner and guard each have connections of their own
    header = Header(order.trace, key, order.host or "", order.context, order.steps)
    journal = Journal.create(Path(order.state_dir), header)
    log = os.open(journal.folder / "stderr.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    return journal


def _unwritable(order: Order, error: OSError) -> BoxtuiError:
    return BoxtuiError(
        f"no journal can be written in {order.state_dir}",
        reason=error.strerror or str(error),
        hint="make room or choose another place with --state-dir",
    )


def _start_guard(
    connect: Connect, known: Mapping[str, Step], order: Order, journal: Journal, report: Reporter
) -> int:
    """Fork the guard; it has the journal's lock with us, so that neither is taken for dead."""
    awake, alive = os.pipe()
    pid = os.fork()
    if pid:
        os.close(awake)
        return pid  # `alive` stays open, unseen by any child, until this process is gone
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.close(alive)
        os.read(awake, 1)
        code = _guard(order, connect, known, journal, report)
    finally:
        # never back into the runner's own stack
        _leave(code)


def _leave(code: int) -> NoReturn:
    sys.stderr.flush()
    os._exit(code)


def _guard(
    order: Order, connect: Connect, known: Mapping[str, Step], journal: Journal, report: Reporter
) -> int:
    lines = journal.lines()
    if finished(lines):
        return 0
    journal.write("guard", pid=os.getpid())
    work = _work(order, connect, known, journal, report)
    work.in_flight = unsettled(lines)
    work.new_id = known_new(lines)
    return 0 if take_over(work) is not OperationState.NEEDS_RECOVERY else 1


def _work(
    order: Order, connect: Connect, known: Mapping[str, Step], journal: Journal, report: Reporter
) -> Work:
    return Work(
        engine=ask(lambda: connect(order.host, order.context)),
        trace=order.trace,
        steps=tuple(known[name] for name in order.steps),
        journal=journal,
        report=report,
        body=order.body,
        options=order.options,
    )
