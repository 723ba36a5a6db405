"""Parsing: strings never leak, anything can be cut anywhere, odd sequences do no harm."""

import pytest

from boxtui.terminal import Terminal

STRINGS = {
    "sixel": b"\x1bPq#0;2;0;0;0#0~~@@vv\x1b\\",
    "XTGETTCAP": b"\x1bP+q544e\x1b\\",
    "passthrough": b"\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\",
    "APC": b"\x1b_Gf=24,s=1;AAAA\x1b\\",
    "PM": b"\x1b^secret\x1b\\",
    "SOS": b"\x1bXsecret\x1b\\",
    "screen's title": b"\x1bkbash\x1b\\",
    "OSC by BEL": b"\x1b]1337;File=x:AAAA\x07",
    "OSC by ST": b"\x1b]133;A\x1b\\",
    "OSC as C1": "\x9d2;t\x9c".encode(),
    "DCS as C1": "\x90q~~\x9c".encode(),
}


def shown(data: bytes, chunk: int) -> str:
    terminal = Terminal(20, 2)
    for at in range(0, len(data), chunk):
        terminal.feed(data[at : at + chunk])
    return "".join(terminal.display).strip()


@pytest.mark.parametrize("chunk", [1, 3, 1000])
@pytest.mark.parametrize("name", STRINGS)
def test_strings_never_leak(name: str, chunk: int) -> None:
    data = STRINGS[name]
    assert shown(b"a" + data + b"b", chunk) == "ab"
    for cut in range(len(data.decode()[0].encode()), len(data)):
        # an escape sequence, CAN or SUB after it: the rest is text again
        assert shown(b"a" + data[:cut] + b"\x18", chunk) == "a"
        assert shown(b"a" + data[:cut] + b"\x1b[0mb", chunk) == "ab"
    assert shown(b"a" + data.rstrip(b"\x07\\\x1b\xc2\x9c"), chunk) == "a"


@pytest.mark.parametrize("chunk", [1, 2, 1000])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b[?4mx", "x"),
        (b"\x1b[>4;2mx", "x"),
        (b"\x1b[<ux", "x"),
        (b"\x1b[=1;1ux", "x"),
        (b"\x1b[!px", "x"),
        (b'\x1b[1"qx', "x"),
        (b"\x1b[=cx", "x"),
        (b"\x1b[1\x1b[2Cx", "x"),
        (b"\x1b[2\x18x", "x"),
        (b"\x1b[1?hx", "x"),
        (b"\x1b[1;2;3 !/zx", "x"),
        (b"\x1b[" + b"1;" * 5000 + b"mx", "x"),
        (b"\x1b[" + b"9" * 5000 + b"Cx", "x"),
        (b"\x1b%Gx\x1b%@y", "xy"),
        (b"\x1b#3x\x1b F", "x"),
        ("a\x01\u200b\ufeffb".encode(), "a\u200b\ufeffb"),
        (b"\xe6\xbc", ""),
        (b"\xe6\xbcx", "\ufffdx"),
        (b"a\x7f\x00b", "ab"),
    ],
)
def test_odd_sequences(data: bytes, text: str, chunk: int) -> None:
    assert shown(data, chunk) == text


def test_controls_within_a_sequence_act_at_once() -> None:
    terminal = Terminal(20, 3)
    terminal.feed(b"\x1b[1\n2Cx")
    assert (terminal.cursor.y, terminal.display[1].index("x")) == (1, 12)


def test_a_string_without_end_takes_no_memory() -> None:
    terminal = Terminal(20, 2)
    terminal.feed(b"\x1b]2;")
    for _ in range(100):
        terminal.feed(b"a" * 65536)
    assert sum(map(len, terminal.stream._parts)) <= 65537
    terminal.feed(b"\x07b")
    assert (terminal.title, terminal.display[0].strip()) == ("", "b")


def test_replies_are_bounded() -> None:
    terminal = Terminal(20, 2)
    terminal.feed(b"\x1b[c" * 100_000)
    assert 0 < len(terminal.take_replies()) <= 65536
    assert terminal.take_replies() == b""


def test_repeat_is_bounded() -> None:
    terminal = Terminal(20, 2)
    terminal.feed(b"x\x1b[999999999b")
    assert len(terminal.history) <= 3


def test_it_is_what_who_knows_pyte_expects() -> None:
    import pyte  # noqa: PLC0415 - only here

    terminal = Terminal(10, 2)
    assert isinstance(terminal.screen, pyte.Screen)
    assert isinstance(terminal.stream, pyte.ByteStream)
    terminal.feed(b"\x1b[1;31ma\x1b[48;2;1;2;3mb\x1b[?25l")
    first, second = terminal.screen.buffer[0][0], terminal.screen.buffer[0][1]
    assert (first.data, first.bold, second.bg) == ("a", True, "010203")
    assert terminal.screen.cursor.hidden
    terminal.screen.select_graphic_rendition(0, 38, 5, 9)
    terminal.screen.draw("c")
    terminal.screen.cursor_position(2, 1)
    terminal.screen.draw("d")
    assert terminal.cell(0, 2) == ("c", 9, "default", set())
    assert terminal.display == ["abc       ", "d         "]
    assert terminal.screen.mode == {7 << 5, 12 << 5}
