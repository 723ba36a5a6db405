"""Moving whole lines: index, scroll up and down, insert and delete lines, the bulk path."""

from boxtui.terminal.rows import Line, Row
from boxtui.terminal.state import ScreenState


class Scrolling(ScreenState):
    def index(self) -> None:
        """IND: one line down; at the bottom margin scroll instead."""
        y = self.cursor.y
        if y == self.bottom:
            self.scroll_lines_up(1)
        elif y < self.lines - 1:
            self.cursor.y = y + 1

    def reverse_index(self) -> None:
        """RI: one line up; at the top margin scroll instead."""
        y = self.cursor.y
        self.settle()
        if y == self.top:
            self.scroll_lines_down(self.top, 1)
        elif y > 0:
            self.cursor.y = y - 1

    def linefeed(self) -> None:
        self.index()
        if self.modes.newline:
            self.cursor.x = 0

    def next_line(self) -> None:
        """NEL."""
        self.index()
        self.cursor.x = 0

    def scroll_lines_up(self, count: int) -> None:
        """The region's top line leaves, a blank one comes in at its bottom, `count` times."""
        rows, blank, columns = self.rows, self.blank, self.columns
        keep = self.top == 0 and not self.modes.alternate_screen
        for _ in range(min(count, self.bottom - self.top + 1)):
            row = rows.pop(self.top)
            if keep:
                self.history.push(row)
            row.clear(columns, blank)
            rows.insert(self.bottom, row)

    def scroll_lines_down(self, top: int, count: int) -> None:
        """Blank lines come in at `top`, as many leave at the region's bottom."""
        rows, blank, columns = self.rows, self.blank, self.columns
        if top:
            rows[top - 1].wrapped = 0
        for _ in range(min(count, self.bottom - top + 1)):
            row = rows.pop(self.bottom)
            row.clear(columns, blank)
            rows.insert(top, row)
        rows[self.bottom].wrapped = 0

    def scroll_up(self, count: int = 1, *_: int) -> None:
        """SU."""
        self._part_region()
        self.scroll_lines_up(max(count, 1))

    def _part_region(self, top: int | None = None) -> None:
        """Lines that ran on from `top - 1`, or over the bottom margin, will do so no more."""
        top = self.top if top is None else top
        if top:
            self.rows[top - 1].wrapped = 0
        self.rows[self.bottom].wrapped = 0

    def scroll_down(self, count: int = 1, *_: int) -> None:
        """SD."""
        self.scroll_lines_down(self.top, max(count, 1))

    def insert_lines(self, count: int = 1, *_: int) -> None:
        """IL; the cursor keeps its column, as in most terminals but a VT100."""
        if self.top <= self.cursor.y <= self.bottom:
            self.scroll_lines_down(self.cursor.y, max(count, 1))

    def delete_lines(self, count: int = 1, *_: int) -> None:
        """DL; deleted lines never enter the history."""
        y = self.cursor.y
        if not self.top <= y <= self.bottom:
            return
        self._part_region(y)
        for _turn in range(min(max(count, 1), self.bottom - y + 1)):
            row = self.rows.pop(y)
            row.clear(self.columns, self.blank)
            self.rows.insert(self.bottom, row)

    def carriage_return(self) -> None:
        self.cursor.x = 0

    def scroll_in(self, texts: list[str]) -> None:
        """Write whole lines from a blank bottom line on, each followed by a line feed.

        The same as drawing them one by one, for a region that is the whole screen and text that
        is all narrow; lines that pass through go straight into the history.
        """
        pieces = self._pieces(texts)
        rows, above = self.rows, self.lines - 1
        leaving = min(len(pieces), above)
        gone = rows[:leaving]
        if self.keeps_history:
            for row in gone:
                self.history.push(row)
            self.history.extend(pieces[: max(0, len(pieces) - above)])
        del rows[:leaving]
        for row, piece in zip(gone, pieces[len(pieces) - leaving :], strict=True):
            self._fill(row, piece)
        rows[-1:-1] = gone

    def _pieces(self, texts: list[str]) -> list[Line | str]:
        """The lines that `texts` become when they wrap."""
        columns, pen = self.columns, self.pen
        if not pen and max(map(len, texts)) <= columns:
            return list(texts)
        pieces: list[Line | str] = []
        for text in texts:
            last = max(0, len(text) - 1) // columns * columns
            pieces += [
                Line(text[at : at + columns], pen, wrapped=int(at < last))
                for at in range(0, last + 1, columns)
            ]
        return pieces

    def _fill(self, row: Row, piece: "Line | str") -> None:
        row.clear(self.columns, 0)
        if isinstance(piece, str):
            row.chars[: len(piece)] = piece
            return
        text = piece.text
        row.chars[: len(text)] = text
        row.attrs[: len(text)] = piece.attrs
        row.wrapped = piece.wrapped
