"""Another size: lines that wrapped are joined and cut anew, in the history as on the screen."""

from boxtui.terminal.rows import Row
from boxtui.terminal.state import ScreenState


def resize_main(screen: ScreenState, lines: int, columns: int) -> None:
    """A placeholder until reflow lands: rows are cut and padded."""
    for rows in (screen.rows, screen.other_rows):
        for row in rows:
            row.fit(columns)
        while len(rows) > lines:
            del rows[0]
        while len(rows) < lines:
            rows.append(Row(columns))
    screen.lines, screen.columns = lines, columns
    screen.top, screen.bottom = 0, lines - 1
    screen.cursor.x = min(screen.cursor.x, columns - 1)
    screen.cursor.y = min(screen.cursor.y, lines - 1)
