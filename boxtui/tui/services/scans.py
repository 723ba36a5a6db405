"""Scans, one after another in a thread: asked for, told of as they go, cancelled at any time."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from boxtui.bootstrap import Core
from boxtui.errors import BoxtuiError, CancelledError
from boxtui.model.scan import ScanResult
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Scanning, Snapshot

_TELL_EVERY = 0.2


class Scans:
    """The queue of boxes to scan, and what was scanned before."""

    def __init__(self, core: Core, bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._current: tuple[str, threading.Event] | None = None
        self._worker: threading.Thread | None = None

    def ask(self, ids: list[str]) -> None:
        """Scan these boxes, in this order; those under way or waiting stay as they are."""
        with self._lock:
            known = {*self._waiting, *([self._current[0]] if self._current else [])}
            new = [box_id for box_id in ids if box_id not in known]
            self._waiting.extend(new)
            self._bridge.update(lambda s: _with_scanning(s, dict.fromkeys(new, _WAITING)))
            if self._worker is None and self._waiting:
                self._worker = threading.Thread(target=self._work, name="scans", daemon=True)
                self._worker.start()

    def cancel(self, box_id: str) -> None:
        """Give up the scan of one box."""
        with self._lock:
            if self._current is not None and self._current[0] == box_id:
                self._current[1].set()
            elif box_id in self._waiting:
                self._waiting.remove(box_id)
                self._bridge.update(lambda s: _without_scanning(s, box_id))

    def cancel_all(self) -> None:
        """Give up all scans."""
        for box_id in [*self._waiting, *([self._current[0]] if self._current else [])]:
            self.cancel(box_id)

    def recall(self, box_id: str) -> None:
        """Show the last scan of a box, whenever that was; else what its mounts alone tell."""
        snapshot = self._bridge.snapshot
        if box_id in snapshot.scans or box_id in snapshot.mounts or snapshot.stale:
            return
        threading.Thread(target=self._recall, args=(box_id,), name="recall", daemon=True).start()

    def _recall(self, box_id: str) -> None:
        scan = self._core.last_scan(box_id)
        if scan is not None:
            self._bridge.update(
                lambda s: s if box_id in s.scans else replace(s, scans={**s.scans, box_id: scan})
            )
            return
        try:
            container = self._core.engine.inspect_container(box_id)
        except BoxtuiError:
            # it has gone, or the engine has: the watcher tells that, and better
            return
        # what paths are is a big table: not for the first list
        from boxtui.persistence.unscanned import rows_of_mounts  # noqa: PLC0415

        volumes = self._bridge.snapshot.inventory.volumes
        rows = rows_of_mounts(container, self._core.info, volumes)
        self._bridge.update(lambda s: replace(s, mounts={**s.mounts, box_id: rows}))

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = self._current = None
                    return
                self._current = (self._waiting.popleft(), threading.Event())
                box_id, cancel = self._current
            self._scan(box_id, cancel)

    def _scan(self, box_id: str, cancel: threading.Event) -> None:
        self._bridge.update(lambda s: _with_scanning(s, {box_id: Scanning()}))
        telling = _Telling(self._bridge, box_id)
        allowed = self._core.settings.allow_exec
        try:
            scan = self._core.scan(
                box_id, fresh=True, allow_exec=allowed, progress=telling, cancel=cancel
            )
        except CancelledError:
            self._bridge.update(lambda s: _without_scanning(s, box_id))
        except BoxtuiError as error:
            words = f"{error.message}: {error.reason}" if error.reason else error.message
            self._bridge.update(
                lambda s: replace(
                    _without_scanning(s, box_id), scan_errors={**s.scan_errors, box_id: words}
                )
            )
        else:
            self._keep(scan)

    def _keep(self, scan: ScanResult) -> None:
        box_id = scan.container_id
        container = self._bridge.snapshot.inventory.containers.get(box_id)
        badges = self._core.badges([container]) if container is not None else {}

        def kept(snapshot: Snapshot) -> Snapshot:
            errors = {k: v for k, v in snapshot.scan_errors.items() if k != box_id}
            return replace(
                _without_scanning(snapshot, box_id),
                scans={**snapshot.scans, box_id: scan},
                badges={**snapshot.badges, **badges},
                scan_errors=errors,
            )

        self._bridge.update(kept)


_WAITING = Scanning(waiting=True)


class _Telling:
    """Tells how far a scan has come, often enough to be seen and no more."""

    def __init__(self, bridge: Bridge, box_id: str) -> None:
        self._bridge = bridge
        self._box_id = box_id
        self._told = 0.0

    def __call__(self, seen: int) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY:
            self._told = now
            self._bridge.update(lambda s: _with_scanning(s, {self._box_id: Scanning(seen)}))


def _with_scanning(snapshot: Snapshot, scanning: Mapping[str, Scanning]) -> Snapshot:
    return replace(snapshot, scanning={**snapshot.scanning, **scanning}) if scanning else snapshot


def _without_scanning(snapshot: Snapshot, box_id: str) -> Snapshot:
    left = {k: v for k, v in snapshot.scanning.items() if k != box_id}
    return replace(snapshot, scanning=left)
