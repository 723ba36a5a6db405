"""Looking back in a terminal: which lines show, what is searched, what is selected.

Lines go by their number (terminal/lines.py): what is looked at stays where it is while output
comes in below. No widget: keys and places in, an `Outcome` or marks to paint out.
"""

from enum import Enum
from typing import NamedTuple

from boxtui.terminal import Terminal
from boxtui.terminal.lines import Lines, Position
from boxtui.terminal.search import Match, compile_pattern, find_all, next_match, previous_match
from boxtui.terminal.selection import Selection, SelectionKind, selected_text, spans


class Outcome(Enum):
    """What a key asks of the widget."""

    COPY = "copy"
    SEARCH = "search"
    LEAVE = "leave"


class Mark(NamedTuple):
    """Cells [start, end) of a line; kind hit, here, selected or cursor."""

    start: int
    end: int
    kind: str


_STEPS = {
    "up": (-1, 0),
    "k": (-1, 0),
    "down": (1, 0),
    "j": (1, 0),
    "left": (0, -1),
    "h": (0, -1),
    "right": (0, 1),
    "l": (0, 1),
}
_PAGES = {"pageup": -1.0, "pagedown": 1.0, "ctrl+b": -1.0, "ctrl+f": 1.0}
_HALVES = {"ctrl+u": -0.5, "ctrl+d": 0.5}
_KINDS: dict[str, SelectionKind] = {
    "v": "char",
    "space": "char",
    " ": "char",
    "V": "line",
    "shift+v": "line",
    "ctrl+v": "block",
}
_OUTCOMES = {
    "y": Outcome.COPY,
    "enter": Outcome.COPY,
    "q": Outcome.LEAVE,
    "slash": Outcome.SEARCH,
    "/": Outcome.SEARCH,
}


class Lookback:
    """Of one terminal; `active` while the keys move a cursor of its own."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._lines = Lines(terminal.screen)
        self._top: int | None = None
        """The number of the first line that shows; None: the screen as it is now."""
        self._cursor: Position | None = None
        self._selection: Selection | None = None
        self._pattern = compile_pattern("")
        self._hits: list[Match] = []
        self._here: Match | None = None
        self._marks: dict[int, list[Mark]] = {}

    # -- what shows ------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        return self._cursor is not None

    @property
    def top(self) -> int:
        """The number of the first line that shows."""
        now = self._lines.top
        return now if self._top is None else max(min(self._top, now), self._lines.first)

    @property
    def back(self) -> int:
        """How many lines of the scrollback are looked at."""
        return self._lines.top - self.top

    @property
    def selecting(self) -> bool:
        return self._selection is not None

    @property
    def hits(self) -> tuple[int, int] | None:
        """(which one of them is looked at, how many there are) of what was searched."""
        if not self._hits:
            return None
        return (self._hits.index(self._here) + 1 if self._here in self._hits else 0), len(
            self._hits
        )

    def marks(self, y: int) -> list[Mark]:
        """What to paint over the row `y` that shows."""
        number = self.top + y
        marks = self._marks.get(number, [])
        if self._cursor is not None and self._cursor.y == number:
            return [*marks, Mark(self._cursor.x, self._cursor.x + 1, "cursor")]
        return marks

    def at(self, x: int, y: int) -> Position:
        """The place of a cell that shows; one beyond the edge is taken for the nearest."""
        return self._within(Position(self.top + y, x))

    # -- going about -----------------------------------------------------------------------------

    def scroll(self, by: int) -> None:
        """Look further back, or forward where negative."""
        top = max(self._lines.first, min(self.top - by, self._lines.top))
        self._top = top if top < self._lines.top or self.active else None

    def enter(self) -> None:
        """Give the keys to a cursor, which begins where the program's is."""
        if self._cursor is None:
            top = self.top
            cursor = self._terminal.cursor
            self._cursor = Position(top + cursor.y, cursor.x)
            self._top = top

    def leave(self) -> None:
        """Back to the screen as it is now."""
        self._top = self._cursor = self._selection = self._here = None
        self._hits = []
        self._marks = {}

    def renumbered(self) -> None:
        """Forget places: after a resize the lines have other numbers."""
        was = self.active
        self.leave()
        if was:
            self.enter()

    def press(self, key: str) -> Outcome | None:
        """Take a key, once entered."""
        assert self._cursor is not None
        if key in _KINDS:
            self._select(_KINDS[key])
        elif key == "escape":
            if self._selection is None:
                return Outcome.LEAVE
            self._selection = None
            self._remark()
        elif key in {"n", "N", "shift+n"}:
            self.repeat(older=key == "n")
        elif key in _OUTCOMES:
            return _OUTCOMES[key]
        else:
            self._go(key, self._cursor)
        return None

    def _go(self, key: str, cursor: Position) -> None:
        y, x = cursor
        height = self._terminal.lines
        if key in _STEPS:
            down, right = _STEPS[key]
            self._move(Position(y + down, x + right))
        elif key in _PAGES or key in _HALVES:
            by = int(_PAGES.get(key, _HALVES.get(key, 0.0)) * (height - 1))
            self.scroll(-by)
            self._move(Position(y + by, x))
        elif key in {"home", "0"}:
            self._move(Position(y, 0))
        elif key in {"end", "dollar_sign", "$"}:
            self._move(Position(y, max(0, len(self._lines.text(y).rstrip()) - 1)))
        elif key == "g":
            self._move(Position(self._lines.first, 0))
        elif key in {"G", "shift+g"}:
            self._move(Position(self._lines.end - 1, 0))

    def _within(self, place: Position) -> Position:
        y = max(self._lines.first, min(place.y, self._lines.end - 1))
        return Position(y, max(0, min(place.x, self._terminal.columns - 1)))

    def _move(self, place: Position) -> None:
        place = self._cursor = self._within(place)
        if place.y < self.top:
            self._top = place.y
        elif place.y >= self.top + self._terminal.lines:
            self._top = place.y - self._terminal.lines + 1
        if self._selection is not None:
            self.extend(place)

    # -- searching -------------------------------------------------------------------------------

    def search(self, text: str) -> bool:
        """Look for a text, from the newest line back; False where it is nowhere."""
        self.enter()
        self._pattern = compile_pattern(text)
        assert self._cursor is not None
        self._cursor = Position(self._lines.end, 0)
        self.repeat(older=True)
        if self._here is None:
            self._cursor = self._within(self._cursor)
        return self._here is not None

    def repeat(self, *, older: bool) -> None:
        """Go to the hit before this one, or to the next; from the other end on again."""
        assert self._cursor is not None
        if not self._pattern.pattern:
            return
        self._hits = find_all(self._lines, self._pattern)
        find = previous_match if older else next_match
        self._here = find(self._hits, self._cursor)
        if self._here is not None:
            self._move(self._here.start)
        self._remark()

    # -- selecting -------------------------------------------------------------------------------

    def begin(self, place: Position, kind: SelectionKind = "char") -> None:
        """Select from here."""
        self._selection = Selection(place, place, kind)
        self._remark()

    def extend(self, place: Position) -> None:
        """Select up to here."""
        if self._selection is not None:
            self._selection = self._selection._replace(focus=place)
            self._remark()

    def unselect(self) -> None:
        self._selection = None
        self._remark()

    @property
    def text(self) -> str:
        """What is selected."""
        if self._selection is None:
            return ""
        return selected_text(self._lines, self._selection, self._terminal.columns)

    def _select(self, kind: SelectionKind) -> None:
        assert self._cursor is not None
        if self._selection is not None and self._selection.kind == kind:
            self.unselect()
        elif self._selection is not None:
            self._selection = self._selection._replace(kind=kind)
            self._remark()
        else:
            self.begin(self._cursor, kind)

    def _remark(self) -> None:
        marks: dict[int, list[Mark]] = {}
        columns = self._terminal.columns
        for hit in self._hits:
            kind = "here" if hit == self._here else "hit"
            for y, start, end in spans(self._lines, Selection(hit.start, hit.end), columns):
                marks.setdefault(y, []).append(Mark(start, end, kind))
        if self._selection is not None:
            for y, start, end in spans(self._lines, self._selection, columns):
                marks.setdefault(y, []).append(Mark(start, end, "selected"))
        self._marks = marks
