"""The screen: a pyte.Screen made of rows, with history, alternate screen and replies."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyte.screens import Char

from boxtui.terminal.charsets import Charsets
from boxtui.terminal.drawing import Drawing
from boxtui.terminal.history import History
from boxtui.terminal.modes import Modes
from boxtui.terminal.motion import Motion
from boxtui.terminal.protocols import Protocols
from boxtui.terminal.reflow import resize
from boxtui.terminal.rows import Row
from boxtui.terminal.state import Cursor, as_char
from boxtui.terminal.switching import Switching

FOREGROUND, BACKGROUND = 0xD8D8D8, 0x101010


class BufferRow(Mapping[int, Char]):
    """A row's cells as pyte's characters."""

    def __init__(self, row: Row) -> None:
        self._row = row

    def __getitem__(self, x: int) -> Char:
        return as_char(self._row.chars[x], self._row.attrs[x])

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return len(self._row.chars)


class Screen(Charsets, Drawing, Switching, Motion, Protocols):
    """What a program's output makes, one method an event, as in pyte.

    Rows are objects that keep their identity while they scroll: `take_damage` numbers the changed
    ones anew, so a render kept with its row and version stays good wherever the row moves.
    """

    def __init__(self, columns: int, lines: int, history: int = 10_000) -> None:
        # pyte's own initialiser would make the sparse buffer that rows stand in for
        self.columns, self.lines = max(columns, 1), max(lines, 1)
        self.history = History(history)
        self.colours = {10: FOREGROUND, 11: BACKGROUND}
        self.replies, self.replies_size = [], 0
        self.events = []
        self.titles, self.links, self.link_ids, self.link_count = [], {}, {}, 0
        self.cursor = Cursor(0, 0)
        self._version = 0
        self._seen: list[int] = []
        self.reset()

    def reset(self) -> None:
        """RIS: everything as at the start; the history stays."""
        self.modes = Modes()
        self.rows = [Row(self.columns) for _ in range(self.lines)]
        self.other_rows = [Row(self.columns) for _ in range(self.lines)]
        self.top, self.bottom = 0, self.lines - 1
        self.pen = 0
        self.saved = [None, None]
        self.charsets, self.single_shift = ["B"] * 4, 0
        self._shift(0)
        self.last_drawn = ""
        self.tabstops = set(range(8, self.columns, 8))
        self.title = self.icon_name = ""
        self.cursor.x = self.cursor.y = 0
        self.cursor.hidden = False

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Take another size; the main screen and its history are wrapped anew."""
        lines, columns = max(lines or self.lines, 1), max(columns or self.columns, 1)
        if (lines, columns) != (self.lines, self.columns):
            resize(self, lines, columns)

    @property
    def display(self) -> list[str]:
        return [row.text for row in self.rows]

    @property
    def buffer(self) -> Mapping[int, BufferRow]:
        """The cells as pyte has them, made at each look."""
        return {y: BufferRow(row) for y, row in enumerate(self.rows)}

    def take_damage(self) -> list[int]:
        """The lines that differ from what was there at the last call; all rows have a version."""
        versions = []
        for row in self.rows:
            if not row.version:
                self._version += 1
                row.version = self._version
            versions.append(row.version)
        seen, self._seen = self._seen, versions
        if len(seen) != len(versions):
            return list(range(len(versions)))
        return [y for y, version in enumerate(versions) if version != seen[y]]

    @property
    def dirty(self) -> set[int]:
        """The lines changed since the last `take_damage`."""
        seen = self._seen
        return {
            y
            for y, row in enumerate(self.rows)
            if y >= len(seen) or not row.version or row.version != seen[y]
        }

    def debug(self, *_args: Any, **_kwargs: Any) -> None:
        """Unknown sequences end here, and nothing comes of them."""
