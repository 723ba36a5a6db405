"""Streams in memory that behave as the engine's do: closeable, and loud when they break."""

import queue
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from boxtui.errors import BoxtuiError
from boxtui.model.event import EngineEvent


class FakeBytes:
    """A ports.ByteStream over chunks in memory."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if self.closed:
                return
            yield chunk

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class FakeEvents:
    """A ports.EventStream fed by `put`; `cut` ends it as a lost line does."""

    def __init__(self, past: Iterable[EngineEvent] = ()) -> None:
        self._items: queue.SimpleQueue[EngineEvent | BoxtuiError | None] = queue.SimpleQueue()
        self.closed = False
        for event in past:
            self.put(event)

    def put(self, event: EngineEvent) -> None:
        self._items.put(event)

    def cut(self, error: BoxtuiError) -> None:
        self._items.put(error)

    def __iter__(self) -> Iterator[EngineEvent]:
        while not self.closed:
            item = self._items.get()
            if item is None:
                return
            if isinstance(item, BoxtuiError):
                raise item
            yield item

    def close(self) -> None:
        self.closed = True
        self._items.put(None)
