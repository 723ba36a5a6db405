"""Erasing, inserting and deleting within lines; what is erased takes the pen's background."""

from boxtui.terminal.attributes import PROTECTED
from boxtui.terminal.rows import Row
from boxtui.terminal.state import ScreenState


class Editing(ScreenState):
    def _erase(self, row: Row, start: int, end: int, *, selective: bool = False) -> None:
        """Blank the cells [start, end); selectively all but the protected ones."""
        if selective and any(attr & PROTECTED for attr in row.attrs[start:end]):
            for x in range(start, end):
                if not row.attrs[x] & PROTECTED:
                    self._erase(row, x, x + 1)
            return
        if row.wide:
            row.mend(start, end)
        row.chars[start:end] = [" "] * (end - start)
        row.attrs[start:end] = [self.blank] * (end - start)
        row.version = 0
        if end == self.columns:
            row.wrapped = 0

    def _erase_rows(self, start: int, end: int, *, selective: bool) -> None:
        for row in self.rows[start:end]:
            if selective:
                self._erase(row, 0, self.columns, selective=True)
            else:
                row.clear(self.columns, self.blank)

    def erase_in_line(self, how: int = 0, *_: int, private: bool = False) -> None:
        """EL, and DECSEL as the private form."""
        x = min(self.cursor.x, self.columns - 1)
        start, end = {0: (x, self.columns), 1: (0, x + 1), 2: (0, self.columns)}.get(how, (0, 0))
        if end:
            self._erase(self.rows[self.cursor.y], start, end, selective=private)

    def erase_in_display(self, how: int = 0, *_: int, private: bool = False) -> None:
        """ED, and DECSED as the private form; 2 puts what was shown into the history."""
        y = self.cursor.y
        if how == 0:
            self.erase_in_line(0, private=private)
            self._erase_rows(y + 1, self.lines, selective=private)
        elif how == 1:
            self.erase_in_line(1, private=private)
            self._erase_rows(0, y, selective=private)
            if y:
                self.rows[y - 1].wrapped = 0
        elif how == 2:
            if self.keeps_history and not private:
                self._keep_shown()
            self._erase_rows(0, self.lines, selective=private)
        elif how == 3 and not private:
            self.history.clear()

    def _keep_shown(self) -> None:
        """Put the lines down to the last one in use into the history."""
        rows = self.rows
        end = len(rows)
        while end and not rows[end - 1].used:
            end -= 1
        for row in rows[:end]:
            self.history.push(row)
        self.history.hold()

    def erase_characters(self, count: int = 1, *_: int) -> None:
        """ECH."""
        x = min(self.cursor.x, self.columns - 1)
        self._erase(self.rows[self.cursor.y], x, min(x + max(count, 1), self.columns))

    def insert_characters(self, count: int = 1, *_: int) -> None:
        """ICH."""
        x = min(self.cursor.x, self.columns - 1)
        self.open_gap(self.current_row(), x, min(max(count, 1), self.columns - x))

    def open_gap(self, row: Row, x: int, count: int) -> None:
        """Push the cells from x on to the right; what goes over the margin is lost."""
        if row.wide and row.chars[x] == "":
            row.chars[x - 1 : x + 1] = [" ", " "]
        row.chars[x:x] = [" "] * count
        row.attrs[x:x] = [self.blank] * count
        row.fit(self.columns)
        row.wrapped = 0

    def delete_characters(self, count: int = 1, *_: int) -> None:
        """DCH."""
        columns = self.columns
        row = self.current_row()
        x = min(self.cursor.x, columns - 1)
        end = min(x + max(count, 1), columns)
        if row.wide:
            row.mend(x, end)
        del row.chars[x:end], row.attrs[x:end]
        row.chars += [" "] * (end - x)
        row.attrs += [self.blank] * (end - x)
        row.wrapped = 0

    def alignment_display(self) -> None:
        """DECALN."""
        self.top, self.bottom = 0, self.lines - 1
        self.cursor.x = self.cursor.y = 0
        for row in self.rows:
            row.clear(self.columns, 0)
            row.chars = ["E"] * self.columns

    def set_protection(self, how: int = 0, *_: int) -> None:
        """DECSCA."""
        if how == 1:
            self.pen |= PROTECTED
        else:
            self.pen &= ~PROTECTED
