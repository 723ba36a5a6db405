from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui import formatting


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 Bytes"), (1, "1 Byte"), (12_000, "12 kB"), (1_234_567_890, "1.2 GB"), (None, "?")],
)
def test_size(count: int | None, text: str) -> None:
    assert formatting.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "now"), (59, "59s"), (61, "1m"), (7200, "2h"), (3 * 86400, "3d"), (400 * 86400, "1y")],
)
def test_age(seconds: int, text: str) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert formatting.age(now - timedelta(seconds=seconds), now=now) == text


def test_ago() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert formatting.ago(now - timedelta(seconds=61), now=now) == "1m ago"
    assert formatting.ago(now, now=now) == "just now"


def test_plain_shows_escapes_and_bytes_that_are_not_utf8() -> None:
    assert formatting.plain("a\x1b[31m\n\u202eb\udcff\x9b") == r"a\x1b[31m\x0a\u202eb\xff\x9b"


@given(st.text(alphabet=st.characters()))
def test_plain_leaves_nothing_a_terminal_would_act_on(text: str) -> None:
    shown = formatting.plain(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
    shown.encode("utf-8")


@given(st.text(min_size=1), st.integers(min_value=2, max_value=30))
def test_shorten_keeps_the_end_and_the_width(text: str, width: int) -> None:
    short = formatting.shorten(text, width)
    assert len(short) == min(len(text), width)
    assert short[-1] == text[-1]
