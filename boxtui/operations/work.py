"""What every step of an operation has at hand, and how it tells what it does."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from boxtui.errors import NotFoundError
from boxtui.model.operation import PlannedStep, Progress, StepProgress, StepState
from boxtui.model.ports import JSON, Engine
from boxtui.operations.body import Body
from boxtui.operations.cancel import Cancel
from boxtui.operations.journal import Journal
from boxtui.operations.settle import ask
from boxtui.operations.trace import NEW_LABEL, Trace


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what the plan says of it, and the act; acts ask first whether they are needed."""

    planned: PlannedStep
    act: Callable[["Work"], None]

    @property
    def name(self) -> str:
        return self.planned.name


@dataclass(slots=True)
class Work:
    """One operation under way, in whichever process carries it on."""

    engine: Engine
    trace: Trace
    steps: tuple[Step, ...]
    journal: Journal | None
    report: Callable[[Progress], None]
    cancel: Cancel = field(default_factory=Cancel)
    body: Body | None = None
    """What create is sent; it holds secrets and is known to the runner only."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the steps of one kind of operation need besides, as its builder wrote it."""
    in_flight: frozenset[str] = frozenset()
    """Steps that a dead runner had begun: the engine may still be at them."""
    new_id: str | None = None
    stop_asked: float | None = None
    """time.time() at which the box was asked to stop."""

    def tell(self, step: str, state: StepState, **facts: Any) -> None:
        """Write a step's state down, synced, then show it."""
        if self.journal is not None:
            self.journal.write("step", step=step, state=state.value, pid=os.getpid(), **facts)
        names = [s.name for s in self.steps]
        index = names.index(step) + 1 if step in names else 0
        self.report(StepProgress(self.trace.operation, os.getpid(), index, len(names), step, state))

    def tell_undo(self, step: str) -> None:
        """Say that a step is about to be undone; a journal that cannot be written stops no undo."""
        with suppress(OSError):
            self.tell(step, StepState.UNDO)

    def note(self, **facts: Any) -> None:
        """Write down what the operation's record shall say: fields of `Operation`."""
        if self.journal is not None:
            self.journal.write("fact", facts=facts)

    def look(self, ref: str) -> JSON | None:
        """Inspect a container, waiting for an engine that is away; None: it is not there."""
        try:
            document: JSON = ask(lambda: self.engine.raw("container", ref))
        except NotFoundError:
            return None
        return document

    def old(self) -> JSON | None:
        """Inspect the old container."""
        return self.look(self.trace.old_id)

    def new(self) -> JSON | None:
        """Find the new container, by the id that was noted down or by its own temporary name.

        Never by the box's name: somebody else may have made a container under it meanwhile.
        """
        if self.new_id is None:
            self.new_id = self._noted()
        if self.new_id is not None:
            return self.look(self.new_id)
        found = self.look(self.trace.new_name)
        if found is not None:
            self.new_id = found["Id"]
        return found

    def _noted(self) -> str | None:
        try:
            note = ask(lambda: self.engine.raw("volume", self.trace.note_name))
        except NotFoundError:
            return None
        return (note.get("Labels") or {}).get(NEW_LABEL)


def name_of(document: Mapping[str, Any]) -> str:
    """Give a container's name as people write it."""
    return str(document["Name"]).lstrip("/")
