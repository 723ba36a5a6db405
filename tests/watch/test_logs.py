"""The follower of logs: bounded, told once, back after a break without a line lost or doubled."""

import threading
from collections.abc import Iterator

import pytest

from boxtui.errors import EngineError, NoEngineError
from boxtui.model.log import LogLine
from boxtui.watch import logs
from boxtui.watch.logs import Entry, Gap, LogFollower, LogState, LogView, Ring
from tests.fakes.engine import FakeEngine

LOST = NoEngineError("the connection broke", reason="Connection reset")
WAIT = 20


class Followed:
    """A follower, and what it has told."""

    def __init__(self, fake: FakeEngine, ref: str, tail: int | None = 1000) -> None:
        self._news = threading.Semaphore(0)
        self.told = 0
        self.view = LogView()
        self.follower = LogFollower(fake, ref, self._on_news, tail=tail)
        self.follower.start()

    def _on_news(self) -> None:
        self.told += 1
        self._news.release()

    def until(self, state: LogState, *texts: str) -> tuple[Entry, ...]:
        """Await this state with these lines at the end."""
        while True:
            self.view = self.follower.take()
            lines = [e.data.decode() for e in self.view.entries if isinstance(e, LogLine)]
            if self.view.state is state and lines[len(lines) - len(texts) :] == [*texts]:
                return tuple(self.view.entries)
            assert self._news.acquire(timeout=WAIT), self.view


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def box(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(logs, "FIRST_WAIT", 0.01)
    return fake.box("alpha")


@pytest.fixture
def followed(fake: FakeEngine, box: str) -> Iterator[Followed]:
    fake.log(box, "one")
    found = Followed(fake, box)
    found.until(LogState.FOLLOWING, "one")
    yield found
    found.follower.stop()


def test_a_break_is_marked_once_and_nothing_is_lost_or_doubled(
    fake: FakeEngine, box: str, followed: Followed
) -> None:
    for _ in range(3):
        fake.fail_next("logs", LOST)
    fake.cut_logs(LOST)
    followed.until(LogState.BROKEN)
    fake.log(box, "two")
    entries = followed.until(LogState.FOLLOWING, "one", "two")
    assert [type(e) for e in entries] == [LogLine, Gap, LogLine]
    assert entries[1] == Gap("Connection reset")


def test_lines_of_one_moment_come_once(fake: FakeEngine, box: str, followed: Followed) -> None:
    last = fake.logged[box][-1]
    more = [last._replace(data=text) for text in (b"same moment", b"and again")]
    fake.logged[box] += more
    for line in more:
        fake.log_streams[-1].put([line])
    followed.until(LogState.FOLLOWING, "one", "same moment", "and again")
    fake.logged[box].append(last._replace(data=b"unseen"))
    fake.cut_logs(LOST)
    followed.until(LogState.FOLLOWING, "one", "same moment", "and again", "unseen")


def test_the_box_ends_and_is_followed_on_when_wanted(
    fake: FakeEngine, box: str, followed: Followed
) -> None:
    fake.cut_logs(None)
    followed.until(LogState.BOX_ENDED, "one")
    fake.log(box, "two")
    followed.follower.wake()
    assert len(followed.until(LogState.FOLLOWING, "one", "two")) == 2


def test_a_refusal_is_told_and_not_asked_again(fake: FakeEngine, box: str) -> None:
    fake.fail_next("logs", EngineError("could not", reason="no reading"))
    followed = Followed(fake, box)
    followed.until(LogState.REFUSED)
    assert followed.view.reason == "no reading"
    followed.follower.wake()
    assert fake.log_streams == []


def test_news_are_told_once_until_they_are_taken(
    fake: FakeEngine, box: str, followed: Followed
) -> None:
    followed.follower.take()
    before = followed.told
    for number in range(100):
        fake.log(box, f"line {number}")
    fake.cut_logs(EngineError("could not", reason="over"))
    followed.follower._thread.join(WAIT)
    assert followed.told == before + 1
    assert len(followed.until(LogState.REFUSED, "line 99")) == 101


def test_stop_ends_a_follower_that_waits(fake: FakeEngine, box: str) -> None:
    followed = Followed(fake, box)
    followed.until(LogState.FOLLOWING)
    followed.follower.stop()
    (stream,) = fake.log_streams
    assert stream.closed


@pytest.mark.parametrize(
    ("most_lines", "most_bytes", "kept"), [(3, 1000, 3), (100, 10, 2), (100, 4, 0)]
)
def test_a_ring_is_bounded_and_counts_on(most_lines: int, most_bytes: int, kept: int) -> None:
    ring = Ring(most_lines, most_bytes)
    for number in range(9):
        ring.extend([LogLine(b"12345" if number % 2 else b"abcde")])
    assert len(ring.entries()) == kept
    assert ring.first == 9 - kept
