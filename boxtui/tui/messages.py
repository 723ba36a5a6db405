"""What the bridge tells the console."""

from dataclasses import dataclass

from textual.message import Message

from boxtui.model.operation import Operation
from boxtui.tui.snapshot import Target


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
class Refused(Message):
    """Something asked for was refused or has failed before it began."""

    title: str
    reason: str
    hint: str = ""


@dataclass
class DocumentWanted(Message):
    """A tab shows an object whose document it does not have, or has an old one of."""

    target: Target


@dataclass
class RowsSeen(Message):
    """These boxes are on screen now: what only inspect tells of them is wanted."""

    ids: tuple[str, ...]
