"""The fake engine's logs: what tests have boxes say."""

import queue
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from boxtui.errors import BoxtuiError
from boxtui.model.log import LogLine, nanoseconds
from tests.fakes.state import FakeState


class FakeLogStream:
    """A ports.LogStream; what is put after the first batch is what is followed."""

    def __init__(self, past: Sequence[LogLine], ref: str) -> None:
        self._items: queue.SimpleQueue[Sequence[LogLine] | BoxtuiError | None]
        self._items = queue.SimpleQueue()
        self.ref = ref
        self.closed = False
        if past:
            self.put(past)

    def put(self, lines: Sequence[LogLine]) -> None:
        self._items.put(lines)

    def end(self, error: BoxtuiError | None = None) -> None:
        self._items.put(error)

    def __iter__(self) -> Iterator[Sequence[LogLine]]:
        while (item := self._items.get()) is not None and not self.closed:
            if isinstance(item, BoxtuiError):
                raise item
            yield item

    def close(self) -> None:
        self.closed = True
        self._items.put(None)


class FakeLogs(FakeState):
    def __init__(self) -> None:
        super().__init__()
        self.logged: dict[str, list[LogLine]] = {}
        """By container id."""
        self.log_streams: list[FakeLogStream] = []
        """Every one that was opened, closed ones too."""

    def log(self, ref: str, *texts: str | bytes, stderr: bool = False) -> None:
        """Have a box say something."""
        box = self.find(ref)["Id"]
        lines = [self._line(t.encode() if isinstance(t, str) else t, stderr) for t in texts]
        self.logged.setdefault(box, []).extend(lines)
        for stream in self.log_streams:
            if stream.ref == box and not stream.closed:
                stream.put(lines)

    def cut_logs(self, error: BoxtuiError | None) -> None:
        """End every stream: as a lost line does, or in good order."""
        for stream in self.log_streams:
            stream.end(error)

    def logs(
        self,
        ref: str,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        tail: int | None = None,
        timestamps: bool = True,
        follow: bool = False,
    ) -> FakeLogStream:
        self.check("logs")
        document = self.find(ref)
        lines = [
            line
            for line in self.logged.get(document["Id"], [])
            if (since_ns or 0) <= (nanoseconds(line.stamp) or 0) <= (until_ns or 1 << 80)
        ]
        lines = lines if tail is None else lines[max(0, len(lines) - tail) :]
        if not timestamps:
            lines = [line._replace(stamp=b"") for line in lines]
        stream = FakeLogStream(lines, document["Id"])
        self.log_streams.append(stream)
        if not follow or not document["State"]["Running"]:
            stream.end()
        return stream

    def _line(self, data: bytes, stderr: bool) -> LogLine:
        seconds, rest = divmod(time.time_ns(), 10**9)
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return LogLine(data, stderr, f"{moment}.{rest:09d}Z".encode())
