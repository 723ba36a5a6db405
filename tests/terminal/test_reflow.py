"""Where the cursor goes when the width changes."""

import pytest

from boxtui.terminal.terminal import Terminal


@pytest.mark.parametrize(
    ("data", "before", "after", "cursor"),
    [
        (b"$ ", (80, 24), (40, 24), (0, 2)),
        (b"$ command ", (80, 24), (9, 24), (1, 1)),
        (b"$ command ", (5, 24), (80, 24), (0, 10)),
        (b"\n1234567 ", (5, 7), (7, 7), (2, 1)),
        (b"1234567", (10, 4), (7, 4), (0, 6)),
        (b"\x1b[44m\x1b[J$ ", (80, 24), (40, 24), (0, 2)),
        (b"$\x1b[1;60H", (80, 24), (40, 24), (0, 39)),
        ("漢字漢字 ".encode(), (9, 4), (5, 4), (1, 4)),
    ],
)
def test_the_cursor_stays_behind_what_was_typed(
    data: bytes, before: tuple[int, int], after: tuple[int, int], cursor: tuple[int, int]
) -> None:
    made = Terminal(*before)
    made.feed(data)
    made.resize(columns=after[0], lines=after[1])
    assert (made.cursor.y, made.cursor.x) == cursor


def test_typing_goes_on_where_it_was() -> None:
    made = Terminal(10, 4)
    made.feed(b"$ one two ")
    made.resize(columns=7, lines=4)
    made.feed(b"three")
    made.resize(columns=30, lines=4)
    assert made.display[0].rstrip() == "$ one two three"


def test_a_coloured_blank_is_no_text_to_wrap() -> None:
    made = Terminal(20, 5)
    made.feed(b"\x1b[44m\x1b[J")
    made.resize(columns=10, lines=5)
    assert len(made.history) == 0
    assert made.cell(4, 9)[2] == 4
