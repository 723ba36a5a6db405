"""A thread that follows the log of one box, into a ring that neither grows nor blocks.

open ── lines into the ring ── the box ended ── wait until it is wanted again ──┐
▲            │ the line broke: a gap is noted; back-off                         │
└────────────┴──────── since the last line; what was seen is not taken again ◀──┘
"""

import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from boxtui.errors import BoxtuiError, NoEngineError
from boxtui.model.log import LogLine, nanoseconds
from boxtui.model.ports import Logs, LogStream

MOST_LINES = 10_000
MOST_BYTES = 16 << 20
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""Seconds before the first attempt to come back, and between the later ones."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two lines: the line to the engine broke here, and why."""

    reason: str


Entry = LogLine | Gap


class LogState(StrEnum):
    """What the follower is at."""

    READING = "reading"
    FOLLOWING = "following"
    BOX_ENDED = "box-ended"
    BROKEN = "broken"
    """The line broke; it tries to come back."""
    REFUSED = "refused"
    """The engine has no log for us; it is not asked again."""


@dataclass(frozen=True, slots=True)
class LogView:
    """What there is at one moment; entries are counted from `first`, however many are gone."""

    entries: Sequence[Entry] = ()
    first: int = 0
    state: LogState = LogState.READING
    reason: str = ""

    @property
    def end(self) -> int:
        """The number that the next entry will have."""
        return self.first + len(self.entries)


class Ring:
    """The newest entries, bounded in number and bytes; for one thread at a time."""

    def __init__(self, most_lines: int = MOST_LINES, most_bytes: int = MOST_BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._most_lines, self._most_bytes = most_lines, most_bytes
        self._bytes = 0
        self.first = 0

    def extend(self, entries: Iterable[Entry]) -> None:
        """Put these behind the others; the oldest go where there is no room."""
        for entry in entries:
            self._entries.append(entry)
            self._bytes += _size_of(entry)
        while len(self._entries) > self._most_lines or self._bytes > self._most_bytes:
            self._bytes -= _size_of(self._entries.popleft())
            self.first += 1

    def entries(self) -> tuple[Entry, ...]:
        """Give what is kept, oldest first."""
        return tuple(self._entries)


class LogFollower:
    """Follows one box until stop(). `on_news` comes once, and again only after a take()."""

    def __init__(
        self,
        engine: Logs,
        ref: str,
        on_news: Callable[[], object],
        *,
        tail: int | None = 1000,
        since_ns: int | None = None,
    ) -> None:
        self._engine, self._ref, self._on_news = engine, ref, on_news
        self._tail, self._since_ns = tail, since_ns
        self._lock = threading.Lock()
        self._ring = Ring()
        self._state, self._reason = LogState.READING, ""
        self._told = False
        self._last_stamp, self._same_stamp = b"", 0
        """The newest line's, and how many lines have just that one."""
        self._wait = FIRST_WAIT
        self._stream: LogStream | None = None
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End at once; no news comes after it, but one under way may end."""
        self._stopping.set()
        self._wanted.set()
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.close()

    def wake(self) -> None:
        """Go on now: the box runs again, or the engine is back."""
        self._wanted.set()

    def take(self) -> LogView:
        """Give all there is now; what comes after this is told anew."""
        with self._lock:
            self._told = False
            return LogView(self._ring.entries(), self._ring.first, self._state, self._reason)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                self._follow()
                self._tell(LogState.BOX_ENDED)
                self._wanted.wait()
                # an engine that ends at once the log of a box that runs is not asked in a whirl
                self._stopping.wait(FIRST_WAIT)
            except NoEngineError as error:
                self._break(error)
                # jitter, so that many consoles do not come back in one instant
                self._wanted.wait(self._wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                self._wait = min(self._wait * 2, LONGEST_WAIT)
            except BoxtuiError as error:
                self._tell(LogState.REFUSED, error.reason or error.message)
                return

    def _follow(self) -> None:
        """Read until the end of the box."""
        since_ns = nanoseconds(self._last_stamp)
        stream = self._engine.logs(
            self._ref,
            since_ns=self._since_ns if since_ns is None else since_ns,
            tail=self._tail if since_ns is None else None,
            follow=True,
        )
        with self._lock:
            self._stream = stream
        if self._stopping.is_set():
            stream.close()
            return
        self._tell(LogState.FOLLOWING)
        known = 0 if since_ns is None else self._same_stamp
        for batch in stream:
            if self._stopping.is_set():
                return
            lines: Sequence[LogLine] = batch
            # the engine gives the moment asked for, too
            while known and lines and lines[0].stamp == self._last_stamp:
                lines, known = lines[1:], known - 1
            if lines:
                known = 0
                self._take_in(lines)

    def _take_in(self, lines: Sequence[LogLine]) -> None:
        stamp, same = lines[-1].stamp, 0
        for line in reversed(lines):
            if line.stamp != stamp:
                break
            same += 1
        if same == len(lines) and stamp == self._last_stamp:
            same += self._same_stamp
        self._last_stamp, self._same_stamp, self._wait = stamp, same, FIRST_WAIT
        with self._lock:
            self._ring.extend(lines)
        self._news()

    def _break(self, error: BoxtuiError) -> None:
        words = error.reason or error.message
        if self._last_stamp and self._state is not LogState.BROKEN:
            with self._lock:
                self._ring.extend([Gap(words)])
        self._tell(LogState.BROKEN, words)

    def _tell(self, state: LogState, reason: str = "") -> None:
        with self._lock:
            self._state, self._reason = state, reason
        self._news()

    def _news(self) -> None:
        with self._lock:
            if self._told or self._stopping.is_set():
                return
            self._told = True
        self._on_news()


def _size_of(entry: Entry) -> int:
    return len(entry.data) if isinstance(entry, LogLine) else 0
