"""Another size: nothing is lost, the cursor stays on its text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxtui.terminal import Terminal

SIZES = st.lists(st.tuples(st.integers(4, 60), st.integers(2, 12)), min_size=1, max_size=5)


def logical_lines(terminal: Terminal) -> list[str]:
    """History and screen as lines that wrapped joined, without the blank ones at the end."""
    lines = [""]
    parts = [*terminal.history, *terminal.screen.rows]
    for part in parts:
        cells = part.chars if part.wrapped != 2 else part.chars[:-1]
        text = "".join(cells)
        lines[-1] += text if part.wrapped else text.rstrip()
        if not part.wrapped:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    return lines


@settings(max_examples=150)
@given(
    st.lists(st.text("ab 漢字é", max_size=70).map(str.rstrip), min_size=1, max_size=20),
    SIZES,
)
def test_text_survives_any_resizing(lines: list[str], sizes: list[tuple[int, int]]) -> None:
    terminal = Terminal(30, 6)
    terminal.feed("\r\n".join(lines).encode())
    while lines and not lines[-1]:
        lines.pop()
    for columns, rows in sizes:
        terminal.resize(columns=columns, lines=rows)
        assert logical_lines(terminal) == lines
        assert len(terminal.display) == rows
        assert terminal.cursor.y < rows


@settings(max_examples=100)
@given(st.text("ab漢é", min_size=1, max_size=100), SIZES)
def test_cursor_stays_behind_what_was_typed(text: str, sizes: list[tuple[int, int]]) -> None:
    terminal = Terminal(30, 8)
    terminal.feed(text.encode())
    for columns, rows in sizes:
        terminal.resize(columns=columns, lines=rows)
    terminal.feed(b"X")
    assert logical_lines(terminal) == [text + "X"]


def test_lines_return_when_the_screen_grows_again() -> None:
    terminal = Terminal(20, 5)
    terminal.feed(b"one\r\ntwo\r\nthree\r\nfour\r\nfive")
    terminal.resize(columns=20, lines=2)
    assert [line.rstrip() for line in terminal.history_display] == ["one", "two", "three"]
    assert terminal.cursor.y == 1
    terminal.resize(columns=20, lines=5)
    assert terminal.history_display == []
    assert (terminal.display[0].rstrip(), terminal.cursor.y, terminal.cursor.x) == ("one", 4, 4)


def test_what_was_cleared_does_not_return() -> None:
    terminal = Terminal(20, 3)
    terminal.feed(b"old\r\n" * 9 + b"\x1b[2J\x1b[H$ ")
    terminal.resize(columns=20, lines=8)
    assert [line.strip() for line in terminal.display] == ["$"] + [""] * 7


def test_blank_rows_go_before_text() -> None:
    terminal = Terminal(20, 10)
    terminal.feed(b"a\r\nb\r\n")
    terminal.resize(columns=20, lines=3)
    assert (terminal.history_display, terminal.cursor.y) == ([], 2)


def test_the_alternate_screen_is_not_rewrapped_and_the_main_one_is() -> None:
    terminal = Terminal(10, 4)
    terminal.feed(b"abcdefghijklmno\r\n$ \x1b[?1049h\x1b[HALTERNATE!\x1b[2;3H")
    terminal.resize(columns=20, lines=4)
    assert terminal.display[0].rstrip() == "ALTERNATE!"
    assert (terminal.cursor.y, terminal.cursor.x) == (1, 2)
    terminal.feed(b"\x1b[?1049l")
    assert [line.rstrip() for line in terminal.display[:2]] == ["abcdefghijklmno", "$"]
    assert (terminal.cursor.y, terminal.cursor.x) == (1, 2)


def test_a_wide_character_that_did_not_fit_leaves_no_gap() -> None:
    terminal = Terminal(5, 4)
    terminal.feed("ab漢字漢".encode())
    assert terminal.display[0] == "ab漢 "
    terminal.resize(columns=10, lines=4)
    assert terminal.display[0] == "ab漢字漢  "


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (300, 100), (2, 2)])
def test_extreme_sizes(size: tuple[int, int]) -> None:
    terminal = Terminal(20, 5)
    terminal.feed("漢字 text\r\n".encode() * 20 + b"\x1b[2;4r\x1b[?6h")
    terminal.resize(columns=size[0], lines=size[1])
    terminal.feed("漢字\r\n\x1b[Hx".encode())
    assert (terminal.columns, terminal.lines) == size
    assert len(terminal.display) == size[1]
    assert terminal.screen.margins is None


def test_tab_stops_go_on_in_the_new_columns() -> None:
    terminal = Terminal(20, 5)
    terminal.resize(columns=40, lines=5)
    terminal.feed(b"\t\t\tX")
    assert terminal.display[0].index("X") == 24
