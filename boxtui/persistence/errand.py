"""What every route is given: the box, what may be done, whom to tell; and what it could not see."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from boxtui.errors import CancelledError
from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.ports import Engine
from boxtui.persistence.boundary import Boundary

_EVERY = 500


@dataclass(slots=True)
class Watch:
    """Told of every name; tells the caller now and then, and stops when asked to."""

    progress: Callable[[int], None]
    cancel: threading.Event
    seen: int = 0

    def name(self) -> None:
        """One more name has been read."""
        self.seen += 1
        if self.seen % _EVERY == 0:
            self.check()
            self.progress(self.seen)

    def check(self) -> None:
        """Raise CancelledError once the caller has asked for the end."""
        if self.cancel.is_set():
            raise CancelledError("the scan was cancelled")


class RouteRefusedError(Exception):
    """This route cannot read this box; the text says why, for people."""


@dataclass(slots=True)
class Sight:
    """What a route could not see; it is complete until something is noted."""

    missing: list[str] = field(default_factory=list)

    def miss(self, what: str) -> None:
        """Note what could not be seen; the same thing once."""
        if what not in self.missing:
            self.missing.append(what)

    @property
    def complete(self) -> bool:
        """Whether nothing was missed."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Errand:
    """What a route is given: the box, and what it may do."""

    engine: Engine
    container: Container
    info: EngineInfo
    boundary: Boundary
    watch: Watch
    sight: Sight
    allow_exec: bool = False
    allow_helper: bool = False
    refusals: list[str] = field(default_factory=list)
