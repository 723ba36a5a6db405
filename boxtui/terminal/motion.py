"""Moving the cursor: absolute, relative, by tab stops."""

from boxtui.terminal.state import ScreenState


class Motion(ScreenState):
    def _goto(self, y: int, x: int) -> None:
        """Go to a 0-based position, kept on the screen, or in the region in origin mode."""
        if self.modes.origin:
            y = min(max(y + self.top, self.top), self.bottom)
        else:
            y = min(max(y, 0), self.lines - 1)
        self.cursor.y = y
        self.cursor.x = min(max(x, 0), self.columns - 1)

    def cursor_position(self, line: int = 1, column: int = 1, *_: int) -> None:
        """CUP and HVP, 1-based."""
        if self.modes.origin:
            self._goto(line - 1 if line else 0, column - 1)
            return
        lines, columns, cursor = self.lines, self.columns, self.cursor
        cursor.y = 0 if line < 1 else line - 1 if line <= lines else lines - 1
        cursor.x = 0 if column < 1 else column - 1 if column <= columns else columns - 1

    def cursor_to_column(self, column: int = 1, *_: int) -> None:
        """CHA and HPA."""
        self.cursor.x = min(max(column, 1), self.columns) - 1

    def cursor_to_line(self, line: int = 1, *_: int) -> None:
        """VPA."""
        self._goto(max(line, 1) - 1, self.cursor.x)

    def cursor_up(self, count: int = 1, *_: int) -> None:
        self.settle()
        y = self.cursor.y
        limit = self.top if y >= self.top else 0
        self.cursor.y = max(y - max(count, 1), limit)

    def cursor_down(self, count: int = 1, *_: int) -> None:
        self.settle()
        y = self.cursor.y
        limit = self.bottom if y <= self.bottom else self.lines - 1
        self.cursor.y = min(y + max(count, 1), limit)

    def cursor_forward(self, count: int = 1, *_: int) -> None:
        self.cursor.x = min(self.cursor.x + max(count, 1), self.columns - 1)

    def cursor_back(self, count: int = 1, *_: int) -> None:
        self.cursor.x = max(self.settle() - max(count, 1), 0)

    def cursor_up1(self, count: int = 1, *_: int) -> None:
        """CPL."""
        self.cursor_up(count)
        self.cursor.x = 0

    def cursor_down1(self, count: int = 1, *_: int) -> None:
        """CNL."""
        self.cursor_down(count)
        self.cursor.x = 0

    def backspace(self) -> None:
        """One column back; with reverse wrap, from the first one to the end of the line above."""
        cursor = self.cursor
        x = self.settle()
        if x:
            cursor.x = x - 1
        elif self.modes.reverse_wrap and cursor.y > self.top:
            cursor.y -= 1
            cursor.x = self.columns - 1

    def tab(self) -> None:
        self.tab_forward(1)

    def tab_forward(self, count: int = 1, *_: int) -> None:
        """CHT."""
        x = self.cursor.x
        stops = sorted(stop for stop in self.tabstops if x < stop < self.columns)
        count = max(count, 1)
        if x < self.columns:
            self.cursor.x = stops[count - 1] if count <= len(stops) else self.columns - 1

    def tab_back(self, count: int = 1, *_: int) -> None:
        """CBT."""
        x = self.settle()
        stops = sorted((stop for stop in self.tabstops if stop < x), reverse=True)
        count = max(count, 1)
        self.cursor.x = stops[count - 1] if count <= len(stops) else 0

    def set_tab_stop(self) -> None:
        """HTS; a pending wrap stays pending."""
        self.tabstops.add(min(self.cursor.x, self.columns - 1))

    def clear_tab_stop(self, how: int = 0, *_: int) -> None:
        """TBC."""
        if how == 0:
            self.tabstops.discard(min(self.cursor.x, self.columns - 1))
        elif how == 3:
            self.tabstops.clear()

    def set_margins(self, top: int = 0, bottom: int = 0, *_: int) -> None:
        """DECSTBM, 1-based; no parameters for the whole screen. Goes home."""
        last = self.lines
        top = max(top or 1, 1)
        bottom = min(bottom or last, last)
        if top < bottom:
            self.top, self.bottom = top - 1, bottom - 1
            self._goto(0, 0)
