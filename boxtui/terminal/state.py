"""What all parts of the screen share: its rows, its pen, its margins and its modes."""

from dataclasses import dataclass
from typing import Any

import pyte
from pyte.screens import Char, Margins
from pyte.screens import Cursor as PyteCursor

from boxtui.terminal.attributes import BG_MASK, INVERSE, STRIKE, Style, style
from boxtui.terminal.history import History
from boxtui.terminal.modes import Modes
from boxtui.terminal.rows import Row


class Cursor(PyteCursor):
    """pyte's cursor; `x` equals the number of columns while a wrap is pending."""

    x: int
    y: int
    hidden: bool


@dataclass(slots=True)
class Saved:
    """What DECSC keeps."""

    x: int = 0
    y: int = 0
    pen: int = 0
    origin: bool = False
    charsets: tuple[str, str, str, str] = ("B", "B", "B", "B")
    shifted: int = 0


def as_char(text: str, attr: int) -> Char:
    """A cell as pyte has it."""
    look: Style = style(attr)
    return Char(
        text,
        str(look.fg).removeprefix("#"),
        str(look.bg).removeprefix("#"),
        look.bold,
        look.italic,
        bool(look.underline),
        bool(attr & STRIKE),
        bool(attr & INVERSE),
        look.blink,
    )


class ScreenState(pyte.Screen):
    """The attributes and the few primitives that every part of `Screen` is written against.

    `top` and `bottom` are the scroll region, both included. `plain` says that text needs no
    translation, no insertion and no care for wrapping beyond the usual.
    """

    columns: int
    lines: int
    cursor: Cursor
    rows: list[Row]
    other_rows: list[Row]
    history: History
    pen: int
    top: int
    bottom: int
    modes: Modes
    saved: list[Saved | None]
    charsets: list[str]
    shifted: int
    single_shift: int
    translation: dict[int, str] | None
    plain: bool
    last_drawn: str
    tabstops: set[int]
    title: str
    icon_name: str

    @property
    def blank(self) -> int:
        """What erased cells look like: the background of the pen and nothing else."""
        return self.pen & BG_MASK

    @property
    def margins(self) -> Margins | None:
        if self.top == 0 and self.bottom == self.lines - 1:
            return None
        return Margins(self.top, self.bottom)

    @property
    def keeps_history(self) -> bool:
        """Whether lines that leave at the top are kept."""
        return not self.modes.alternate_screen

    def settle(self) -> int:
        """Give up a pending wrap; the column the cursor is really in."""
        cursor = self.cursor
        if cursor.x >= self.columns:
            cursor.x = self.columns - 1
        return cursor.x

    def current_row(self) -> Row:
        """The cursor's row, about to be changed."""
        row = self.rows[self.cursor.y]
        row.version = 0
        return row

    def refresh_plain(self) -> None:
        modes = self.modes
        self.plain = (
            modes.autowrap
            and not modes.insert
            and self.translation is None
            and not self.single_shift
        )

    def debug(self, *_args: Any, **_kwargs: Any) -> None:
        """Unknown sequences end here, and nothing comes of them."""
