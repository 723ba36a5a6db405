"""Search and selection over history and screen, wrapped lines joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.errors import UsageError
from boxtui.terminal.lines import Lines, Position
from boxtui.terminal.search import Match, compile_pattern, find_all, next_match, previous_match
from boxtui.terminal.selection import Selection, Span, selected_text, spans
from boxtui.terminal.terminal import Terminal


def terminal(text: str, columns: int = 10, lines: int = 3) -> Terminal:
    made = Terminal(columns, lines)
    made.feed(text.encode())
    return made


def found(made: Terminal, text: str, **options: bool) -> list[tuple[Position, Position]]:
    return [
        tuple(match) for match in find_all(Lines(made.screen), compile_pattern(text, **options))
    ]


def copied(made: Terminal, start: tuple[int, int], end: tuple[int, int], kind: str = "char") -> str:
    chosen = Selection(Position(*start), Position(*end), kind)
    return selected_text(Lines(made.screen), chosen, made.columns)


def test_search_goes_through_history_and_screen() -> None:
    made = terminal("one\r\ntwo\r\nthree\r\nfour\r\nOne more")
    assert found(made, "one") == [((0, 0), (0, 2)), ((4, 0), (4, 2))]
    assert found(made, "One", case=True) == [((4, 0), (4, 2))]


def test_search_finds_what_wrapped() -> None:
    made = terminal("0123456hello world\r\n\r\n\r\n")
    assert found(made, "hello world") == [((0, 7), (1, 7))]


def test_a_space_at_the_margin_is_kept() -> None:
    made = terminal("012345678 next\r\n\r\n\r\n\r\n")
    assert found(made, "8 next") == [((0, 8), (1, 3))]
    assert copied(made, (0, 0), (1, 9)) == "012345678 next"


def test_search_counts_cells_not_characters() -> None:
    made = terminal("漢e\u0301字 x漢")
    assert found(made, "字") == [((0, 3), (0, 3))]
    assert found(made, "x漢") == [((0, 6), (0, 7))]


def test_a_wide_character_that_did_not_fit_leaves_no_blank() -> None:
    made = terminal("012345678漢字")
    assert found(made, "8漢") == [((0, 8), (1, 0))]
    assert copied(made, (0, 0), (1, 9)) == "012345678漢字"


def test_plain_text_is_no_expression_and_an_expression_is() -> None:
    made = terminal("a.c abc")
    assert found(made, "a.c") == [((0, 0), (0, 2))]
    assert found(made, "a.c", regex=True) == [((0, 0), (0, 2)), ((0, 4), (0, 6))]
    assert found(made, "x*", regex=True) == []
    assert found(made, "", regex=False) == []


def test_a_broken_expression_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="not a regular expression"):
        compile_pattern("(", regex=True)


def test_next_and_previous_go_round() -> None:
    made = terminal("x\r\nx\r\nx")
    matches = find_all(Lines(made.screen), compile_pattern("x"))
    starts = [match.start for match in matches]
    assert next_match(matches, starts[0]).start == starts[1]
    assert next_match(matches, starts[2]).start == starts[0]
    assert previous_match(matches, starts[0]).start == starts[2]
    assert previous_match(matches, Position(1, 5)).start == starts[1]
    assert next_match([], starts[0]) is None
    assert previous_match([], starts[0]) is None


def test_numbers_stay_while_output_comes_in() -> None:
    made = terminal("needle\r\n")
    (match,) = find_all(Lines(made.screen), compile_pattern("needle"))
    made.feed(b"line\r\n" * 50)
    assert copied(made, match.start, match.end) == "needle"


def test_what_has_left_the_history_is_passed_over() -> None:
    made = Terminal(10, 2, history=3)
    made.feed(b"a\r\nb\r\nc\r\nd\r\ne\r\nf\r\ng")
    lines = Lines(made.screen)
    assert lines.first == 2
    assert copied(made, (0, 0), (3, 0)) == "c\nd"
    assert copied(made, (0, 0), (1, 0)) == ""
    with pytest.raises(IndexError):
        lines[1]


WORDS = "ls /usr/local/lib --all (x)"


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ((0, 0), "ls"),
        ((0, 5), "/usr/local/lib"),
        ((1, 2), "/usr/local/lib"),
        ((1, 9), "--all"),
        ((2, 5), "x"),
        ((2, 4), "("),
        ((0, 2), " "),
    ],
)
def test_a_double_click_takes_a_word_over_the_wrap(place: tuple[int, int], word: str) -> None:
    assert copied(terminal(WORDS), place, place, "word") == word


def test_a_triple_click_takes_the_whole_line() -> None:
    made = terminal(WORDS + "\r\n\r\n")
    assert copied(made, (1, 3), (1, 3), "line") == WORDS


def test_a_block_is_cut_out_of_each_row() -> None:
    made = terminal("abcdef\r\nghijkl\r\nmn", lines=4)
    assert copied(made, (2, 3), (0, 1), "block") == "bcd\nhij\nn"
    chosen = Selection(Position(2, 3), Position(0, 1), "block")
    assert list(spans(Lines(made.screen), chosen, 10)) == [Span(y, 1, 4) for y in range(3)]


def test_lines_end_with_their_text() -> None:
    made = terminal("a  \r\nb\r\n")
    assert copied(made, (0, 0), (2, 5)) == "a\nb\n"
    assert copied(made, (2, 5), (0, 0)) == "a\nb\n"


def test_half_of_a_wide_character_is_all_of_it() -> None:
    made = terminal("漢字")
    assert copied(made, (0, 1), (0, 2)) == "漢字"


printable = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=60)


@given(st.lists(printable.map(lambda text: text.strip()), max_size=12), st.integers(2, 30))
def test_what_was_written_is_what_is_copied(texts: list[str], columns: int) -> None:
    made = Terminal(columns, 4)
    made.feed("\r\n".join(texts).encode())
    lines = Lines(made.screen)
    everything = Selection(Position(0, 0), Position(lines.end, columns))
    assert selected_text(lines, everything, columns).rstrip("\n") == "\n".join(texts).rstrip("\n")
    made.resize(columns=columns + 7, lines=5)
    lines = Lines(made.screen)
    everything = Selection(Position(0, 0), Position(lines.end, columns + 7))
    copy = selected_text(lines, everything, columns + 7)
    assert copy.strip("\n") == "\n".join(texts).strip("\n")


def test_matches_sort_by_their_place() -> None:
    one, other = Match(Position(1, 2), Position(1, 3)), Match(Position(1, 4), Position(1, 5))
    assert sorted([other, one]) == [one, other]
