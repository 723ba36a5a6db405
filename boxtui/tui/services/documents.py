"""What is read on request: the engine's own documents on objects, and the sizes of volumes."""

import threading
from dataclasses import replace

from boxtui.bootstrap import Core
from boxtui.errors import BoxtuiError
from boxtui.tui.bridge import Bridge
from boxtui.tui.snapshot import Reading, Target


class Documents:
    """Reads the engine's own documents, one for each object asked for."""

    def __init__(self, core: Core, bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge

    def read(self, target: Target) -> None:
        """Read one in the background; the snapshot has it soon, or why not."""
        threading.Thread(target=self._read, args=(target,), name="document", daemon=True).start()

    def _read(self, target: Target) -> None:
        try:
            reading = Reading(self._core.engine.raw(target.kind.value, target.id))
        except BoxtuiError as error:
            reading = Reading(error=error.reason or error.message)
        # only the newest is kept: a document is big, and asked for again at no cost
        self._bridge.update(lambda s: replace(s, documents={target: reading}))

    def measure(self) -> None:
        """Have the engine measure every volume; blocks while it does, which may be long."""
        sizes = dict(self._core.engine.volume_sizes())
        self._bridge.update(lambda s: replace(s, volume_bytes=sizes))
