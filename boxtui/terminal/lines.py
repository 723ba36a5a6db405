"""History and screen as one run of numbered lines, for those who search, select and copy.

A line's number is how many had gone into the history before it, so that it stays the same while
output comes in below; a resize gives all lines other numbers.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from boxtui.terminal.history import History
from boxtui.terminal.rows import SHORT, Line, Row


class Position(NamedTuple):
    """A cell: the number of its line, and its column."""

    y: int
    x: int


class Source(Protocol):
    """What of a Screen is read here."""

    history: History
    rows: list[Row]


class Lines:
    """The numbers from `first` up to, but not including, `end`."""

    def __init__(self, screen: Source) -> None:
        self._screen = screen

    @property
    def first(self) -> int:
        history = self._screen.history
        return history.pushed - len(history)

    @property
    def top(self) -> int:
        """The number of the screen's first row."""
        return self._screen.history.pushed

    @property
    def end(self) -> int:
        return self.top + len(self._screen.rows)

    def __getitem__(self, y: int) -> Line | Row:
        """The line of a number; IndexError where there is none (any more)."""
        top = self.top
        if not self.first <= y < self.end:
            raise IndexError(y)
        return self._screen.rows[y - top] if y >= top else self._screen.history[y - self.first]

    def cells(self, y: int) -> list[str]:
        """A line's characters by column; a cell that wrapping left blank is not among them."""
        line = self[y]
        chars = list(line.chars)
        if line.wrapped == SHORT and chars[-1:] == [" "]:
            del chars[-1]
        return chars

    def text(self, y: int) -> str:
        """The same cells as one string."""
        line = self[y]
        return "".join(self.cells(y)) if line.wrapped == SHORT else line.text

    def begin_of(self, y: int) -> int:
        """The number of the line in which the text that wraps into `y` begins."""
        while y > self.first and self[y - 1].wrapped:
            y -= 1
        return y

    def end_of(self, y: int) -> int:
        """One more than the number of the last line that the text of `y` wraps into."""
        while self[y].wrapped and y + 1 < self.end:
            y += 1
        return y + 1

    def whole(self) -> Iterator[range]:
        """The numbers of each whole line, wrapped or not, from the oldest on."""
        begin = self.first
        for y in range(begin, self.end):
            if not self[y].wrapped or y + 1 == self.end:
                yield range(begin, y + 1)
                begin = y + 1
