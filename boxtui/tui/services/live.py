"""Keeps the snapshot live: the engine's objects, the verdicts on them, what only inspect tells."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from boxtui.bootstrap import Core
from boxtui.errors import BoxtuiError, NotFoundError
from boxtui.model.container import Container
from boxtui.model.inventory import Inventory
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Link, LinkState

_AT_ONCE = 4


class Live:
    """Feeds the bridge until closed."""

    def __init__(self, core: Core, bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="live")
        self._asked: dict[str, Container] = {}

    def start(self) -> None:
        """Begin to read, in the background."""
        threading.Thread(target=self._read, name="first-list", daemon=True).start()

    def _read(self) -> None:
        engine = self._core.engine
        try:
            containers = engine.list_containers()
            inventory = Inventory().with_containers(containers)
            badges = self._core.badges(inventory.containers.values())
            self._bridge.update(
                lambda s: replace(
                    s, inventory=inventory, badges=badges, loaded=True, link=Link(LinkState.LIVE)
                )
            )
            volumes = {v.name: v for v in engine.list_volumes()}
            images = {i.id: i for i in engine.list_images()}
            self._bridge.update(
                lambda s: replace(s, inventory=replace(s.inventory, volumes=volumes, images=images))
            )
        except BoxtuiError as error:
            reason = error.reason or error.message
            self._bridge.update(
                lambda s: replace(s, link=Link(LinkState.OFFLINE, reason, s.link.since))
            )

    def want_details(self, ids: Iterable[str]) -> None:
        """Inspect those of the boxes on screen of which only the list's line is known."""
        boxes = self._bridge.snapshot.inventory.containers
        for box in (boxes[i] for i in ids if i in boxes):
            # a changed box is another value: its details are asked for anew
            if box.details is None and self._asked.get(box.id) is not box:
                self._asked[box.id] = box
                self._pool.submit(self._inspect, box)

    def _inspect(self, box: Container) -> None:
        try:
            detailed = self._core.engine.inspect_container(box.id)
        except NotFoundError:
            return
        self._bridge.update(lambda s: replace(s, inventory=s.inventory.with_containers([detailed])))

    def close(self) -> None:
        """Stop asking."""
        self._pool.shutdown(wait=False, cancel_futures=True)
