import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from boxtui.terminal import Modes
from boxtui.terminal.keys import encode_key
from boxtui.tui.input import Splitter
from boxtui.tui.raw_keys import key_name

BASES = [
    *("up", "down", "left", "right", "home", "end", "insert", "delete", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 13)),
    *("enter", "tab", "escape", "backspace", "a", "Z", "5", "+", " ", "é", "[", "?"),
]
HELD = ["", "shift+", "alt+", "ctrl+", "alt+ctrl+", "shift+alt+ctrl+"]
KITTY = [0, 1, 8, 31]


@pytest.mark.parametrize(("base", "held", "kitty"), itertools.product(BASES, HELD, KITTY))
def test_a_key_named_here_is_encoded_as_it_came(base: str, held: str, kitty: int) -> None:
    modes = Modes()
    if kitty:
        modes.push_kitty(kitty)
    sent = encode_key(held + base, modes)
    assert sent
    name = key_name(sent.decode())
    assert name is not None
    assert encode_key(name, modes) == sent


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        ("\x1bf", "alt+f"),
        ("\x1b\r", "alt+enter"),
        ("\x1b\x7f", "alt+backspace"),
        ("\x1b\x1b[A", "alt+up"),
        ("\x1bOA", "up"),
        ("\x1b[1;5C", "ctrl+right"),
        ("\x1b[13;2u", "shift+enter"),
        ("\x1b[27;2;13~", "shift+enter"),
        ("\x1b[27;5;9~", "ctrl+tab"),
        ("\x10", "ctrl+p"),
        ("\x1d", "ctrl+]"),
        ("\x1b[93;5u", "ctrl+]"),
        ("\x00", "ctrl+@"),
        ("\x1b[Z", "shift+tab"),
        ("\x1b[97;5u", "ctrl+a"),
    ],
)
def test_what_textual_loses_is_kept(sequence: str, name: str) -> None:
    assert key_name(sequence) == name


def names(pieces: list[str]) -> list[str]:
    splitter = Splitter(XTermParser())
    told = [message for piece in pieces for message in splitter.feed(piece)]
    told += list(splitter.flush())
    return [m.key if isinstance(m, events.Key) else repr(m) for m in told]


def test_typed_text_keys_mouse_and_paste_are_told_apart() -> None:
    splitter = Splitter(XTermParser())
    told = list(splitter.feed("ab\x1bf\x1b[<0;3;4Mc\x1b[200~one\n\x1b[Atwo\x1b[201~\x1b[I\x1bOP"))
    kinds = [type(m).__name__ for m in told]
    assert kinds == ["Key", "Key", "Key", "MouseDown", "Key", "Paste", "AppFocus", "Key"]
    paste = told[5]
    assert isinstance(paste, events.Paste)
    assert paste.text == "one\n\x1b[Atwo"


def test_a_lone_escape_is_a_key_once_nothing_follows() -> None:
    splitter = Splitter(XTermParser())
    assert list(splitter.feed("\x1b")) == []
    assert splitter.waiting
    assert [m.key for m in splitter.flush() if isinstance(m, events.Key)] == ["escape"]
    assert not splitter.waiting


def test_alt_and_a_sign_that_begins_sequences() -> None:
    assert names(["\x1b["]) == ["alt+["]
    assert names(["\x1bO"]) == ["alt+O"]
    assert names(["\x1b\x1b"]) == ["alt+escape"]


@given(
    st.lists(
        st.sampled_from(["a", "\x1b[A", "\x1bf", "\x1b[1;5C", "\x1bOP", "é", "\r"]), max_size=8
    ),
    st.data(),
)
def test_any_cut_gives_the_same_keys(keys: list[str], data: st.DataObject) -> None:
    text = "".join(keys)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    assert names(pieces) == names([text])
    assert len(names([text])) == len(keys)


def test_a_paste_of_megabytes_in_pieces_is_one_and_whole() -> None:
    splitter = Splitter(XTermParser())
    body = "line of text\n" * 330_000
    stream = f"\x1b[200~{body}\x1b[201~x"
    told = [
        m for at in range(0, len(stream), 65_521) for m in splitter.feed(stream[at : at + 65_521])
    ]
    assert [type(m).__name__ for m in told] == ["Paste", "Key"]
    assert isinstance(told[0], events.Paste)
    assert told[0].text == body
