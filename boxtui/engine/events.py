"""The engine's event stream, narrowed by the engine itself to what boxtui shows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from boxtui.engine import faults, parse
from boxtui.engine.streams import Body, json_lines
from boxtui.model.event import EngineEvent

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

TYPES = ("container", "image", "network", "volume")
# exec_*, top, resize, attach, archive-path, … would wake us for nothing; `health_status` fits
# "health_status: healthy" too
ACTIONS = (
    "create", "destroy", "die", "health_status", "kill", "oom", "pause", "rename", "restart",
    "start", "stop", "unpause", "update", "remove",
    "delete", "import", "load", "pull", "tag", "untag", "commit", "prune",
    "mount", "unmount", "connect", "disconnect",
    # podman's own words
    "died", "cleanup", "init",
)  # fmt: skip


class Events:
    """Events until close(); an end that nobody asked for raises NoEngineError.

    Made by the caller's thread: from then on the engine keeps what happens, nothing is missed.
    """

    def __init__(self, wire: "Wire", since_ns: int | None = None) -> None:
        params: dict[str, object] = {"filters": {"type": list(TYPES), "event": list(ACTIONS)}}
        if since_ns is not None:
            params["since"] = f"{since_ns // 10**9}.{since_ns % 10**9:09d}"
        self._endpoint = wire.endpoint
        self._doing = "follow the engine's events"
        answer = wire.request("GET", "/events", doing=self._doing, params=params, stream=True)
        self._body = Body(answer, wire.endpoint)

    def __iter__(self) -> Iterator[EngineEvent]:
        try:
            for entry in json_lines(self._body, self._doing):
                yield parse.shaped("an event", entry, parse.event)
            if not self._body.closed:
                raise faults.lost(self._endpoint, "the engine ended its stream of events")
        finally:
            self._body.close()

    def close(self) -> None:
        """End it; a thread that waits for the next event goes on at once."""
        self._body.close()
