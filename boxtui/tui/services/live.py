"""Keeps the snapshot live: the watcher's inventory, and the verdicts on what is in it."""

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from boxtui.bootstrap import Core
from boxtui.model.container import Container
from boxtui.model.inventory import Inventory
from boxtui.model.timeline import Author, Happening
from boxtui.tui.bridge import Bridge
from boxtui.tui.messages import Recreated
from boxtui.tui.snapshot import Link, LinkState, Snapshot
from boxtui.watch.watcher import Watcher

_PATIENCE = 1.0
"""Seconds for which the verdicts wait for the first list to be on screen."""


class Live:
    """Feeds the bridge until closed."""

    def __init__(self, core: Core, bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge
        self._watcher = Watcher(core.engine, self._changed, self._offline)
        self._observed: frozenset[str] | None = None
        self._told_untold = False
        self._settled = threading.Event()

    def start(self) -> None:
        """Begin to watch, in threads of the watcher's own."""
        self._watcher.start()

    def settle(self) -> None:
        """Say that the first list is on screen."""
        self._settled.set()

    def close(self) -> None:
        """Stop watching."""
        self._settled.set()
        self._watcher.stop()

    def want_details(self, ids: Collection[str]) -> None:
        """Have what only inspect tells of these boxes read, and kept fresh."""
        self._watcher.want_details(ids)

    def retry(self) -> None:
        """Try at once to reach an engine that has gone."""
        self._watcher.retry_now()

    def _changed(self, inventory: Inventory) -> None:
        fresh = self._unjudged(inventory)
        now = datetime.now(UTC)

        def changed(snapshot: Snapshot) -> Snapshot:
            live = snapshot.link.state is LinkState.LIVE
            if len(inventory.containers) < len(snapshot.inventory.containers):
                snapshot = _forgotten(snapshot, inventory)
            return replace(
                snapshot,
                inventory=inventory,
                loaded=True,
                link=snapshot.link if live else Link(LinkState.LIVE, since=now),
                now=now,
            )

        self._bridge.update(changed)
        # the list first: the verdicts need the history, and both threads one interpreter
        self._settled.wait(_PATIENCE)
        if fresh:
            badges = self._core.badges(fresh)
            self._bridge.update(lambda s: replace(s, badges={**s.badges, **badges}))
        self._observe(inventory)

    def _unjudged(self, inventory: Inventory) -> list[Container]:
        """Give the boxes that are new or have changed."""
        old = self._bridge.snapshot.inventory.containers
        return [box for box in inventory.containers.values() if old.get(box.id) is not box]

    def _observe(self, inventory: Inventory) -> None:
        """Remember which boxes there are, so that a recreate from outside is noticed and told."""
        ids = frozenset(inventory.containers)
        if ids == self._observed:
            return
        self._observed = ids
        events = self._core.observe([*inventory.containers.values()])
        outside = [e for e in events if e.kind is Happening.RECREATED and e.by is Author.OUTSIDE]
        if not self._told_untold:
            self._told_untold = True
            outside = self._core.history.untold(self._core.info.key)
        if outside:
            self._bridge.tell(Recreated(tuple(outside)))
            self._core.history.mark_told(outside)

    def _offline(self, reason: str) -> None:
        def gone(snapshot: Snapshot) -> Snapshot:
            link = snapshot.link
            # since the last moment it was live, not since each failed attempt to come back
            since = datetime.now(UTC) if link.state is LinkState.LIVE else link.since
            return replace(snapshot, link=Link(LinkState.OFFLINE, reason, since))

        self._bridge.update(gone)


def _forgotten(snapshot: Snapshot, inventory: Inventory) -> Snapshot:
    """Drop what was known of boxes that are gone."""
    left = inventory.containers
    return replace(
        snapshot,
        badges={i: badge for i, badge in snapshot.badges.items() if i in left},
        scans={i: scan for i, scan in snapshot.scans.items() if i in left},
        mounts={i: rows for i, rows in snapshot.mounts.items() if i in left},
        scan_errors={i: words for i, words in snapshot.scan_errors.items() if i in left},
    )
