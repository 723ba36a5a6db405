"""Lines that are only read, as rows of a list: help, a menu, a long text."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxtui.tui.spans import Line, Span


@dataclass(frozen=True, slots=True)
class StaticRows:
    """Each line with a key of its own; `heading` is pinned above."""

    lines: Sequence[Line]
    keys: Sequence[str] = ()
    heading: Line = ()

    def __len__(self) -> int:
        return len(self.lines)

    def key(self, index: int) -> str:
        return self.keys[index] if self.keys else str(index)

    def head(self, width: int) -> Line:  # noqa: ARG002 - the Protocol's
        return self.heading

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002 - the list cuts
        return (Span(" "), *self.lines[index])
