"""Rows put away as lines, and the history that keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.terminal import Terminal
from boxtui.terminal.rows import Row, pack

CELLS = st.sampled_from([" ", "a", "b", "é", "─", "e\u0301", "漢"])
ATTRS = st.sampled_from([0, 0, 1, 5 << 38, (1 << 64) - 1, 1 << 90])


def row_of(cells: list[tuple[str, int]]) -> Row:
    row = Row(0)
    for text, attr in cells:
        halves = [text, ""] if text == "漢" else [text]
        row.chars += halves
        row.attrs += [attr] * len(halves)
    row.wide = "" in row.chars
    return row


@given(st.lists(st.tuples(CELLS, ATTRS), min_size=1, max_size=30), st.sampled_from([0, 1, 2]))
def test_a_line_gives_back_the_row(cells: list[tuple[str, int]], wrapped: int) -> None:
    row = row_of(cells)
    row.wrapped = wrapped
    back = pack(row).as_row()
    back.fit(len(row.chars))
    assert (back.chars, back.attrs, back.wrapped) == (row.chars, row.attrs, wrapped)
    assert back.wide == row.wide


def test_trailing_blanks_are_dropped_but_not_coloured_ones() -> None:
    assert pack(row_of([("a", 0), (" ", 0), (" ", 0)])).width == 1
    assert pack(row_of([("a", 0), (" ", 5 << 38), (" ", 0)])).width == 2


def test_cutting_half_a_wide_character_leaves_a_blank() -> None:
    row = row_of([("a", 0), ("漢", 0)])
    row.fit(2)
    assert row.chars == ["a", " "]


def test_history_is_bounded_and_numbered() -> None:
    terminal = Terminal(20, 3, history=5)
    for number in range(20):
        terminal.feed(b"line %d\r\n" % number)
    history = terminal.history
    assert len(history) == 5
    assert history.pushed == 18
    assert [line.text for line in history] == [f"line {number}" for number in range(13, 18)]
    assert history[-1].text == "line 17"
    assert terminal.history_display[0] == "line 13".ljust(20)


def test_no_history_at_all() -> None:
    terminal = Terminal(20, 3, history=0)
    terminal.feed(b"a\r\n" * 5000)
    terminal.resize(columns=10, lines=6)
    assert terminal.history_display == []


def test_a_line_of_the_history_can_carry_a_render() -> None:
    terminal = Terminal(20, 3)
    terminal.feed(b"a\r\n" * 2000)
    terminal.history[7].cache = "render"
    terminal.feed(b"b\r\n")
    assert terminal.history[7].cache == "render"


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_flood_is_the_same_line_by_line(chunk: int) -> None:
    """What goes past the screen in bulk is what would have scrolled through it."""
    text = b"".join(
        b"%d\r\n%s\r\n\tword %d\r\n" % (number, b"long " * (number % 40), number)
        for number in range(300)
    ).replace(b"\t", b"   ")
    whole, parts = Terminal(30, 6), Terminal(30, 6)
    for terminal in (whole, parts):
        terminal.feed(b"\x1b[32mgreen ")
    whole.feed(text)
    for at in range(0, len(text), chunk):
        parts.feed(text[at : at + chunk])
    assert whole.history_display == parts.history_display
    assert whole.display == parts.display
    assert [line.attrs for line in whole.history] == [line.attrs for line in parts.history]
    assert [line.wrapped for line in whole.history] == [line.wrapped for line in parts.history]
    assert (whole.cursor.y, whole.cursor.x) == (parts.cursor.y, parts.cursor.x)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"\x1b[?1049h" + b"x\r\n" * 50, 0),
        (b"\x1b[2;4r\x1b[4H" + b"x\r\n" * 50, 0),
        (b"\x1b[4H" + b"x\r\n" * 50, 50),
        (b"\x1b[3S", 3),
        (b"a\r\nb\x1b[2J", 2),
        (b"a\r\n" * 9 + b"\x1b[3J", 0),
        (b"\x1b[H\x1b[3M", 0),
    ],
)
def test_what_enters_the_history(data: bytes, kept: int) -> None:
    terminal = Terminal(10, 4)
    terminal.feed(data)
    assert len(terminal.history) == kept
