"""The registry of actions: each under its key's id, with when it makes sense and what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxtui.model.container import Container
from boxtui.model.volume import Volume
from boxtui.tui.snapshot import Snapshot, Target

if TYPE_CHECKING:
    from boxtui.tui.screens.main import MainScreen

Handler = Callable[["MainScreen"], Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class Situation:
    """What the operator looks at: `pane` is boxes, volumes, detail or beside; `tab` its tab."""

    snapshot: Snapshot
    target: Target | None
    pane: str
    tab: str = ""

    @property
    def box(self) -> Container | None:
        """The box selected."""
        return self.snapshot.container(self.target)

    @property
    def volume(self) -> Volume | None:
        """The volume selected."""
        return self.snapshot.volume(self.target)

    @property
    def free(self) -> bool:
        """Whether a change of the object selected may begin: the engine is there, nobody has it."""
        if self.target is None or self.snapshot.stale:
            return False
        return self.snapshot.busy(self.target.id) is None


@dataclass(frozen=True, slots=True)
class Action:
    """`hint` says how early it is named in the line of hints; 0: never."""

    id: str
    run: Handler
    valid: Callable[[Situation], bool]
    hint: int


ACTIONS: dict[str, Action] = {}


def always(situation: Situation) -> bool:  # noqa: ARG001 - one of many such functions
    """For what makes sense at any time."""
    return True


def does(
    binding_id: str, *, valid: Callable[[Situation], bool] = always, hint: int = 0
) -> Callable[[Handler], Handler]:
    """Register what a key does."""

    def register(handler: Handler) -> Handler:
        ACTIONS[binding_id] = Action(binding_id, handler, valid, hint)
        return handler

    return register
