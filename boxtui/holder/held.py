"""One terminal in the holder: its program, its screen, and the consoles that watch it."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from boxtui.model.ports import SessionEnd, TerminalRequest, TerminalSession
from boxtui.terminal import Terminal

SLICE = 64 << 10
"""Bytes parsed before anything else gets its turn."""
QUEUE_FULL = 1 << 20
QUEUE_LOW = 200 << 10
WINDOW = 512 << 10
"""Bytes a console may be behind before its terminal's program has to wait."""


class Watcher(Protocol):
    """A console, as a held terminal sees it."""

    def send_data(self, terminal: int, data: bytes) -> None: ...
    def send_snapshot(self, terminal: int, state: bytes) -> None: ...
    def send_message(self, op: str, terminal: int, facts: dict[str, Any]) -> None: ...


@dataclass(slots=True)
class Facts:
    """What lists show of a terminal."""

    endpoint: str
    """The engine: HOST or CONTEXT as the console named it."""
    box: str
    name: str
    opened: datetime
    active: datetime
    ended: SessionEnd | None = None
    bell: bool = False
    unseen: bool = False


class Held:
    """Joins a session to a Terminal; everything but `take` runs on the holder's loop."""

    def __init__(
        self,
        number: int,
        request: TerminalRequest,
        facts: Facts,
        changed: Callable[["Held"], None],
    ) -> None:
        self.number = number
        self.request = request
        self.facts = facts
        self.terminal = Terminal(request.columns, request.lines)
        self.session: TerminalSession | None = None
        self.closing = False
        """Whether it goes from the lists as soon as its program has been hung up."""
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._watchers: dict[Watcher, int] = {}
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._scheduled = False
        self._lock = threading.Lock()
        self._paused = False
        self._end: SessionEnd | None = None

    # -- from the session's thread ---------------------------------------------------------------

    def take(self, data: bytes) -> None:
        """Take output; what is too much of it, unparsed or unread by a console, stays behind."""
        with self._lock:
            self._queue.append(data)
            self._queued += len(data)
            if self._queued > QUEUE_FULL and self.session and not self._paused:
                # never by blocking here: over TLS the operator's input would wait too
                self._paused = True
                self.session.pause_reading()
            wake = not self._scheduled
            self._scheduled = True
        if wake:
            self._loop.call_soon_threadsafe(self._parse)

    def finish(self, end: SessionEnd) -> None:
        """Take the program's end, after its last output."""
        with self._lock:
            self._end = end
            wake = not self._scheduled
            self._scheduled = True
        if wake:
            self._loop.call_soon_threadsafe(self._parse)

    # -- on the loop -----------------------------------------------------------------------------

    def watch(self, watcher: Watcher) -> None:
        """Give a console all that is there, and from now on all that comes."""
        self._watchers[watcher] = 0
        self.facts.bell = self.facts.unseen = False
        watcher.send_snapshot(self.number, self.terminal.snapshot())
        if self.facts.ended is not None:
            # it was over before anybody looked
            watcher.send_message("ended", self.number, asdict(self.facts.ended))

    def unwatch(self, watcher: Watcher) -> None:
        """Give a console no more."""
        if self._watchers.pop(watcher, None) is not None:
            self._resume()

    def acknowledge(self, watcher: Watcher, count: int) -> None:
        """A console has parsed so many bytes."""
        if watcher in self._watchers:
            self._watchers[watcher] -= count
            self._resume()

    def resize(self, columns: int, lines: int) -> None:
        """Take the size of the console that shows it; the program learns of it at once."""
        if (columns, lines) == (self.terminal.columns, self.terminal.lines):
            return
        self.terminal.resize(columns=columns, lines=lines)
        # in order with the output: a console's copy wraps the same lines at the same moment
        for watcher in self._watchers:
            watcher.send_message("resized", self.number, {"columns": columns, "lines": lines})
        if self.session:
            self.session.resize(columns, lines)

    def write(self, data: bytes) -> None:
        """Hand input to the program."""
        if self.session and self.facts.ended is None:
            self.session.write(data)

    def to_json(self) -> dict[str, Any]:
        """Give what lists show."""
        facts = self.facts
        return {
            "terminal": self.number,
            "endpoint": facts.endpoint,
            "request": asdict(self.request),
            "box": facts.box,
            "name": facts.name,
            "title": self.terminal.title,
            "columns": self.terminal.columns,
            "lines": self.terminal.lines,
            "opened": facts.opened.isoformat(),
            "active": facts.active.isoformat(),
            "bell": facts.bell,
            "unseen": facts.unseen,
            "exec_id": self.session.exec_id if self.session else None,
            "pid": self.session.pid if self.session else None,
            "ended": asdict(facts.ended) if facts.ended else None,
        }

    def _parse(self) -> None:
        data, more = self._next()
        if data:
            self._feed(data)
        if more:
            # let keys and other terminals in between two slices
            self._loop.call_soon(self._parse)
        elif self._end and self.facts.ended is None and not self._queued:
            self._finished(self._end)

    def _next(self) -> tuple[bytes, bool]:
        with self._lock:
            if self._behind():
                self._scheduled = False
                return b"", False
            pieces, size = [], 0
            while self._queue and size < SLICE:
                piece = self._queue.popleft()
                pieces.append(piece)
                size += len(piece)
            self._queued -= size
            if self._queued < QUEUE_LOW and self.session and self._paused:
                self._paused = False
                self.session.resume_reading()
            more = bool(self._queue)
            self._scheduled = more
            return b"".join(pieces), more

    def _feed(self, data: bytes) -> None:
        self.terminal.feed(data)
        replies = self.terminal.take_replies()
        if replies:
            self.write(replies)
        for watcher in self._watchers:
            self._watchers[watcher] += len(data)
            watcher.send_data(self.number, data)
        self.facts.active = datetime.now(UTC)
        self._notice()

    def _notice(self) -> None:
        """Keep bell and unseen output for the lists of consoles that do not watch."""
        bell = any(event.kind == "bell" for event in self.terminal.take_events())
        if self._watchers:
            return
        news = (bell and not self.facts.bell) or not self.facts.unseen
        self.facts.bell = self.facts.bell or bell
        self.facts.unseen = True
        if news:
            self._changed(self)

    def _behind(self) -> bool:
        return any(owed > WINDOW for owed in self._watchers.values())

    def _resume(self) -> None:
        with self._lock:
            due = (self._queue or self._end) and not self._scheduled and not self._behind()
            self._scheduled = self._scheduled or bool(due)
        if due:
            self._loop.call_soon(self._parse)

    def _finished(self, end: SessionEnd) -> None:
        self.facts.ended = end
        for watcher in self._watchers:
            watcher.send_message("ended", self.number, asdict(end))
        self._changed(self)
