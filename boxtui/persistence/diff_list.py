"""The engine's list of changes, put in the shape that the routes need."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from boxtui.model.ports import Change


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    kind: str
    """A, C or D."""
    path: str
    holds: bool
    """Whether names beneath it are listed that still exist: then it is a directory."""
    gaps: bool = False
    """Whether the next line is a deletion beneath it: then it most often is a directory."""


def listed(changes: Iterable[Change]) -> Iterator[Listed]:
    """The lines of a list that comes depth first; deletions beneath a deletion are left out."""
    waiting: Change | None = None
    gone = None
    for change in changes:
        deleted = change.kind == "D"
        if deleted and gone is not None and change.path.startswith(gone):
            continue
        if waiting is not None:
            beneath = change.path.startswith(waiting.path + "/")
            yield Listed(waiting.kind, waiting.path, beneath and not deleted, beneath and deleted)
        gone = change.path + "/" if deleted else None
        waiting = change
    if waiting is not None:
        yield Listed(waiting.kind, waiting.path, holds=False)


def depth_first(path: str) -> str:
    """A sort key: a directory, then all that it holds, then its next sibling."""
    return path.replace("/", "\0")
