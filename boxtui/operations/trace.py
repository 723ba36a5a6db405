"""What an operation leaves on the engine while it lasts: names, and the labels of its lock.

All that an undo needs stands there, so that any state directory can undo it: the box's name, the
old container's id, its restart policy, whether it ran, and what else was made on the way.
"""

import getpass
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK
from boxtui.model.ports import JSON

PREFIX = "boxtui."
OPERATION_LABEL = "boxtui.operation"
WHO_LABEL = "boxtui.who"
SINCE_LABEL = "boxtui.since"
NEW_LABEL = "boxtui.new-id"


def lock_name(box: str) -> str:
    """Where the lock of a box stands on its engine."""
    return f"{box}{TEMPORARY_MARK}lock"


def whoami() -> str:
    """The operator, as others are told: user@host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # a user id without a name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


@dataclass(frozen=True, slots=True)
class Trace:
    """One operation as the engine knows it."""

    operation: str
    kind: str
    box: str
    old_id: str
    who: str
    since: str
    """RFC 3339, UTC."""
    policy: JSON
    """The old container's RestartPolicy."""
    was_running: bool
    stop_timeout: int
    grace: float
    """Seconds that the new container must stay well where it has no health check."""
    image_id: str | None = None
    """What the new container is made from, where that is known beforehand."""
    volumes: tuple[str, ...] = ()
    """Volumes that the operation makes and an undo removes."""
    snapshot: str | None = None
    """The tag under which the writable layer is committed."""
    processes: JSON = field(default_factory=dict)
    """Runner and guard, so that others on the same machine can tell whether they live."""

    @property
    def new_name(self) -> str:
        """What the new container is called until it takes the box's name."""
        return f"{self.box}{TEMPORARY_MARK}new-{self.operation}"

    @property
    def aside_name(self) -> str:
        """What the old container is called until the last step removes it."""
        return f"{self.box}{TEMPORARY_MARK}{self.operation}"

    @property
    def note_name(self) -> str:
        """What the volume is called whose label tells the new container's id."""
        return self.aside_name

    def labels(self) -> dict[str, str]:
        """Give the lock's labels, from which `of` makes the same trace again."""
        return {
            TEMPORARY_LABEL: "1",
            OPERATION_LABEL: self.operation,
            WHO_LABEL: self.who,
            SINCE_LABEL: self.since,
            **{f"{PREFIX}{k}": json.dumps(getattr(self, v)) for k, v in _FIELDS.items()},
        }

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Self:
        """Read a lock's labels; raises ValueError or KeyError where they are not a lock's."""
        told: dict[str, Any] = {v: json.loads(labels[f"{PREFIX}{k}"]) for k, v in _FIELDS.items()}
        told["volumes"] = tuple(told["volumes"])
        return cls(
            operation=labels[OPERATION_LABEL],
            who=labels[WHO_LABEL],
            since=labels[SINCE_LABEL],
            **told,
        )


_FIELDS = {
    "kind": "kind",
    "box": "box",
    "old-id": "old_id",
    "policy": "policy",
    "was-running": "was_running",
    "stop-timeout": "stop_timeout",
    "grace": "grace",
    "image": "image_id",
    "volumes": "volumes",
    "snapshot": "snapshot",
    "processes": "processes",
}
