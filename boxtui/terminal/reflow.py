"""Another size: lines that wrapped are joined and cut anew, in the history as on the screen."""

from boxtui.terminal.rows import Row
from boxtui.terminal.state import ScreenState
from boxtui.terminal.wrapping import Place, rewrap

TAB = 8


def resize(screen: ScreenState, lines: int, columns: int) -> None:
    """Give both screens another size and keep the cursor on the text it was on."""
    alternate = screen.modes.alternate_screen
    cursor = Place(screen.cursor.y, screen.cursor.x)
    if alternate:
        saved = screen.saved[0]
        place = Place(saved.y, saved.x) if saved else Place(0, 0)
        screen.other_rows = _resize_main(screen, screen.other_rows, lines, columns, place)
        screen.rows = _resize_plain(screen.rows, lines, columns, cursor)
        if saved:
            saved.y, saved.x = place.y, place.x
    else:
        screen.rows = _resize_main(screen, screen.rows, lines, columns, cursor)
        screen.other_rows = _resize_plain(screen.other_rows, lines, columns, Place(0, 0))
    screen.tabstops |= set(range(-(-screen.columns // TAB) * TAB, columns, TAB))
    screen.lines, screen.columns = lines, columns
    screen.top, screen.bottom = 0, lines - 1
    screen.cursor.y, screen.cursor.x = cursor.y, cursor.x


def _resize_plain(rows: list[Row], lines: int, columns: int, cursor: Place) -> list[Row]:
    """Cut and pad, first below the cursor, then at the top."""
    surplus = max(0, len(rows) - lines)
    above = max(0, surplus - (len(rows) - 1 - cursor.y))
    rows = rows[above:][:lines]
    for row in rows:
        row.fit(columns)
        row.wrapped = 0
    cursor.y, cursor.x = cursor.y - above, min(cursor.x, columns - 1)
    return rows + [Row(columns) for _ in range(lines - len(rows))]


def _resize_main(
    screen: ScreenState, rows: list[Row], lines: int, columns: int, place: Place
) -> list[Row]:
    """Rewrap and let lines go into the history, or come from it, at the top."""
    history = screen.history
    end = len(rows)
    while end > place.y + 1 and not rows[end - 1].written:
        end -= 1
    filled = end == len(rows)
    rows, rest = rows[:end], rows[end:]
    if columns != screen.columns:
        begun = history.take_begun()
        rows[:0] = begun
        place.y += len(begun)
        history.rewrap(columns)
        rows = rewrap(rows, columns, place)
    leaving = max(len(rows) - lines, 0)
    for row in rows[:leaving]:
        history.push(row)
    del rows[:leaving]
    place.y = max(place.y - leaving, 0)
    wanted = lines if filled else min(lines, len(rows) + lines - screen.lines)
    while len(rows) < wanted and history.returning > 0:
        rows.insert(0, history.pop(columns))
        place.y += 1
    for row in rows:
        row.version = 0
    for row in rest:
        row.fit(columns)
    rest += [Row(columns) for _ in range(lines - len(rows) - len(rest))]
    return rows + rest[: lines - len(rows)]
