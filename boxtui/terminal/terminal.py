"""The emulator as others see it: bytes in; cells, replies and events out."""

from typing import Self

from boxtui.terminal.attributes import (
    BG_SHIFT,
    COLOUR,
    FG_SHIFT,
    LINK_SHIFT,
    colour_name,
    flag_names,
)
from boxtui.terminal.history import History
from boxtui.terminal.modes import Modes
from boxtui.terminal.protocols import Event
from boxtui.terminal.screen import Screen
from boxtui.terminal.snapshot import dump, load
from boxtui.terminal.stream import ByteStream

Cell = tuple[str, str | int, str | int, set[str]]


class CursorView:
    """Where the cursor shows: never beyond the last column."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    @property
    def y(self) -> int:
        return self._screen.cursor.y

    @property
    def x(self) -> int:
        return min(self._screen.cursor.x, self._screen.columns - 1)

    @property
    def hidden(self) -> bool:
        return self._screen.cursor.hidden


class Terminal:
    """A terminal of `columns` x `lines` cells that keeps `history` lines of scrollback."""

    def __init__(self, columns: int, lines: int, history: int = 10_000) -> None:
        self._hold(Screen(columns, lines, history))

    def _hold(self, screen: Screen, stream: ByteStream | None = None) -> None:
        self.screen = screen
        self.stream = stream or ByteStream(screen)
        self.cursor = CursorView(screen)

    @classmethod
    def from_snapshot(cls, data: bytes) -> Self:
        """A terminal in the state that `snapshot` gave; DamagedSnapshotError (a ValueError)."""
        terminal = cls(1, 1, 0)
        terminal._hold(*load(data))
        return terminal

    def snapshot(self) -> bytes:
        """All that the terminal is, from which `from_snapshot` goes on as if never stopped."""
        return dump(self.screen, self.stream)

    @property
    def columns(self) -> int:
        return self.screen.columns

    @property
    def lines(self) -> int:
        return self.screen.lines

    @property
    def title(self) -> str:
        """What the program calls its window: printable characters only, at most 256."""
        return self.screen.title

    @property
    def modes(self) -> Modes:
        return self.screen.modes

    @property
    def history(self) -> History:
        return self.screen.history

    def feed(self, data: bytes) -> None:
        """Take output of the program. Never raises; any chunking gives the same state."""
        self.stream.feed(data)

    def resize(self, *, columns: int, lines: int) -> None:
        """Take another size, wrapping the main screen and its history anew."""
        self.screen.resize(lines=lines, columns=columns)

    @property
    def display(self) -> list[str]:
        """`lines` strings; the second half of a wide character is left out."""
        return self.screen.display

    @property
    def history_display(self) -> list[str]:
        """The scrollback, oldest first, padded to the columns."""
        return self.screen.history.display(self.screen.columns)

    def cell(self, y: int, x: int) -> Cell:
        """Text, foreground, background ("default", 0..255 or "#rrggbb") and the names of flags."""
        row = self.screen.rows[y]
        attr = row.attrs[x]
        foreground = colour_name(attr >> FG_SHIFT & COLOUR)
        background = colour_name(attr >> BG_SHIFT & COLOUR)
        return row.chars[x], foreground, background, flag_names(attr)

    def link(self, y: int, x: int) -> str | None:
        """Where the hyperlink of a cell leads."""
        return self.screen.links.get(self.screen.rows[y].attrs[x] >> LINK_SHIFT)

    def take_replies(self) -> bytes:
        """The answers due to the program since the last call."""
        screen = self.screen
        replies, screen.replies, screen.replies_size = screen.replies, [], 0
        return "".join(replies).encode()

    def take_events(self) -> list[Event]:
        """Bells, clipboard writes and the like since the last call."""
        events, self.screen.events = self.screen.events, []
        return events

    def take_damage(self) -> list[int]:
        """The lines that changed since the last call."""
        return self.screen.take_damage()
