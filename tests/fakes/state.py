"""What the fake engine holds, its events, and the knobs that tests turn."""

import threading
import time

from boxtui.errors import BoxtuiError, EngineError, NoEngineError, NotFoundError
from boxtui.model.event import EngineEvent
from boxtui.model.ports import JSON, Change, ExecResult
from tests.fakes.streams import FakeEvents


class FakeState:
    """What the fake engine holds, and the knobs that tests turn."""

    def __init__(self) -> None:
        self.containers: dict[str, JSON] = {}
        self.volumes: dict[str, JSON] = {}
        self.images: dict[str, JSON] = {}
        self.networks: dict[str, JSON] = {}
        self.diffs: dict[str, list[Change]] = {}
        """What `changes` answers, by container id."""
        self.files: dict[tuple[str, str], bytes] = {}
        """Tars that archives answer with and put_archive keeps, by container id and path."""
        self.exec_results: dict[tuple[str, ...], ExecResult] = {}
        """What `run` answers, by argv; anything else ends with 0 and no output."""
        self.calls: list[tuple[str, str]] = []
        """(method, object) of each call that changes something."""
        self.sizes: dict[str, int] = {}
        self._faults: dict[str, list[BoxtuiError]] = {}
        self._streams: list[FakeEvents] = []
        self._past: list[EngineEvent] = []
        self._gone: str | None = None
        self._lock = threading.RLock()

    def fail_next(self, method: str, error: BoxtuiError) -> None:
        """Have the next call of a method raise."""
        self._faults.setdefault(method, []).append(error)

    def go_away(self, reason: str = "Connection refused") -> None:
        """Cut every stream and answer nothing until come_back()."""
        with self._lock:
            self._gone = reason
            for stream in self._streams:
                stream.cut(self._away())
            self._streams.clear()

    def come_back(self) -> None:
        self._gone = None

    def emit(self, kind: str, action: str, object_id: str, **attributes: str) -> None:
        """Tell an event to all that listen."""
        with self._lock:
            last = self._past[-1].time_ns if self._past else 0
            at = max(time.time_ns(), last + 1)
            event = EngineEvent(kind, action, object_id, at, attributes)
            self._past.append(event)
            self._streams = [s for s in self._streams if not s.closed]
            for stream in self._streams:
                stream.put(event)

    def check(self, method: str) -> None:
        """Raise what the test asked for."""
        if self._gone is not None:
            raise self._away()
        if self._faults.get(method):
            raise self._faults[method].pop(0)

    def change(self, method: str, ref: str) -> None:
        self.check(method)
        self.calls.append((method, ref))

    def find(self, ref: str) -> JSON:
        for document in self.containers.values():
            if ref in {document["Id"], document["Name"].removeprefix("/")}:
                return document
        prefixed = [d for i, d in self.containers.items() if ref and i.startswith(ref)]
        if len(prefixed) != 1:
            raise not_found("container", ref)
        return prefixed[0]

    def find_image(self, ref: str) -> JSON:
        for image in self.images.values():
            full = ref if ":" in ref else f"{ref}:latest"
            if ref == image["Id"] or full in image["RepoTags"]:
                return image
        raise not_found("image", ref)

    def listen(self, since_ns: int | None) -> FakeEvents:
        with self._lock:
            past = [e for e in self._past if since_ns is not None and e.time_ns >= since_ns]
            stream = FakeEvents(past)
            self._streams.append(stream)
            return stream

    def _away(self) -> NoEngineError:
        return NoEngineError("no engine answers at fake://", reason=self._gone)


def not_found(kind: str, ref: str) -> NotFoundError:
    words = f"No such {kind}: {ref}"
    return NotFoundError(f"could not find {ref}: {words}", reason=words)


def refused(doing: str, reason: str, status: int = 409) -> EngineError:
    return EngineError(f"could not {doing}", reason=reason, status=status)
