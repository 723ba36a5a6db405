"""Starting a runner and following it: the face of a change that is a transaction."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boxtui
from boxtui.errors import BoxtuiError, kind_of
from boxtui.model.operation import (
    BytesProgress,
    Operation,
    Plan,
    Progress,
    StepProgress,
    StepState,
)
from boxtui.model.ports import Engine
from boxtui.operations import journal
from boxtui.operations.cancel import Cancel
from boxtui.operations.runner import Order

RUN_VERB = "_run-operation"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A change of several steps, carried through by a runner of its own, with a guard."""

    plan: Plan
    order: Order = field(repr=False)

    def carry_out(
        self, engine: Engine, on_progress: Callable[[Progress], None], cancel: Cancel
    ) -> Operation:
        """Follow the runner, and after its death its guard; this process may go away meanwhile."""
        del engine  # the runner has its own
        runner = start(RUN_VERB, self.order.trace.operation)
        assert runner.stdin is not None
        assert runner.stdout is not None
        with runner, cancel.calling(runner.terminate):
            with runner.stdin as pipe:
                pipe.write(self.order.dumps())
            for line in runner.stdout:
                told = json.loads(line)
                if told["event"] == "error":
                    raise error_of(told)
                on_progress(progress_of(told))
        return journal.read(Path(self.order.state_dir), self.order.trace.operation)


def error_of(told: dict[str, Any]) -> BoxtuiError:
    """Make the error again that a runner or a journal tells of."""
    # two kinds have the code "engine"; only the state of an operation tells of a half-way one
    return kind_of(str(told["code"]))(told["message"], reason=told["reason"], hint=told["hint"])


def progress_of(told: dict[str, Any]) -> Progress:
    """Read a line of progress."""
    facts = {k: v for k, v in told.items() if k != "event"}
    if told["event"] == "bytes":
        return BytesProgress(**facts)
    return StepProgress(**{**facts, "state": StepState(told["state"])})


def start(verb: str, operation: str) -> subprocess.Popen[bytes]:
    """Start boxtui with a hidden verb, in a session of its own; it reads its order from a pipe."""
    # -P: no module of the working directory's is ever run in our place
    package = str(Path(boxtui.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "boxtui", verb, operation],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )
