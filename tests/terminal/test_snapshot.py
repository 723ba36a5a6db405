"""A terminal handed over as bytes goes on as if nothing had happened."""

import random

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from boxtui.terminal import Terminal
from boxtui.terminal.snapshot import DamagedSnapshotError

PIECES = st.sampled_from(
    [
        b"text ",
        b"\r\n",
        "漢字".encode(),
        "é".encode(),
        b"\x1b[1;38;2;1;2;3m",
        b"\x1b[0m",
        b"\x1b]8;;http://x\x07",
        b"\x1b[4:3m\x1b[58;5;3m",
        b"\x1b[2;3r",
        b"\x1b[?1049h",
        b"\x1b[?1049l",
        b"\x1b7",
        b"\x1b8",
        b"\x1b(0",
        b"\x1b(B",
        b"\x1b[?1003;1006;2004h",
        b"\x1b[>5u",
        b"\x1b[3g\x1bH",
        b"\x1b]2;title\x07",
        b"\x1b[22t",
        b"\x1b[6n",
        b"\x0e",
        b"\x1b[",
        b"3",
        b";",
        b"\x1b]2;",
        b"\x1bP$q",
        b"\xe6",
        b"\xbc",
        b"\x1b",
        b"m",
        b"\x1b\\",
        b"line\r\n" * 30,
    ]
)


def everything(terminal: Terminal) -> list[object]:
    screen = terminal.screen
    return [
        [(row.chars, row.attrs, row.wrapped) for row in [*screen.rows, *screen.other_rows]],
        [(line.text, line.attrs, line.wrapped) for line in terminal.history],
        (screen.cursor.x, screen.cursor.y, screen.pen, screen.top, screen.bottom, screen.title),
        (terminal.modes, screen.saved, screen.charsets, screen.shifted, screen.tabstops),
        (screen.links, terminal.history.pushed, terminal.take_replies()),
    ]


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=20).map(b"".join), st.lists(PIECES, max_size=20).map(b"".join))
def test_feeding_on_gives_the_same(before: bytes, after: bytes) -> None:
    terminal = Terminal(12, 4, history=40)
    terminal.feed(before)
    copy = Terminal.from_snapshot(terminal.snapshot())
    assert copy.snapshot() == terminal.snapshot()
    for each in (terminal, copy):
        each.feed(after)
        each.resize(columns=9, lines=5)
    assert everything(copy) == everything(terminal)


def test_dense_and_linked_history() -> None:
    terminal = Terminal(40, 3)
    for number in range(60):
        cells = b"".join(b"\x1b[38;2;%d;%d;9mx" % (number, x) for x in range(40))
        terminal.feed(cells + b"\r\n\x1b[0m\x1b]8;;http://x/%d\x07link\x1b]8;;\x07\r\n" % number)
    assert everything(Terminal.from_snapshot(terminal.snapshot())) == everything(terminal)


@pytest.mark.parametrize(
    "data", [b"", b"x", zstandard.compress(b""), zstandard.compress(b"{}" * 50)]
)
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedSnapshotError):
        Terminal.from_snapshot(data)


def test_a_damaged_one_is_refused_or_harmless() -> None:
    terminal = Terminal(20, 5)
    terminal.feed("abc\x1b[31mdef 漢字\r\n\x1b[1;4Hx\x1b]8;;http://x\x07l\x1b7".encode() * 8)
    sound = zstandard.decompress(terminal.snapshot())
    chance = random.Random(1)
    refused = 0
    for _ in range(1500):
        data = bytearray(sound)
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(2)] = chance.choice(
            [b"9", b"null", b"-1", b"\x1b", b"\xff"]
        )
        try:
            copy = Terminal.from_snapshot(zstandard.compress(bytes(data)))
        except DamagedSnapshotError:
            refused += 1
            continue
        copy.feed(b"x\r\n\x1b[?1049h\x1b[2J\x1b[?1049l\x1b8y" * 9)
        copy.resize(columns=7, lines=3)
        assert "\x1b" not in "".join([*copy.display, *copy.history_display])
    assert refused > 1000
