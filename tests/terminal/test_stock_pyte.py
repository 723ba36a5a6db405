"""Every fault of pyte 0.8.2 that this emulator was written for: stock pyte shows it, ours does not.

Each case has its bytes and what a terminal should show; a test feeds both emulators.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pyte
import pytest

from boxtui.terminal.terminal import Terminal

COLUMNS, LINES = 20, 5


class Stock:
    """Stock pyte behind the parts of our face that the cases ask for."""

    def __init__(self, columns: int = COLUMNS, lines: int = LINES) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.replies = b""
        self.screen.write_process_input = self._reply
        self.stream = pyte.ByteStream(self.screen)

    def _reply(self, data: str) -> None:
        self.replies += data.encode()

    def feed(self, data: bytes) -> None:
        self.stream.feed(data)

    def resize(self, *, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)

    @property
    def cursor(self) -> pyte.screens.Cursor:
        return self.screen.cursor

    def take_replies(self) -> bytes:
        return self.replies

    @property
    def title(self) -> str:
        return self.screen.title

    @property
    def display(self) -> list[str]:
        return self.screen.display

    @property
    def history_display(self) -> list[str]:
        return []

    def cell(self, y: int, x: int) -> tuple[str, str, str, set[str]]:
        char = self.screen.buffer[y][x]
        names = {"bold": char.bold, "italic": char.italics, "underline": char.underscore}
        names |= {"strike": char.strikethrough, "inverse": char.reverse}
        flags = {name for name, on in names.items() if on}
        return char.data, char.fg, char.bg, flags


Emulator = Terminal | Stock


@dataclass(frozen=True)
class Fault:
    """`data` is fed; then `holds` says whether all is as it should be."""

    name: str
    data: bytes
    holds: Callable[[Emulator], bool] = field(default=lambda _: True)


def shows(*rows: str) -> Callable[[Emulator], bool]:
    return lambda made: [row.rstrip() for row in made.display][: len(rows)] == list(rows)


def cursor(y: int, x: int) -> Callable[[Emulator], bool]:
    return lambda made: (made.cursor.y, made.cursor.x) == (y, x)


def replies(data: bytes) -> Callable[[Emulator], bool]:
    return lambda made: made.take_replies() == data


def flags(*names: str, y: int = 0, x: int = 0) -> Callable[[Emulator], bool]:
    return lambda made: made.cell(y, x)[3] == set(names)


def background(colour: int, y: int, x: int) -> Callable[[Emulator], bool]:
    # pyte has names for the first eight colours
    names = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
    return lambda made: made.cell(y, x)[2] in (colour, names[colour])


def resized(columns: int, lines: int, then: Callable[[Emulator], bool]) -> Callable[..., bool]:
    def holds(made: Emulator) -> bool:
        made.resize(columns=columns, lines=lines)
        return then(made)

    return holds


X = shows("x")
FAULTS = (
    # crashes: the rest of the chunk was lost
    *(
        Fault(f"crash {data!r}", data + b"x", lambda made: "x" in "".join(made.display))
        for data in (
            b"\x1b[?4m",
            b"\x1b[?6n",
            b"\x1b[?996n",
            b"\x1b[?1r",
            b"\x1b[1;2A",
            b"\x1b[1;2;3;4H",
            b"\x1b[0;1c",
            b"\x1b[7J",
            b"\x1b[7K",
            b"\x1b[?6h\x1b[2d",
            b"\x1b[?6h\x1b[6n",
        )
    ),
    Fault("display after half a wide character", "漢\rx".encode(), shows("x")),
    # silent loss: the rest of the run
    *(
        Fault(f"loss {char!r}", f"a{char}bc".encode(), lambda made: "bc" in made.display[0])
        for char in ("\ufe0f", "\u200d", "\u200b", "\ufeff", "\x01")
    ),
    # leaks as text
    *(
        Fault(f"leak {data!r}", data + b"x", X)
        for data in (
            b"\x1bPq#0;2;0;0;0~~\x1b\\",
            b"\x1bP$qm\x1b\\",
            b"\x1bP+q544e\x1b\\",
            b"\x1bPtmux;\x1b\x1b]0;t\x07\x1b\\",
            b"\x1b_Gf=24;AAAA\x1b\\",
            b"\x1b^private\x1b\\",
            b"\x1bXstart\x1b\\",
            b"\x1bkname\x1b\\",
            b"\x1b[<u",
            b"\x1b[=1;1u",
            b"\x1b[!p",
            b'\x1b[0"q',
            b"\x1b[=c",
            b"\x1b[4:3m",
            b"\x1b[38:2::1:2:3m",
            b"\x1b[38:5:9m",
            b"\x1b[3\x1b[m",
        )
    ),
    # wrong
    Fault("1049", b"main\x1b[?1049halt\x1b[?1049l", shows("main")),
    Fault("1047", b"main\x1b[?1047halt\x1b[?1047l", shows("main")),
    Fault("47", b"main\x1b[?47halt\x1b[?47l", shows("main")),
    Fault("modifyOtherKeys is no underline", b"\x1b[>4;2mx", flags()),
    Fault("DA2", b"\x1b[>c", lambda made: made.take_replies()[:3] == b"\x1b[>"),
    Fault("DA3", b"\x1b[=c", lambda made: made.take_replies()[:4] == b"\x1bP!|"),
    Fault("XTVERSION", b"\x1b[>q", lambda made: made.take_replies()[:4] == b"\x1bP>|"),
    Fault("DECRQM", b"\x1b[?7$p", replies(b"\x1b[?7;1$y")),
    Fault("DECRQSS", b"\x1bP$qr\x1b\\", replies(b"\x1bP1$r1;5r\x1b\\")),
    Fault("kitty flags", b"\x1b[?u", replies(b"\x1b[?0u")),
    Fault("OSC 10", b"\x1b]10;?\x1b\\", lambda made: b"]10;rgb:" in made.take_replies()),
    Fault("OSC 11", b"\x1b]11;?\x07", lambda made: b"]11;rgb:" in made.take_replies()),
    Fault("underline colour is no style", b"\x1b[58;5;1mx", flags()),
    *(
        Fault(f"OSC {number} is no name", b"\x1b]%d;text\x07" % number, _icon_is_unset)
        for number, _icon_is_unset in (
            (number, lambda made: getattr(made.screen, "icon_name", "") == "")
            for number in (10, 11, 104, 133, 1337)
        )
    ),
    Fault("OSC 22 is no title", b"\x1b]22;text\x07", lambda made: made.title == ""),
    Fault("dim", b"\x1b[2mx", flags("dim")),
    Fault("hidden", b"\x1b[8mx", flags("hidden")),
    Fault("double underline", b"\x1b[21mx", flags("underline")),
    Fault("105", b"\x1b[105mx", lambda made: made.cell(0, 0)[2] in (13, "brightmagenta")),
    Fault("line drawing", b"\x1b(0lqk\x1b(B", shows("┌─┐")),
    Fault("LF below the region", b"\x1b[1;3r\x1b[4;1H\n", cursor(4, 0)),
    Fault("CUU above the region", b"\x1b[3;5r\x1b[2;1H\x1b[A", cursor(0, 0)),
    Fault("DECSTBM goes home", b"\x1b[3;3H\x1b[r", cursor(0, 0)),
    Fault("NEL goes to the first column", b"ab\x1bE", cursor(1, 0)),
    Fault("CPR in the last column", b"a" * 20 + b"\x1b[6n", replies(b"\x1b[1;20R")),
    Fault("wide in the last column", b"a" * 19 + "漢".encode(), shows("a" * 19, "漢")),
    Fault("DL over sparse rows", b"a\x1b[3;1Hc\x1b[H\x1b[M", shows("", "c", "")),
    Fault("ED fills with the background", b"\x1b[41m\x1b[2J", background(1, 2, 2)),
    Fault("scrolling fills with it", b"\x1b[5;1H\x1b[41m\n", background(1, 4, 3)),
    Fault("EL keeps no style", b"\x1b[1;4;7m\x1b[K", flags()),
    Fault("ECH keeps no style", b"\x1b[1;4;7m\x1b[3X", flags()),
    Fault("DECSC is no stack", b"\x1b7\x1b[3;3H\x1b7\x1b8\x1b8", cursor(2, 2)),
    Fault("DECSED", b'a\x1b[1"qb\x1b[0"qc\x1b[?2J', shows(" b")),
    Fault("DECSEL", b'a\x1b[1"qb\x1b[0"qc\x1b[?2K', shows(" b")),
    # no-ops
    Fault("SU", b"\r\nx\x1b[S", X),
    Fault("SD", b"x\x1b[T", shows("", "x")),
    Fault("REP", b"x\x1b[3b", shows("xxxx")),
    Fault("CHT", b"\x1b[2I", cursor(0, 16)),
    Fault("CBT", b"\x1b[1;20H\x1b[Z", cursor(0, 16)),
    Fault("HPA", b"\x1b[5`", cursor(0, 4)),
    Fault("SCOSC", b"\x1b[3;3H\x1b[s\x1b[H\x1b[u", cursor(2, 2)),
    Fault("bracketed paste by name", b"\x1b[?2004h", lambda made: made.modes.bracketed_paste),
    Fault("mouse by name", b"\x1b[?1002h", lambda made: made.modes.mouse_tracking == "button"),
    Fault("SGR mouse by name", b"\x1b[?1006h", lambda made: made.modes.mouse_encoding == "sgr"),
    Fault("focus by name", b"\x1b[?1004h", lambda made: made.modes.focus_events),
    Fault("2026 by name", b"\x1b[?2026h", lambda made: made.modes.synchronized),
    Fault("DECSCUSR", b"\x1b[4 q", lambda made: made.modes.cursor_shape == "underline"),
    # resize
    Fault("reflow", b"0123456789", resized(5, 5, shows("01234", "56789"))),
    Fault("cursor stays inside", b"\x1b[5;20H", resized(10, 3, lambda m: m.cursor.x < 10)),
    Fault(
        "lines shrunk away are kept",
        b"a\r\nb\r\nc\r\nd\r\ne",
        resized(20, 2, lambda made: [row.strip() for row in made.history_display] == list("abc")),
    ),
)


def outcome(made: Emulator, fault: Fault) -> bool:
    made.feed(fault.data)
    return bool(fault.holds(made))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_ours_is_right(fault: Fault) -> None:
    assert outcome(Terminal(COLUMNS, LINES), fault)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_stock_pyte_is_not(fault: Fault) -> None:
    """Or the case tests nothing; an exception is pyte's way of being wrong."""
    try:
        right = outcome(Stock(), fault)
    except Exception:  # noqa: BLE001 - whatever it raises, it has failed
        right = False
    assert not right


def test_history_is_kept_apart_from_the_alternate_screen_and_from_regions() -> None:
    stock = pyte.HistoryScreen(COLUMNS, LINES)
    stream = pyte.ByteStream(stock)
    ours = Terminal(COLUMNS, LINES)
    for data in (
        b"\x1b[?1049h" + b"alternate\r\n" * 10 + b"\x1b[?1049l",
        b"\x1b[2;4r\x1b[4;1H" + b"region\r\n" * 10,
    ):
        stream.feed(data)
        ours.feed(data)
    assert len(stock.history.top) > 0
    assert ours.history_display == []
