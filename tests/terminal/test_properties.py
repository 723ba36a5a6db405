"""What has to hold for any input: chunking, no exception, bounds, no leak, no echo."""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxtui.terminal.terminal import Terminal
from tests.terminal.cases import make_case
from tests.terminal.tmux_oracle import picture

INTRODUCERS = {
    "DCS": b"\x1bP",
    "APC": b"\x1b_",
    "PM": b"\x1b^",
    "SOS": b"\x1bX",
    "OSC": b"\x1b]",
    "title": b"\x1bk",
    # the 8-bit controls, as UTF-8 has them
    "DCS 8": "\x90".encode(),
    "APC 8": "\x9f".encode(),
    "PM 8": "\x9e".encode(),
    "SOS 8": "\x98".encode(),
    "OSC 8": "\x9d".encode(),
}
MEMORY = 32_000_000


def noise(rng: random.Random, size: int) -> bytes:
    """Random bytes, a good part of them the beginnings of sequences."""
    parts = []
    total = 0
    starts = (b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b", b"\x9b", b"\xe6\xbc", b"\x1b[38;2;", b"\r\n")
    while total < size:
        part = rng.choice(starts) + rng.randbytes(rng.randint(0, 40))
        parts.append(part)
        total += len(part)
    return b"".join(parts)[:size]


def state(made: Terminal) -> tuple[object, ...]:
    """All that can be seen from outside."""
    modes = made.modes
    return (
        picture(made),
        made.history_display,
        made.title,
        made.take_replies(),
        made.take_events(),
        modes,
    )


def chunks(data: bytes, sizes: list[int]) -> list[bytes]:
    parts, at = [], 0
    while at < len(data):
        size = sizes[len(parts) % len(sizes)]
        parts.append(data[at : at + size])
        at += size
    return parts


@pytest.mark.parametrize("seed", range(40))
def test_a_byte_at_a_time_gives_the_same_state(seed: int) -> None:
    case = make_case(seed)
    for data in (
        case.data,
        noise(random.Random(seed), 2000),
        b"".join((case.data * 3, b"y\r\n" * 400)),
    ):
        whole, bytewise = (Terminal(case.columns, case.lines) for _ in "ab")
        whole.feed(data)
        for byte in data:
            bytewise.feed(bytes([byte]))
        assert state(bytewise) == state(whole)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(1, 200), min_size=1, max_size=8),
)
def test_any_chunking_gives_the_same_state(seed: int, sizes: list[int]) -> None:
    case = make_case(seed)
    data = case.data * 2
    whole, cut = (Terminal(case.columns, case.lines) for _ in "ab")
    whole.feed(data)
    for part in chunks(data, sizes):
        cut.feed(part)
    assert state(cut) == state(whole)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(1, 12), st.integers(1, 6))
def test_no_bytes_raise(data: bytes, columns: int, lines: int) -> None:
    made = Terminal(columns, lines)
    for part in chunks(data, [7, 1, 30]):
        made.feed(part)
        made.resize(columns=columns + part[0] % 5, lines=lines + part[-1] % 3)
        check_shape(made)


def check_shape(made: Terminal) -> None:
    """Every row has a text for each column, and the cursor is on the screen."""
    assert len(made.display) == made.lines
    for row in made.screen.rows:
        assert len(row.chars) == len(row.attrs) == made.columns
    assert 0 <= made.cursor.y < made.lines
    assert 0 <= made.cursor.x < made.columns
    assert all(len(made.cell(made.cursor.y, x)) == 4 for x in range(made.columns))


def feed_noise(size: int) -> int:
    """The memory that a terminal holds, and what feeding took at most, in bytes."""
    rng = random.Random(4)
    made = Terminal(80, 24, history=200)
    tracemalloc.start()
    try:
        for _ in range(size // 65536):
            made.feed(noise(rng, 65536))
            made.take_replies()
            made.take_events()
        check_shape(made)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_noise_never_grows_memory() -> None:
    assert feed_noise(140_000) < MEMORY


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b]0;" + b"x" * 3_000_000,
        b"\x1bP" + b"x" * 3_000_000,
        b"\x1b[" + b"1;" * 1_000_000,
        b"\x1b[" + b"9" * 1_000_000 + b"m",
        b"\x1b" + b"(" * 1_000_000,
        b"e" + "\u0301".encode() * 1_000_000,
        b"\x1b[6n" * 50_000,
        b"".join(b"\x1b]8;;http://%d/\x07x" % number for number in range(10_000)),
        b"".join(b"\x1b[38;2;%d;%d;1mx" % divmod(number, 256) for number in range(10_000)),
        b"\x07" * 100_000,
        b"\x1b]52;c;aGVsbG8=\x07" * 10_000,
        b"\x1b[22t" * 20_000,
        b"\x1b[>1u" * 20_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_pending_is_bounded(data: bytes) -> None:
    made = Terminal(80, 24, history=200)
    tracemalloc.start()
    try:
        for part in chunks(data, [65536]):
            made.feed(part)
        assert tracemalloc.get_traced_memory()[0] < MEMORY / 2
    finally:
        tracemalloc.stop()
    made.feed(b"\x18\x1b\\\x1bcx")
    assert made.display[0].rstrip() == "x"


bodies = st.binary(max_size=80).map(
    lambda body: bytes(byte for byte in body if 0x20 <= byte < 0x7F)
)


@pytest.mark.parametrize("kind", INTRODUCERS)
@settings(max_examples=25, deadline=None)
@given(body=bodies, end=st.sampled_from([b"\x1b\\", "\x9c".encode(), b"\x18", b"\x1a"]))
def test_no_string_leaks(kind: str, body: bytes, end: bytes) -> None:
    made = Terminal(40, 4)
    made.feed(b"<" + INTRODUCERS[kind] + body + end + b">")
    assert made.display[0].rstrip() == "<>"


@pytest.mark.parametrize("kind", INTRODUCERS)
@settings(max_examples=25, deadline=None)
@given(body=bodies, at=st.integers(0, 80))
def test_no_string_leaks_cut_or_unended(kind: str, body: bytes, at: int) -> None:
    made = Terminal(40, 4)
    made.feed(b"<" + INTRODUCERS[kind] + body[:at])
    assert "".join(made.display).strip() == "<"
    made.feed(body[at:])
    assert "".join(made.display).strip() == "<"
    # a new sequence cuts it off
    made.feed(b"\x1b[2G>")
    assert made.display[0].rstrip() == "<>"


SECRET = "zqxj"


@pytest.mark.parametrize(
    "ask",
    [
        b"\x1b]2;%b\x07\x1b[21t",
        b"\x1b]1;%b\x07\x1b[20t",
        b"\x1bk%b\x1b\\\x1b[21t",
        b"\x1bP$q%b\x1b\\",
        b"\x1bP$qm%b\x1b\\",
        b"\x1bP+q%b\x1b\\",
        b"\x1b]10;%b\x07\x1b]10;?\x07",
        b"\x1b]4;1;%b\x07\x1b]4;1;?\x07",
        b"\x1b]52;c;%b\x07\x1b]52;c;?\x07",
        b"\x1b]8;;%b\x07x\x1b]8;;?\x07",
        b"\x1b[22;2t\x1b]2;%b\x07\x1b[23;2t\x1b[21t",
        b"\x05%b\x05",
    ],
)
def test_no_reply_echoes_what_was_sent(ask: bytes) -> None:
    made = Terminal(40, 4)
    made.feed(ask.replace(b"%b", SECRET.encode()))
    assert SECRET.encode() not in made.take_replies()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(sorted(INTRODUCERS)))
def test_replies_are_sequences_of_our_own(data: bytes, kind: str) -> None:
    """No reply has a line end, which would run as a command where a shell reads it."""
    made = Terminal(40, 4)
    made.feed(INTRODUCERS[kind] + data + b"\x1b\\\x1b[6n" + data)
    replied = made.take_replies()
    assert not set(replied) & (set(range(0x20)) - {0x1B})
    assert replied == b"" or replied[:1] == b"\x1b"
