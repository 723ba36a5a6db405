"""Plans and operations: changes before, while and after they are carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from boxtui.model.scan import ClassTotal, PathClass


class Needs(StrEnum):
    """What a plan asks of the operator before it may run."""

    NONE = "none"
    YES = "yes"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step: a short name, a sentence for people, and how it is undone ("" if it is not)."""

    name: str
    text: str
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Losses:
    """What a plan destroys."""

    bytes: int | None = 0
    files: int | None = 0
    classes: Mapping[PathClass, ClassTotal] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    """Worst first."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a box, by the pid it has on the engine's host."""

    pid: int
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Degraded:
    """Something the change cannot carry over as it was."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes needed and free where the engine keeps its data; free is None where unknown."""

    needed: int
    free: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change will do to which object, before anything is done."""

    kind: str
    object_kind: str
    """container, volume, image, network or engine."""
    object_id: str
    object_name: str
    steps: tuple[PlannedStep, ...]
    needs: Needs
    loses: Losses = Losses()
    processes: tuple[Process, ...] = ()
    terminals: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    disk: Disk | None = None
    downtime_s: float | None = None
    degraded: tuple[Degraded, ...] = ()
    hidden: tuple[str, ...] = ()
    dependents: tuple[str, ...] = ()
    compose_override: str | None = None
    warnings: tuple[str, ...] = ()
    irreversible_from: str | None = None
    commands: tuple[str, ...] = ()
    """The docker commands that would do the same, for people."""


class OperationState(StrEnum):
    """How far an operation has come."""

    RUNNING = "running"
    DONE = "done"
    ROLLED_BACK = "rolled-back"
    FAILED = "failed"
    NEEDS_RECOVERY = "needs-recovery"


class StepState(StrEnum):
    """How far a step has come."""

    PENDING = "pending"
    START = "start"
    DONE = "done"
    UNDO = "undo"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What became of one step."""

    name: str
    state: StepState
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong: a code and one clear line of boxtui's, the engine's words, a mend."""

    code: str
    message: str
    reason: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A change under way or over, as the journal and the screens know it."""

    id: str
    kind: str
    object_kind: str
    object_id: str
    object_name: str
    state: OperationState
    started: datetime
    steps: tuple[StepRecord, ...] = ()
    finished: datetime | None = None
    old_id: str | None = None
    new_id: str | None = None
    image_id: str | None = None
    downtime_s: float | None = None
    backup: str | None = None
    error: str | None = None
    """What failed, in the engine's own words."""
    failure: Failure | None = None
    """The same in full."""
    owner: str = ""
    """Who began it: user@host."""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A step is about to act (start) or has ended (done, undo, failed); `index` counts from 1."""

    operation: str
    pid: int
    """Of the process that acts: the runner, its guard, or this one."""
    index: int
    of: int
    step: str
    state: StepState


@dataclass(frozen=True, slots=True)
class BytesProgress:
    """How far the step under way has come; `total` is None where nobody knows."""

    operation: str
    done: int
    total: int | None


Progress = StepProgress | BytesProgress
