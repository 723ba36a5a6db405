"""A thread that keeps an Inventory live: subscribe, list, then patch by events; never poll.

connect ── subscribe ── list ── batch of events ── one filtered list ── on_change
▲                                  │ lost, or silent and deaf to a ping
└── back-off with jitter ◀── on_offline
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from boxtui.errors import BoxtuiError
from boxtui.model.container import Container
from boxtui.model.event import EngineEvent
from boxtui.model.inventory import Inventory
from boxtui.model.ports import EventStream, Reads
from boxtui.watch.refresh import Touched, inspected, refreshed, resynced

COALESCE = 0.04
"""Seconds that a burst is gathered for, from its first event on."""
IDLE_PING = 30.0
"""Seconds of silence after which the engine is asked whether it is still there."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
_MANY = 100
"""Touched ids from which on the whole list costs the engine less than a filtered one."""


@dataclass(frozen=True, slots=True)
class _Ended:
    stream: EventStream
    error: BoxtuiError


class _Nudge:
    """Wakes the loop: look at the flags."""


_Item = EngineEvent | _Ended | Container | _Nudge


class Watcher:
    """Calls `on_change` and `on_offline` from a thread of its own, never after stop()."""

    def __init__(
        self,
        engine: Reads,
        on_change: Callable[[Inventory], None],
        on_offline: Callable[[str], None],
        *,
        idle_ping: float = IDLE_PING,
    ) -> None:
        self._engine = engine
        self._on_change = on_change
        self._on_offline = on_offline
        self._idle_ping = idle_ping
        self._inventory = Inventory()
        self._items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._retry = threading.Event()
        self._stream: EventStream | None = None
        self._wanted: frozenset[str] = frozenset()
        self._missing: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name="watcher", daemon=True),
            threading.Thread(target=self._inspect, name="watcher-details", daemon=True),
        ]

    @property
    def inventory(self) -> Inventory:
        """What is known now; the last known while the engine is away."""
        return self._inventory

    def start(self) -> None:
        """Begin; the first on_change comes once the containers are listed."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End at once; no callback comes after it has returned, but one under way may end."""
        self._stopping.set()
        self._retry.set()
        self._items.put(_Nudge())
        self._missing.put(None)
        if self._stream is not None:
            self._stream.close()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                # a question to a frozen engine may outlast this; its answer is thrown away
                thread.join(timeout=1)

    def retry_now(self) -> None:
        """Try at once to come back, whatever is left of the back-off."""
        self._retry.set()

    def want_details(self, ids: Collection[str]) -> None:
        """Have these containers' details read, and kept fresh until others are wanted."""
        new = frozenset(ids)
        self._wanted = new
        known = self._inventory.containers
        for container_id in ids:
            container = known.get(container_id)
            if container is not None and container.details is None:
                self._missing.put(container_id)

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            self._retry.clear()
            try:
                self._synchronise()
                wait = FIRST_WAIT
                self._follow()
            except BoxtuiError as error:
                self._close_stream()
                self._tell_offline(error)
                # jitter, so that many consoles do not come back in one instant
                self._retry.wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                wait = min(wait * 2, LONGEST_WAIT)
        self._close_stream()

    def _synchronise(self) -> None:
        """Subscribe, then list: what happens in between comes as an event, and is read twice."""
        stream = self._stream = self._engine.events()
        threading.Thread(
            target=self._read, args=(stream,), name="watcher-events", daemon=True
        ).start()
        self._show(resynced(self._inventory, self._engine.list_containers()), always=True)
        everything = Touched(volumes=True, images=True, networks=True)
        self._show(self._with_stores(self._inventory, everything), always=True)
        self.want_details(self._wanted)

    def _read(self, stream: EventStream) -> None:
        try:
            for event in stream:
                self._items.put(event)
        except BoxtuiError as error:
            self._items.put(_Ended(stream, error))

    def _follow(self) -> None:
        while not self._stopping.is_set():
            batch = self._next_batch()
            if not batch:
                self._engine.ping()
            for item in batch:
                if isinstance(item, _Ended) and item.stream is self._stream:
                    raise item.error
            self._apply(batch)

    def _next_batch(self) -> list[_Item]:
        """Await the first item, then gather what follows it closely; empty after long silence."""
        try:
            batch = [self._items.get(timeout=self._idle_ping)]
        except queue.Empty:
            return []
        deadline = time.monotonic() + COALESCE
        with suppress(queue.Empty):
            while not self._stopping.is_set() and not isinstance(batch[-1], _Ended):
                batch.append(self._items.get(timeout=max(0.0, deadline - time.monotonic())))
        return batch

    def _apply(self, batch: list[_Item]) -> None:
        touched = Touched()
        inventory = self._inventory
        for item in batch:
            if isinstance(item, EngineEvent):
                inventory = inventory.apply(item)
                touched.note(item)
            elif isinstance(item, Container):
                inventory = inspected(inventory, item)
        if touched.containers:
            inventory = self._read_anew(inventory, touched.containers)
        self._show(self._with_stores(inventory, touched))
        for container_id in touched.containers & self._wanted & inventory.containers.keys():
            self._missing.put(container_id)

    def _read_anew(self, inventory: Inventory, ids: Collection[str]) -> Inventory:
        if len(ids) <= _MANY:
            seen = self._engine.list_containers(ids=ids)
            return refreshed(inventory, ids, seen, self._wanted)
        seen = self._engine.list_containers()
        return refreshed(inventory, inventory.containers.keys(), seen, self._wanted)

    def _with_stores(self, inventory: Inventory, touched: Touched) -> Inventory:
        if touched.volumes:
            volumes = {v.name: v for v in self._engine.list_volumes()}
            inventory = replace(inventory, volumes=MappingProxyType(volumes))
        if touched.images:
            images = {i.id: i for i in self._engine.list_images()}
            inventory = replace(inventory, images=MappingProxyType(images))
        if touched.networks:
            networks = {n.id: n for n in self._engine.list_networks()}
            inventory = replace(inventory, networks=MappingProxyType(networks))
        return inventory

    def _inspect(self) -> None:
        """Read details, one container after another, beside the loop that must not wait."""
        while (container_id := self._missing.get()) is not None and not self._stopping.is_set():
            if container_id not in self._wanted:
                continue
            # gone or offline: the event stream tells that, and better
            with suppress(BoxtuiError):
                self._items.put(self._engine.inspect_container(container_id))

    def _show(self, inventory: Inventory, *, always: bool = False) -> None:
        changed = inventory is not self._inventory
        self._inventory = inventory
        if (changed or always) and not self._stopping.is_set():
            self._on_change(inventory)

    def _tell_offline(self, error: BoxtuiError) -> None:
        if not self._stopping.is_set():
            self._on_offline(f"{error.message}: {error.reason}" if error.reason else error.message)

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
