"""What the bridge tells the console."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from boxtui.model.operation import Operation
from boxtui.model.timeline import TimelineEvent
from boxtui.tui.snapshot import Target

if TYPE_CHECKING:
    from boxtui.model.ports import SessionEnd
    from boxtui.tui.widgets.terminal_tab import TerminalTab


@dataclass
class SnapshotChanged(Message):
    """Something that the panes draw from has changed; the bridge holds the newest snapshot."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotChanged)


@dataclass
class OperationEnded(Message):
    """A change is over, well or not."""

    operation: Operation


@dataclass
class Recreated(Message):
    """Boxes have been recreated behind boxtui's back."""

    events: tuple[TimelineEvent, ...]


@dataclass
class Said(Message):
    """A line that the operator should know at once."""

    line: str


@dataclass
class DocumentWanted(Message):
    """A tab shows an object whose document it does not have, or has an old one of."""

    target: Target


@dataclass
class LeaderUsed(Message):
    """A key followed the leader in a terminal; None: other keys make sense than before."""

    tab: "TerminalTab"
    number: int
    key: str | None


@dataclass
class TerminalEnded(Message):
    """The program of a terminal on screen is over."""

    number: int
    end: "SessionEnd"
