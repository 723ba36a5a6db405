"""Asking a change under way to stop and roll back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancel:
    """Called to cancel; what is over cannot be cancelled. Safe to call from any thread."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        # a signal may ask while this very thread is inside `calling`
        self._lock = threading.RLock()
        self._told: list[Callable[[], object]] = []

    def __call__(self) -> None:
        with self._lock:
            self.asked.set()
            told = list(self._told)
        for tell in told:
            tell()

    @contextmanager
    def calling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Have `tell` called when a cancel comes; at once where one has been asked for."""
        with self._lock:
            self._told.append(tell)
            already = self.asked.is_set()
        if already:
            tell()
        try:
            yield
        finally:
            with self._lock:
                self._told.remove(tell)
