"""One operation a volume: its lock on the engine, and what a killed one has left there.

As of boxes (lock.py) it is a container that is never started: its name is exclusive. A box and a
volume may have one name, so the locks' names differ. All that a sweep needs is in its labels.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from boxtui.errors import BusyError, EngineError, NotFoundError
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK
from boxtui.model.operation import Operation, OperationState
from boxtui.model.ports import JSON, Engine
from boxtui.operations import processes
from boxtui.operations.lock import held
from boxtui.operations.settle import ask, settled
from boxtui.operations.trace import OPERATION_LABEL, SINCE_LABEL, WHO_LABEL, whoami

MAKER_LABEL = "boxtui.restored-by"
"""On a volume that a restore made: the operation."""
_SUFFIX = f"{TEMPORARY_MARK}volume-lock"
_KIND = "boxtui.kind"
_VOLUME = "boxtui.volume"
_MAKES = "boxtui.makes"
_PROCESS = "boxtui.process"
_INODE = "boxtui.inode"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """One operation's hold on a volume, as the engine knows it."""

    operation: str
    kind: str
    volume: str
    makes: tuple[str, ...] = ()
    """Volumes that it makes, and that go where it does not come to its end."""
    inode: int | None = None
    """Of the volume's folder before an in-place restore puts another in its place."""
    who: str = field(default_factory=whoami)
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    process: JSON = field(default_factory=lambda: processes.identity(os.getpid()))

    @property
    def lock_name(self) -> str:
        return f"{self.volume}{_SUFFIX}"

    @property
    def alive(self) -> bool | None:
        """Whether its process lives; None where that cannot be seen from this machine."""
        return processes.lives(self.process) if processes.here(self.process) else None

    def labels(self) -> dict[str, str]:
        """Give the labels of all containers that the operation makes."""
        return {
            TEMPORARY_LABEL: "1",
            OPERATION_LABEL: self.operation,
            WHO_LABEL: self.who,
            SINCE_LABEL: self.since,
            _KIND: self.kind,
            _VOLUME: self.volume,
            _MAKES: json.dumps(self.makes),
            _PROCESS: json.dumps(self.process),
            _INODE: json.dumps(self.inode),
        }

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Self:
        """Read a lock's labels; KeyError or ValueError where they are not a lock's."""
        return cls(
            operation=labels[OPERATION_LABEL],
            kind=labels[_KIND],
            volume=labels[_VOLUME],
            makes=tuple(json.loads(labels[_MAKES])),
            inode=json.loads(labels[_INODE]),
            who=labels[WHO_LABEL],
            since=labels[SINCE_LABEL],
            process=json.loads(labels[_PROCESS]),
        )


def take(engine: Engine, claim: Claim, image: str) -> str:
    """Take the volume's lock and give its id, or raise BusyError; a dead one's is swept away."""
    body = {
        "Image": image,
        "Entrypoint": ["boxtui-lock"],
        "Labels": claim.labels(),
        "HostConfig": {"NetworkMode": "none"},
    }
    for _ in range(_TRIES):
        try:
            settled(
                lambda: engine.create_container(claim.lock_name, body),
                lambda: _holder(engine, claim.lock_name) is not None,
            )
        except EngineError as error:
            if error.status != 409:
                raise
        document = ask(lambda: _holder(engine, claim.lock_name))
        if document is None:
            continue  # let go between our try and our question
        labels = document["Config"].get("Labels") or {}
        if labels.get(OPERATION_LABEL) == claim.operation:
            return str(document["Id"])
        if not _swept(engine, labels):
            raise held(f"volume {claim.volume}", labels)
    raise BusyError(f"volume {claim.volume} is busy: its lock is taken and let go all the time")


def release(engine: Engine, claim: Claim) -> None:
    """Let the volume go, and remove the helpers that are left; safe to repeat."""
    for container in engine.list_containers(label=f"{OPERATION_LABEL}={claim.operation}"):
        if container.temporary:
            try:
                engine.remove_container(container.id, volumes=True, force=True)
            except NotFoundError:
                continue


def claims(engine: Engine) -> list[Claim]:
    """Read all volumes' locks on the engine, whoever took them, oldest first."""
    found = []
    for container in engine.list_containers(label=f"{TEMPORARY_LABEL}=1"):
        if container.name.endswith(_SUFFIX):
            try:
                found.append(Claim.of(container.labels))
            except (KeyError, ValueError):
                continue  # someone's own container with such labels
    return sorted(found, key=lambda claim: claim.since)


def sweep(engine: Engine, claim: Claim) -> None:
    """Remove what a dead operation has left: its volumes, its helpers, last its lock."""
    helpers = engine.list_containers(label=f"{OPERATION_LABEL}={claim.operation}")
    for container in helpers:
        if container.temporary and not container.name.endswith(_SUFFIX):
            engine.remove_container(container.id, volumes=True, force=True)
    for volume in engine.list_volumes():
        ours = volume.labels.get(MAKER_LABEL) == claim.operation
        if ours and volume.name in claim.makes:
            engine.remove_volume(volume.name)
    release(engine, claim)


def operation_of(claim: Claim, state: OperationState) -> Operation:
    """Tell of a claim as of any operation."""
    ended = state in {OperationState.DONE, OperationState.ROLLED_BACK}
    return Operation(
        id=claim.operation,
        kind=claim.kind,
        object_kind="volume",
        object_id=claim.volume,
        object_name=claim.volume,
        state=state,
        started=datetime.fromisoformat(claim.since),
        finished=datetime.now(UTC) if ended else None,
        owner=claim.who,
    )


def settle(engine: Engine, claim: Claim) -> Operation:
    """Tidy up after a dead operation and tell what has become of it.

    A backup was seen only when whole and a new volume goes with its maker, so both are rolled
    back. An in-place restore is done once the folders were exchanged, and not before.
    """
    now = _inode(engine, claim.volume) if claim.inode is not None else claim.inode
    sweep(engine, claim)
    done = now is not None and now != claim.inode
    return operation_of(claim, OperationState.DONE if done else OperationState.ROLLED_BACK)


def _inode(engine: Engine, volume: str) -> int | None:
    try:
        return Path(engine.raw("volume", volume)["Mountpoint"]).stat().st_ino
    except (NotFoundError, OSError):
        return None


def _swept(engine: Engine, labels: Mapping[str, str]) -> bool:
    try:
        claim = Claim.of(labels)
    except (KeyError, ValueError):
        return False
    if claim.alive is not False:
        return False
    sweep(engine, claim)
    return True


def _holder(engine: Engine, name: str) -> JSON | None:
    try:
        return engine.raw("container", name)
    except NotFoundError:
        return None
