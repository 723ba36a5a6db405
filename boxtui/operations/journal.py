"""The journal of one operation: STATE_DIR/operations/ID/journal.jsonl, append-only, synced.

A line of JSON for the plan, one before each step acts and one after it, and one for the end. Each
is on the disk before the next thing happens. Environment values are in none of them. Runner and
guard hold the file's lock together: whoever can take it knows that both are gone.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from boxtui.errors import NotFoundError
from boxtui.model.operation import Failure, Operation, OperationState, StepRecord, StepState
from boxtui.model.ports import JSON
from boxtui.operations.trace import Trace

_FOLDER = "operations"
_FILE = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what is about to be done, where, and in which steps."""

    trace: Trace
    engine: str
    """EngineInfo.key of the engine that it is done on."""
    host: str
    context: str | None
    steps: tuple[str, ...]


class Journal:
    """One operation's journal, open for appending; holds its lock while open."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor = descriptor

    @classmethod
    def create(cls, state_dir: Path, header: Header) -> Self:
        """Begin a journal; the folder and everything above it are on the disk afterwards."""
        root = state_dir / _FOLDER
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = root / header.trace.operation
        folder.mkdir(mode=0o700)
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND
        descriptor = os.open(folder / _FILE, flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        journal = cls(folder, descriptor)
        journal.write("plan", **asdict(header))
        for above in (folder, root, state_dir):
            _sync_folder(above)
        return journal

    @classmethod
    def take_over(cls, state_dir: Path, operation: str) -> Self | None:
        """Open the journal of an operation that nobody carries out any more, else None."""
        folder = state_dir / _FOLDER / operation
        descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(folder, descriptor)

    def write(self, event: str, **facts: Any) -> None:
        """Append one line; it is on the disk when this returns."""
        line = {"time": datetime.now(UTC).isoformat(), "event": event, **facts}
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")
        os.fsync(self._descriptor)

    def lines(self) -> list[JSON]:
        """Read all that has been written."""
        return list(_lines(self.folder / _FILE))

    def close(self) -> None:
        os.close(self._descriptor)


def header_of(lines: list[JSON]) -> Header:
    """Read the first line; raises ValueError or KeyError where it is not whole."""
    if not lines:
        raise ValueError("the journal is empty")
    first = lines[0]
    trace = dict(first["trace"])
    trace["volumes"] = tuple(trace["volumes"])
    return Header(
        trace=Trace(**trace),
        engine=first["engine"],
        host=first["host"],
        context=first["context"],
        steps=tuple(first["steps"]),
    )


def unsettled(lines: list[JSON]) -> frozenset[str]:
    """Name the steps that were begun and whose end is not written: perhaps still in flight."""
    last: dict[str, str] = {}
    for line in lines:
        if line["event"] == "step":
            last[line["step"]] = line["state"]
    return frozenset(step for step, state in last.items() if state == StepState.START)


def known_new(lines: list[JSON]) -> str | None:
    """Give the new container's id, if it has been written down."""
    facts = [line["facts"] for line in lines if line["event"] == "fact"]
    return next((f["new_id"] for f in facts if "new_id" in f), None)


def finished(lines: list[JSON]) -> bool:
    """Tell whether the end is written."""
    return bool(lines) and lines[-1]["event"] == "end"


def operations(state_dir: Path) -> list[Operation]:
    """Read every operation of this state directory, oldest first."""
    root = state_dir / _FOLDER
    folders = sorted(root.iterdir()) if root.is_dir() else []
    found = [o for f in folders if (o := _operation(f)) is not None]
    return sorted(found, key=lambda o: o.started)


def read_lines(state_dir: Path, operation: str) -> list[JSON]:
    """Read one journal as it is."""
    return list(_lines(state_dir / _FOLDER / operation / _FILE))


def read(state_dir: Path, operation: str) -> Operation:
    """Read one operation; raises NotFoundError where there is no such journal."""
    folder = state_dir / _FOLDER / operation
    found = _operation(folder) if "/" not in operation and folder.is_dir() else None
    if found is None:
        raise NotFoundError(f"no operation {operation!r}", hint="`boxtui recover --list` has all")
    return found


def successors(state_dir: Path) -> dict[str, str]:
    """Tell which container was put in the place of which, by their ids."""
    done = [o for o in operations(state_dir) if o.state is OperationState.DONE]
    return {o.old_id: o.new_id for o in done if o.old_id and o.new_id}


def alive(folder: Path) -> bool:
    """Tell whether runner or guard still hold the journal."""
    try:
        descriptor = os.open(folder / _FILE, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _operation(folder: Path) -> Operation | None:
    """Make an operation of a journal; None where not even its first line was written whole."""
    living = alive(folder)
    lines = list(_lines(folder / _FILE))
    try:
        header = header_of(lines)
    except (ValueError, KeyError, TypeError):
        return None
    trace = header.trace
    begun = Operation(
        id=trace.operation,
        kind=trace.kind,
        object_kind="container",
        object_id=trace.old_id,
        object_name=trace.box,
        state=OperationState.RUNNING if living else OperationState.NEEDS_RECOVERY,
        started=datetime.fromisoformat(lines[0]["time"]),
        old_id=trace.old_id,
        image_id=trace.image_id,
        owner=trace.who,
    )
    told = replace(begun, steps=_records(header, lines))
    for line in lines:
        if line["event"] == "fact":
            told = replace(told, **line["facts"])
        elif line["event"] in {"broken", "end"}:
            told = _ended(told, line)
    return told


def _ended(operation: Operation, line: JSON) -> Operation:
    failure = Failure(**line["failure"]) if line["failure"] else None
    told = replace(
        operation,
        error=(failure.reason or failure.message) if failure else None,
        failure=failure,
    )
    if line["event"] == "broken":
        return told
    finished_at = datetime.fromisoformat(line["time"])
    return replace(told, state=OperationState(line["state"]), finished=finished_at)


def _records(header: Header, lines: list[JSON]) -> tuple[StepRecord, ...]:
    states = {name: StepRecord(name, StepState.PENDING) for name in header.steps}
    begun: dict[str, datetime] = {}
    for line in lines:
        if line["event"] != "step":
            continue
        name, state = line["step"], StepState(line["state"])
        moment = datetime.fromisoformat(line["time"])
        if state is StepState.START:
            begun[name] = moment
        known = states.get(name)
        seconds = known.seconds if known else None
        if state in {StepState.DONE, StepState.FAILED} and name in begun:
            seconds = (moment - begun[name]).total_seconds()
        states[name] = StepRecord(name, state, seconds)
    return tuple(states.values())


def _lines(path: Path) -> Iterator[JSON]:
    """Parse each whole line; the last may be cut short by a crash."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            parsed = json.loads(line)
        except ValueError:
            continue
        if isinstance(parsed, dict) and "event" in parsed:
            yield parsed


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
