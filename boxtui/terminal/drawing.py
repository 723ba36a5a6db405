"""Putting text into cells: wrapping, wide characters, combining marks, REP."""

from boxtui.terminal.attributes import sgr
from boxtui.terminal.rows import CONTINUED, SHORT, Row
from boxtui.terminal.scrolling import Scrolling
from boxtui.terminal.widths import NOT_NARROW, RUN_WIDTHS, RUNS, UNEVEN, cells

CELL = 21  # bytes of UTF-8 in one cell, as in tmux: enough for any script, and a bound


class Drawing(Scrolling):
    def draw(self, data: str) -> None:
        """Write printable text at the cursor."""
        if not data:
            return
        self.last_drawn = data
        if self.translation is not None or self.single_shift:
            data = self.translate(data)
        if data.isascii() or not NOT_NARROW.search(data):
            self._draw_narrow(data)
        elif UNEVEN.search(data) or not self._draw_whole(data):
            for match in RUNS.finditer(data):
                width = RUN_WIDTHS[match.lastindex or 0]
                if width == 1:
                    self._draw_narrow(match[0])
                elif width:
                    self._draw_wide(match[0])
                else:
                    self._combine(match[0])

    def _draw_whole(self, data: str) -> bool:
        """Write wide and narrow characters at once if they fit the line; whether they did."""
        x = self.cursor.x
        if x + len(data) > self.columns:
            return False
        content = cells(data)
        fits = x + len(content) <= self.columns
        if fits:
            self._place(x, content)
        return fits

    def translate(self, data: str) -> str:
        """What `data` says in the character set now in use."""
        raise NotImplementedError

    def select_graphic_rendition(self, *attrs: int) -> None:
        """SGR, for callers; the stream has its own way of applying it."""
        keep, put = sgr(";".join(map(str, attrs)))
        self.pen = self.pen & keep | put

    def repeat(self, count: int = 1, *_: int) -> None:
        """REP: the last character drawn, once more or `count` times."""
        if self.last_drawn:
            count = min(max(count, 1), self.columns * self.lines)
            last = self.last_drawn[-1]
            self.draw(last * count)
            self.last_drawn = last

    def _draw_narrow(self, text: str) -> None:
        cursor, columns = self.cursor, self.columns
        while text:
            x = cursor.x
            if x >= columns:
                x = self._wrap()
            room = columns - x
            part = text[:room]
            text = text[room:]
            if text and not self.modes.autowrap:
                # without wrapping everything beyond the margin lands in the last column
                part, text = part[:-1] + text[-1], ""
            self._place(x, part)

    def _draw_wide(self, text: str) -> None:
        cursor, columns = self.cursor, self.columns
        if columns < 2:
            return
        while text:
            x = cursor.x
            if x >= columns - 1:
                if not self.modes.autowrap:
                    if x >= columns:
                        x = columns - 2
                        text = text[-1]
                    else:
                        return
                else:
                    x = self._wrap()
            room = (columns - x) // 2
            part = text[:room]
            text = text[room:]
            content = [""] * (2 * len(part))
            content[::2] = part
            self._place(x, content)

    def _place(self, x: int, content: "str | list[str]") -> None:
        """Write cells that fit the row at column x; a list may have wide ones."""
        row = self.rows[self.cursor.y]
        count = len(content)
        end = x + count
        if self.modes.insert:
            self._shift_right(row, x, count)
        elif row.wide:
            row.mend(x, end)
        row.chars[x:end] = content
        row.attrs[x:end] = [self.pen] * count
        row.version = 0
        if not isinstance(content, str):
            row.wide = True
        if end >= self.columns and not self.modes.autowrap:
            end = self.columns - 1
        self.cursor.x = end

    def _shift_right(self, row: Row, x: int, count: int) -> None:
        """Make room for `count` cells at x; what is pushed over the margin is lost."""
        columns = self.columns
        if row.wide:
            row.mend(x, x)
            if x < columns and row.chars[x] == "":
                row.chars[x] = " "
        row.chars[x:x] = [" "] * count
        row.attrs[x:x] = [self.blank] * count
        row.fit(columns)

    def _wrap(self) -> int:
        """Go on in the next line; the new column. Without autowrap stay in the last one."""
        if not self.modes.autowrap:
            self.cursor.x = self.columns - 1
            return self.columns - 1
        row = self.rows[self.cursor.y]
        row.wrapped = SHORT if self.cursor.x < self.columns else CONTINUED
        self.index()
        self.cursor.x = 0
        return 0

    def _combine(self, marks: str) -> None:
        """Add marks of no width to the character before the cursor."""
        x = min(self.cursor.x, self.columns) - 1
        row = self.rows[self.cursor.y]
        if x > 0 and row.chars[x] == "":
            x -= 1
        if x < 0:
            return
        text = row.chars[x]
        size = len(text.encode())
        for mark in marks:
            if size > CELL - 2:
                break
            size += len(mark.encode())
            if size > CELL:
                size -= len(mark.encode())
            else:
                text += mark
        row.chars[x] = text
        row.version = 0
