"""The lines that have left the screen at its top, oldest first."""

from collections import deque
from collections.abc import Iterable, Iterator

from boxtui.terminal.rows import Line, Row, pack


class History:
    """At most `limit` lines, the oldest falling out.

    `pushed` counts all lines ever put in, so that `pushed - len(history)` is the number of the
    oldest one and a view can stay where it is while lines come in. `returning` is how many of the
    newest lines come back when the screen grows: those that scrolled away since it was last
    cleared. A plain unwrapped line may be kept as a bare string.
    """

    def __init__(self, limit: int) -> None:
        self.limit = max(0, limit)
        self.pushed = 0
        self._returning = 0
        self._lines: deque[Line | str] = deque(maxlen=self.limit)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return map(_as_line, self._lines)

    def __getitem__(self, index: int) -> Line:
        """The line at `index`, made ready to carry a cached render."""
        line = self._lines[index]
        if isinstance(line, str):
            line = self._lines[index] = Line(line, 0, wrapped=0)
        return line

    @property
    def returning(self) -> int:
        return min(self._returning, len(self._lines))

    def hold(self) -> None:
        """Let no line that is here now come back."""
        self._returning = 0

    def push(self, row: Row) -> None:
        self.pushed += 1
        self._returning += 1
        self._lines.append(pack(row))

    def extend(self, lines: list[Line | str]) -> None:
        self.pushed += len(lines)
        self._returning += len(lines)
        self._lines.extend(lines)

    def newest(self) -> Line | None:
        return self[-1] if self._lines else None

    def pop(self, columns: int | None = None) -> Row:
        """Take the newest line back, as a row of its own width or of `columns` cells."""
        self.pushed -= 1
        self._returning -= 1
        row = _as_line(self._lines.pop()).as_row()
        if columns is not None:
            row.fit(columns)
        return row

    def replace(self, lines: Iterable[Line | str]) -> None:
        """Put other lines in the place of all (after a reflow)."""
        before = len(self._lines)
        self._lines = deque(lines, maxlen=self.limit)
        self.pushed += max(0, len(self._lines) - before)
        self._returning += len(self._lines) - before

    def clear(self) -> None:
        self._lines.clear()

    def display(self, columns: int) -> list[str]:
        return [_shown(line, columns) for line in self._lines]


def _as_line(line: Line | str) -> Line:
    return Line(line, 0, wrapped=0) if isinstance(line, str) else line


def _shown(line: Line | str, columns: int) -> str:
    if isinstance(line, str):
        return line.ljust(columns)
    return line.text + " " * (columns - line.width)
