"""The lines that have left the screen at its top, oldest first."""

from collections import deque
from collections.abc import Iterable, Iterator

from boxtui.terminal.rows import Line, Row, pack, plain
from boxtui.terminal.wrapping import rewrap_lines


class History:
    """At most `limit` lines, the oldest falling out.

    `pushed` counts all lines ever put in, so that `pushed - len(history)` is the number of the
    oldest one and a view can stay where it is while lines come in. `returning` is how many of the
    newest lines come back when the screen grows: those that scrolled away since it was last
    cleared. A plain unwrapped line may be kept as a bare string. Another width takes effect when
    somebody looks.
    """

    def __init__(self, limit: int) -> None:
        self.limit = max(0, limit)
        self._pushed = 0
        self._returning = 0
        self._due: int | None = None
        self._lines: deque[Line | str] = deque(maxlen=self.limit)

    def __len__(self) -> int:
        return len(self._settled())

    def __iter__(self) -> Iterator[Line]:
        return map(_as_line, self._settled())

    def __getitem__(self, index: int) -> Line:
        """The line at `index`, made ready to carry a cached render."""
        lines = self._settled()
        line = lines[index]
        if isinstance(line, str):
            line = lines[index] = Line(line, 0, wrapped=0)
        return line

    @property
    def pushed(self) -> int:
        self._settled()
        return self._pushed

    @property
    def returning(self) -> int:
        return min(self._returning, len(self._lines))

    def hold(self) -> None:
        """Let no line that is here now come back."""
        self._returning = 0

    def push(self, row: Row) -> None:
        self._pushed += 1
        self._returning += 1
        text = plain(row)
        self._lines.append(pack(row) if text is None else text)

    def extend(self, lines: list[Line | str]) -> None:
        self._pushed += len(lines)
        self._returning += len(lines)
        self._lines.extend(lines)

    def pop(self, columns: int) -> Row:
        """Take the newest line back, as a row of `columns` cells."""
        if self._due is not None:
            tail = [_as_line(self._lines.pop())]
            while self._lines and _wraps(self._lines[-1]):
                tail.insert(0, _as_line(self._lines.pop()))
            self._lines.extend(rewrap_lines(tail, self._due))
        self._pushed -= 1
        self._returning -= 1
        row = _as_line(self._lines.pop()).as_row()
        row.fit(columns)
        return row

    def take_begun(self) -> list[Row]:
        """Take away the rows of a line that goes on on the screen."""
        rows: list[Row] = []
        while self._lines and _wraps(self._lines[-1]):
            rows.insert(0, _as_line(self._lines.pop()).as_row())
        self._pushed -= len(rows)
        self._returning -= len(rows)
        return rows

    def rewrap(self, columns: int) -> None:
        self._due = columns

    def clear(self) -> None:
        self._lines.clear()

    def display(self, columns: int) -> list[str]:
        return [_shown(line, columns) for line in self._settled()]

    def raw(self) -> Iterable[Line | str]:
        """The lines as they are kept, for a snapshot."""
        return self._lines

    def counters(self) -> tuple[int, int, int | None]:
        """All that belongs to `raw` in a snapshot."""
        return self._pushed, self._returning, self._due

    def restore(
        self, lines: Iterable[Line | str], pushed: int, returning: int, due: int | None
    ) -> None:
        """Take `raw` and `counters` back."""
        self._lines = deque(lines, maxlen=self.limit)
        self._pushed, self._returning, self._due = pushed, returning, due

    def _settled(self) -> deque[Line | str]:
        """The lines, wrapped at the width that is due."""
        if self._due is not None:
            before = len(self._lines)
            self._lines = deque(rewrap_lines(self._lines, self._due), maxlen=self.limit)
            self._due = None
            more = len(self._lines) - before
            self._pushed += max(0, more)
            self._returning += more
        return self._lines


def _wraps(line: Line | str) -> int:
    return 0 if isinstance(line, str) else line.wrapped


def _as_line(line: Line | str) -> Line:
    return Line(line, 0, wrapped=0) if isinstance(line, str) else line


def _shown(line: Line | str, columns: int) -> str:
    if isinstance(line, str):
        return line.ljust(columns)
    return line.text + " " * (columns - line.width)
