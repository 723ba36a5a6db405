"""SGR as masks: whatever is applied to them, in every form programs send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.terminal.attributes import LOW_BITS, PROTECTED, describe, flag_names, sgr, style


def applied(*params: str, attr: int = 0) -> int:
    for each in params:
        keep, put = sgr(each)
        attr = attr & keep | put
    return attr


@pytest.mark.parametrize(
    ("params", "field", "value"),
    [
        ("31", "fg", 1),
        ("97", "fg", 15),
        ("105", "bg", 13),
        ("38;5;208", "fg", 208),
        ("38:5:208", "fg", 208),
        ("48;2;1;2;3", "bg", "#010203"),
        ("48:2:1:2:3", "bg", "#010203"),
        ("38:2::255:128:0", "fg", "#ff8000"),
        ("38:2:1:9:8:7", "fg", "#090807"),
        ("58;5;1", "underline_colour", 1),
        ("58:2::1:2:3", "underline_colour", "#010203"),
        ("4", "underline", "single"),
        ("21", "underline", "double"),
        ("4:3", "underline", "curly"),
        ("4:0", "underline", ""),
        ("1", "bold", True),
        ("2", "dim", True),
        ("5", "blink", True),
        ("53", "overline", True),
        ("0000031", "fg", 1),
    ],
)
def test_one_form(params: str, field: str, value: object) -> None:
    assert getattr(style(applied(params)), field) == value


@pytest.mark.parametrize(
    "params",
    ["38;5;256", "38;2;1;2;300", "38;2;1", "38", "38;7", "4:9", "38:2", "99999999", ":", ";;"],
)
def test_what_is_wrong_changes_nothing_or_resets(params: str) -> None:
    expected = 0 if params == ";;" else applied("32;1")
    assert applied("32;1", params) == expected


def test_colours_within_a_longer_sequence() -> None:
    look = style(applied("1;38;5;9;48;2;1;2;3;3;58;5;4;4"))
    assert (look.fg, look.bg, look.underline_colour) == (9, "#010203", 4)
    assert (look.bold, look.italic, look.underline, look.blink) == (True, True, "single", False)


def test_reset_leaves_protection_and_link() -> None:
    attr = 7 << LOW_BITS.bit_length() | PROTECTED
    assert applied("1;31;4:3;58;5;1", "0", attr=attr) == attr


@pytest.mark.parametrize(
    ("on", "off"),
    [
        ("1;2", "22"),
        ("3", "23"),
        ("4:5", "24"),
        ("6", "25"),
        ("7", "27"),
        ("8", "28"),
        ("9", "29"),
        ("53", "55"),
        ("31", "39"),
        ("42", "49"),
        ("58;5;3", "59"),
    ],
)
def test_each_has_its_end(on: str, off: str) -> None:
    assert applied(on) != 0
    assert applied(on, off) == 0


@given(
    st.lists(st.integers(0, 110).map(str), min_size=1, max_size=12).map(";".join),
    st.integers(0, LOW_BITS),
)
def test_sequence_is_the_sum_of_its_parts(params: str, attr: int) -> None:
    if any(part in {"38", "48", "58"} for part in params.split(";")):
        return
    assert applied(params, attr=attr) == applied(*params.split(";"), attr=attr)


@given(
    st.lists(
        st.sampled_from("1 2 3 4 4:3 5 7 8 9 21 53 31 94 45 107 38;5;200 48;2;1;2;3 58;5;7".split())
    )
)
def test_what_describes_an_attribute_makes_it(params: list[str]) -> None:
    attr = applied(*params)
    assert applied(describe(attr)) == attr


def test_flags_have_the_contracts_names() -> None:
    everything = {"bold", "dim", "italic", "underline", "inverse", "hidden", "strike"}
    assert flag_names(applied("1;2;3;4;5;7;8;9;53")) == everything
