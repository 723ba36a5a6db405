"""Mouse, paste and focus: every tracking mode with every encoding."""

from itertools import product

import pytest

from boxtui.terminal.modes import Modes
from boxtui.terminal.mouse import MouseEvent, encode_mouse, wants_mouse
from boxtui.terminal.paste import encode_focus, encode_paste

PRESS = MouseEvent("press", "left", 4, 2)
RELEASE = MouseEvent("release", "left", 4, 2)
DRAG = MouseEvent("move", "left", 4, 2)
HOVER = MouseEvent("move", "none", 4, 2)
WHEEL = MouseEvent("press", "wheel_up", 4, 2)
SHIFTED = MouseEvent("press", "right", 0, 0, shift=True, alt=True, ctrl=True)

# which events each tracking mode reports
WANTED = {
    "none": (),
    "x10": (PRESS, SHIFTED),
    "normal": (PRESS, RELEASE, WHEEL, SHIFTED),
    "button": (PRESS, RELEASE, WHEEL, SHIFTED, DRAG),
    "any": (PRESS, RELEASE, WHEEL, SHIFTED, DRAG, HOVER),
}


@pytest.mark.parametrize("tracking", WANTED)
def test_tracking_modes_report_what_they_should(tracking: str) -> None:
    modes = Modes(mouse_tracking=tracking)
    for event in (PRESS, RELEASE, DRAG, HOVER, WHEEL, SHIFTED):
        wanted = event in WANTED[tracking]
        assert wants_mouse(event, modes) == wanted
        assert bool(encode_mouse(event, modes)) == wanted


TABLE = {
    # event: default, utf8, sgr, urxvt
    PRESS: (b"\x1b[M %#", b"\x1b[M %#", b"\x1b[<0;5;3M", b"\x1b[32;5;3M"),
    RELEASE: (b"\x1b[M#%#", b"\x1b[M#%#", b"\x1b[<0;5;3m", b"\x1b[35;5;3M"),
    DRAG: (b"\x1b[M@%#", b"\x1b[M@%#", b"\x1b[<32;5;3M", b"\x1b[64;5;3M"),
    HOVER: (b"\x1b[MC%#", b"\x1b[MC%#", b"\x1b[<35;5;3M", b"\x1b[67;5;3M"),
    WHEEL: (b"\x1b[M`%#", b"\x1b[M`%#", b"\x1b[<64;5;3M", b"\x1b[96;5;3M"),
    SHIFTED: (b"\x1b[M>!!", b"\x1b[M>!!", b"\x1b[<30;1;1M", b"\x1b[62;1;1M"),
    MouseEvent("press", "wheel_down", 0, 0): (
        b"\x1b[Ma!!",
        b"\x1b[Ma!!",
        b"\x1b[<65;1;1M",
        b"\x1b[97;1;1M",
    ),
    MouseEvent("press", "back", 0, 0): (
        b"\x1b[M\xa0!!",
        b"\x1b[M\xc2\xa0!!",
        b"\x1b[<128;1;1M",
        b"\x1b[160;1;1M",
    ),
    MouseEvent("press", "left", 200, 222): (
        b"\x1b[M \xe9\xff",
        b"\x1b[M \xc3\xa9\xc3\xbf",
        b"\x1b[<0;201;223M",
        b"\x1b[32;201;223M",
    ),
    # one column further a byte cannot say it, and a wrong place is worse than none
    MouseEvent("press", "left", 223, 0): (
        b"",
        b"\x1b[M \xc4\x80!",
        b"\x1b[<0;224;1M",
        b"\x1b[32;224;1M",
    ),
    MouseEvent("press", "left", 2015, 0): (
        b"",
        b"",
        b"\x1b[<0;2016;1M",
        b"\x1b[32;2016;1M",
    ),
    MouseEvent("press", "left", -3, -1): (
        b"\x1b[M !!",
        b"\x1b[M !!",
        b"\x1b[<0;1;1M",
        b"\x1b[32;1;1M",
    ),
}


@pytest.mark.parametrize(("event", "sent"), TABLE.items())
def test_encodings(event: MouseEvent, sent: tuple[bytes, ...]) -> None:
    got = tuple(
        encode_mouse(event, Modes(mouse_tracking="any", mouse_encoding=encoding))
        for encoding in ("default", "utf8", "sgr", "urxvt")
    )
    assert got == sent


def test_x10_has_no_modifiers() -> None:
    assert encode_mouse(SHIFTED, Modes(mouse_tracking="x10")) == b'\x1b[M"!!'


@pytest.mark.parametrize(("cursor", "arrow"), [(False, b"\x1b[A"), (True, b"\x1bOA")])
def test_the_wheel_scrolls_a_full_screen_program_that_asked_for_no_mouse(
    cursor: bool, arrow: bytes
) -> None:
    modes = Modes(alternate_screen=True, alternate_scroll=True, application_cursor=cursor)
    assert encode_mouse(WHEEL, modes) == arrow * 3
    assert encode_mouse(PRESS, modes) == b""


@pytest.mark.parametrize(("screen", "scroll"), [(False, True), (True, False), (False, False)])
def test_the_wheel_is_ours_otherwise(screen: bool, scroll: bool) -> None:
    assert encode_mouse(WHEEL, Modes(alternate_screen=screen, alternate_scroll=scroll)) == b""


@pytest.mark.parametrize("bracketed", [False, True])
def test_a_paste_is_typed_lines(bracketed: bool) -> None:
    sent = encode_paste("one\ntwo\r\nthree\ré\t", Modes(bracketed_paste=bracketed))
    typed = "one\rtwo\rthree\ré\t".encode()
    assert sent == (b"\x1b[200~" + typed + b"\x1b[201~" if bracketed else typed)


ATTACKS = (
    "\x1b[201~rm -rf /\n",
    "\x9b201~rm\n",
    "\x1b\x1b[201~[201~x",
    "\x1b[20\x001~x",
    "a\x03b\x04c\x1bd",
    "\x1b[\x1b[201~201~",
    "\udc9b201~",
)


@pytest.mark.parametrize(("attack", "bracketed"), list(product(ATTACKS, (False, True))))
def test_nothing_pasted_ends_the_bracket_or_presses_keys(attack: str, bracketed: bool) -> None:
    sent = encode_paste(attack, Modes(bracketed_paste=bracketed))
    inside = sent.removeprefix(b"\x1b[200~").removesuffix(b"\x1b[201~") if bracketed else sent
    assert b"\x1b" not in inside
    assert b"\x9b" not in inside
    assert not set(inside) & (set(range(0x20)) - {0x09, 0x0D})


def test_a_large_paste_is_intact() -> None:
    text = "0123456789abcdefghijklmnopqrstuvwxyz é漢😀\t" * 90_000
    sent = encode_paste(text, Modes(bracketed_paste=True))
    assert sent == b"\x1b[200~" + text.encode() + b"\x1b[201~"


def test_focus_is_told_where_asked_for() -> None:
    asked = Modes(focus_events=True)
    assert encode_focus(True, asked) == b"\x1b[I"
    assert encode_focus(False, asked) == b"\x1b[O"
    assert encode_focus(True, Modes()) == b""
