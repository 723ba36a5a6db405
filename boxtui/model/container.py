"""Containers as the engine lists and inspects them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from boxtui.model.mount import Mount

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
BASE_ID_LABEL = "boxtui.base-id"
BASE_REF_LABEL = "boxtui.base-ref"
TEMPORARY_LABEL = "boxtui.temporary"
TEMPORARY_MARK = ".boxtui-"
"""In the name of every container that an operation has under way; such are in no list."""


class State(StrEnum):
    """The engine's own words for what a container is doing."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    REMOVING = "removing"
    EXITED = "exited"
    DEAD = "dead"


class Health(StrEnum):
    """The verdict of the container's own health check."""

    NONE = "none"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the container; host_* are None where it is exposed but not published."""

    host_ip: str | None
    host_port: int | None
    container_port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class Details:
    """What inspect alone tells of a container."""

    started: datetime | None
    finished: datetime | None
    exit_code: int | None
    """None while it runs or has never run."""
    oom_killed: bool
    error: str
    """Why the engine could not start it, in its own words; empty otherwise."""
    restart_count: int
    restart_policy: str
    """no, always, unless-stopped, on-failure or on-failure:N."""
    auto_remove: bool
    image_ref: str
    """The reference the container was made from, as it was given."""
    pid: int | None
    user: str
    working_dir: str
    hostname: str
    command: tuple[str, ...]
    """Entrypoint and arguments."""
    environment: tuple[str, ...]
    """KEY=value; secrets included: mask before showing."""


@dataclass(frozen=True, slots=True)
class Container:
    """One container; `details` is None until something has asked for them."""

    id: str
    name: str
    image: str
    """The reference as the engine lists it; an id where the tag is gone or points elsewhere."""
    image_id: str
    state: State
    status: str
    """The engine's line for people, such as "Exited (137) 2 hours ago"."""
    health: Health
    created: datetime
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()
    networks: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    details: Details | None = None

    @property
    def project(self) -> str | None:
        """The compose project it belongs to."""
        return self.labels.get(PROJECT_LABEL)

    @property
    def service(self) -> str | None:
        """The compose service it is an instance of."""
        return self.labels.get(SERVICE_LABEL)

    @property
    def running(self) -> bool:
        """Whether it has processes: running, paused or between restarts."""
        return self.state in {State.RUNNING, State.PAUSED, State.RESTARTING}

    @property
    def temporary(self) -> bool:
        """Whether an operation of boxtui's made it for its own ends, or has set it aside."""
        return TEMPORARY_MARK in self.name or self.labels.get(TEMPORARY_LABEL) == "1"
