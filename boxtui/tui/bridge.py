"""Between the core's threads and the screens: one snapshot, changed under a lock, told once.

Threads call `update`; however often they do, one SnapshotChanged at most is on its way to the
console, and no more than MOST_A_SECOND of them are drawn.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from textual.message import Message

from boxtui.tui.messages import SnapshotChanged
from boxtui.tui.snapshot import Snapshot

MOST_A_SECOND = 15


class Post(Protocol):
    """Gives a message to the console from any thread."""

    def __call__(self, message: Message, /) -> object: ...


class Bridge:
    """Holds the newest snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._lock = threading.Lock()
        self._snapshot = snapshot
        self._post: Post | None = None
        self._told = False

    @property
    def snapshot(self) -> Snapshot:
        """The newest state of all, drawn or not."""
        return self._snapshot

    def connect(self, post: Post) -> None:
        """Say where messages go from now on; what has happened before is told at once."""
        with self._lock:
            self._post = post
            self._told = True
        post(SnapshotChanged())

    def update(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Replace the snapshot; a change that gives the same one back is no change."""
        with self._lock:
            changed = change(self._snapshot)
            if changed is self._snapshot:
                return
            self._snapshot = changed
            post = None if self._told else self._post
            self._told = self._told or post is not None
        if post is not None:
            post(SnapshotChanged())

    def take(self) -> Snapshot:
        """Give the newest snapshot; what changes after this is told anew."""
        with self._lock:
            self._told = False
            return self._snapshot

    def tick(self) -> None:
        """Let ages be told anew."""
        self.update(lambda snapshot: replace(snapshot, now=datetime.now(UTC)))

    def tell(self, message: Message) -> None:
        """Give the console any other message."""
        post = self._post
        if post is not None:
            post(message)
