"""What the console builds on: damage, events, titles, links, modes by name, replies."""

import pytest

from boxtui.terminal import Event, Terminal


def fed(data: bytes, columns: int = 20, lines: int = 4) -> Terminal:
    terminal = Terminal(columns, lines)
    terminal.feed(data)
    return terminal


def test_damage_names_the_lines_that_changed() -> None:
    terminal = fed(b"")
    assert terminal.take_damage() == [0, 1, 2, 3]
    assert terminal.take_damage() == []
    terminal.feed(b"\x1b[2Hx\x1b[4Hy")
    assert terminal.screen.dirty == {1, 3}
    assert terminal.take_damage() == [1, 3]
    terminal.feed(b"\x1b[1;1H\x1b[0m")
    assert terminal.take_damage() == []


def test_rows_keep_their_version_while_they_scroll() -> None:
    terminal = fed(b"a\r\nb\r\nc\r\nd")
    terminal.take_damage()
    versions = [row.version for row in terminal.screen.rows]
    terminal.feed(b"\r\ne")
    terminal.take_damage()
    assert [row.version for row in terminal.screen.rows[:3]] == versions[1:]


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"\x1b[K",
        b"\x1b[P",
        b"\x1b[@",
        b"\x1b[X",
        "漢".encode(),
        "́".encode(),
        b"\x1b[?5h",
        b"\x1b[2J",
        b"\x1b[L",
        b"\x1b[M",
        b"\x1b[S",
        b"\x1b[T",
        b"\x1bM",
        b"\x1b#8",
        b"\x1bc",
        b"\x1b[?1049h",
        b"\x1b[4hx",
        b"\x1b[?3h",
    ],
)
def test_every_change_is_damage(data: bytes) -> None:
    terminal = fed(b"some text\x1b[1;2H")
    terminal.take_damage()
    terminal.feed(data)
    assert 0 in terminal.take_damage()


def test_the_other_screens_rows_are_as_they_were() -> None:
    terminal = fed(b"main\x1b[?1049h")
    terminal.take_damage()
    terminal.feed(b"\x1b[?1049l")
    assert terminal.take_damage() == [0, 1, 2, 3]


def test_events() -> None:
    terminal = fed(
        b"\a\x1b]52;c;aGVsbG8=\x07\x1b]52;c;?\x07\x1b]52;c;no base64\x07\x1b]7;file:///x\x07"
    )
    assert terminal.take_events() == [
        Event("bell"),
        Event("clipboard", "hello"),
        Event("directory", "file:///x"),
    ]
    assert terminal.take_events() == []
    assert terminal.take_replies() == b""
    terminal.feed(b"\a" * 10_000)
    assert len(terminal.take_events()) < 1000


@pytest.mark.parametrize("code", [0, 2])
def test_title_is_printable_and_short(code: int) -> None:
    terminal = fed(b"\x1b]%d;a\tb\xc2\x85\xe2\x80\xaec" % code + b"d" * 1000 + b"\x07")
    assert terminal.title == "abc" + "d" * 253


@pytest.mark.parametrize("code", [1, 10, 11, 22, 104, 133, 1337, 20000])
def test_other_osc_set_no_title(code: int) -> None:
    assert fed(b"\x1b]%d;x\x07" % code).title == ""


def test_titles_can_be_put_by() -> None:
    terminal = fed(b"\x1b]2;one\x07\x1b[22;0t\x1b]2;two\x07")
    assert terminal.title == "two"
    terminal.feed(b"\x1b[23;0t\x1b[23;0t")
    assert terminal.title == "one"


def test_links() -> None:
    terminal = fed(b"\x1b]8;id=1;http://x/\x07ab\x1b[0mc\x1b]8;;\x07d\x1b]8;id=1;http://x/\x1b\\e")
    links = [terminal.link(0, x) for x in range(5)]
    assert links == ["http://x/", "http://x/", "http://x/", None, "http://x/"]
    assert terminal.screen.rows[0].attrs[0] == terminal.screen.rows[0].attrs[4]
    terminal.feed(b"".join(b"\x1b]8;;http://x/%d\x07y" % number for number in range(20_000)))
    assert len(terminal.screen.links) <= 4096


@pytest.mark.parametrize(
    ("data", "name", "value"),
    [
        (b"\x1b[?1h", "application_cursor", True),
        (b"\x1b=", "application_keypad", True),
        (b"\x1b[?66h", "application_keypad", True),
        (b"\x1b[?2004h", "bracketed_paste", True),
        (b"\x1b[?1004h", "focus_events", True),
        (b"\x1b[?9h", "mouse_tracking", "x10"),
        (b"\x1b[?1000h", "mouse_tracking", "normal"),
        (b"\x1b[?1002;1006h", "mouse_tracking", "button"),
        (b"\x1b[?1003h", "mouse_tracking", "any"),
        (b"\x1b[?1003h\x1b[?1003l", "mouse_tracking", "none"),
        (b"\x1b[?1002;1006h", "mouse_encoding", "sgr"),
        (b"\x1b[?1015h", "mouse_encoding", "urxvt"),
        (b"\x1b[?1006h\x1b[?1005l", "mouse_encoding", "sgr"),
        (b"\x1b[?47h", "alternate_screen", True),
        (b"\x1b[?1049h\x1b[?1049l", "alternate_screen", False),
        (b"\x1b[?2026h", "synchronized", True),
        (b"\x1b[?7l", "autowrap", False),
        (b"\x1b[>4;2m", "modify_other_keys", 2),
        (b"\x1b[>4;2m\x1b[>4m", "modify_other_keys", 0),
        (b"\x1b[>4;1m\x1b[>4n", "modify_other_keys", 0),
        (b"\x1b[>1u\x1b[>5u", "kitty_flags", 5),
        (b"\x1b[>1u\x1b[>5u\x1b[<u", "kitty_flags", 1),
        (b"\x1b[>1u\x1b[<9u", "kitty_flags", 0),
        (b"\x1b[=3;1u\x1b[=8;2u", "kitty_flags", 11),
        (b"\x1b[=3;1u\x1b[=1;3u", "kitty_flags", 2),
        (b"\x1b[>1u\x1b[?1049h", "kitty_flags", 0),
        (b"\x1b[5 q", "cursor_shape", "bar"),
        (b"\x1b[6 q", "cursor_style", 6),
        (b"\x1b[0 q", "cursor_style", 1),
        (b"\x1b[?25l", "cursor_visible", False),
        (b"\x1b[?25l\x1b[!p", "cursor_visible", True),
        (b"\x1b[?1003;2004h\x1b=\x1bc", "mouse_tracking", "none"),
    ],
)
def test_modes_by_name(data: bytes, name: str, value: object) -> None:
    assert getattr(fed(data).modes, name) == value


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"\x1b[c\x1b[0c\x1b[0;1c", b"\x1b[?1;2c" * 3),
        (b"\x1b[>c", b"\x1b[>0;100;0c"),
        (b"\x1b[=c", b"\x1bP!|00000000\x1b\\"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[2;3H\x1b[6n", b"\x1b[2;3R"),
        (b"\x1b[2;3H\x1b[?6n", b"\x1b[?2;3R"),
        (b"12345678901234567890\x1b[6n", b"\x1b[1;20R"),
        (b"\x1b[2;3r\x1b[?6h\x1b[6n", b"\x1b[1;1R"),
        (b"\x1b[?2026$p\x1b[?2026h\x1b[?2026$p", b"\x1b[?2026;2$y\x1b[?2026;1$y"),
        (b"\x1b[4$p\x1b[?12345$p", b"\x1b[4;2$y\x1b[?12345;0$y"),
        (b"\x1b[1;31m\x1bP$qm\x1b\\", b"\x1bP1$r1;31m\x1b\\"),
        (b"\x1b[2;3r\x1bP$qr\x1b\\", b"\x1bP1$r2;3r\x1b\\"),
        (b"\x1bP$q q\x1b\\", b"\x1bP1$r1 q\x1b\\"),
        (b"\x1bP$qrm -rf\r\x1b\\", b"\x1bP0$r\x1b\\"),
        (b"\x1b[>q", b"\x1bP>|boxtui\x1b\\"),
        (b"\x1b[>5u\x1b[?u", b"\x1b[?5u"),
        (b"\x1b]10;?\x1b\\", b"\x1b]10;rgb:d8d8/d8d8/d8d8\x1b\\"),
        (b"\x1b]11;?\x07", b"\x1b]11;rgb:1010/1010/1010\x07"),
        (b"\x1b]2;evil\x07\x1b[21t\x1b[20t\x1b]52;c;?\x07\x1bP+q544e\x1b\\\x05\x1b[?996n", b""),
    ],
)
def test_replies(data: bytes, reply: bytes) -> None:
    assert fed(data).take_replies() == reply
