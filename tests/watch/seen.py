"""What a watcher has told, to be awaited by tests."""

import queue
from collections.abc import Callable

from boxtui.model.inventory import Inventory

WAIT = 60


class Seen:
    """Give `on_change` and `items.put` to a watcher."""

    def __init__(self) -> None:
        self.items: queue.SimpleQueue[Inventory | str] = queue.SimpleQueue()
        self.changes = 0

    def on_change(self, inventory: Inventory) -> None:
        self.changes += 1
        self.items.put(inventory)

    def until(self, condition: Callable[[Inventory], bool]) -> Inventory:
        """Await a change after which the condition holds."""
        while True:
            item = self.items.get(timeout=WAIT)
            if isinstance(item, Inventory) and condition(item):
                return item

    def offline(self) -> str:
        """Await the reason of a loss."""
        while True:
            item = self.items.get(timeout=WAIT)
            if isinstance(item, str):
                return item


def names(inventory: Inventory) -> set[str]:
    return {c.name for c in inventory.containers.values()}
