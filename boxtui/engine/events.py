"""The engine's event stream, narrowed by the engine itself to what boxtui shows."""

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from boxtui.engine import faults, parse
from boxtui.engine.streams import Body, json_lines
from boxtui.model.event import EngineEvent

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

TYPES = ("container", "image", "network", "volume")
# What changes what is shown. `health_status` fits "health_status: healthy" too, and none of these
# is the beginning of exec_create, exec_start or exec_die, which would wake us for nothing.
ACTIONS = (
    "create", "start", "die", "stop", "pause", "unpause", "rename", "update", "destroy", "remove",
    "health_status", "oom", "commit",
    "delete", "import", "load", "pull", "tag", "untag",
    "connect", "disconnect",
    # podman's own words
    "died", "cleanup", "init",
)  # fmt: skip


class Events:
    """Events until close(); an end that nobody asked for raises NoEngineError.

    Nothing that happens after it is made is missed; what happened in the two seconds before may
    come along.
    """

    def __init__(self, wire: "Wire", since_ns: int | None = None) -> None:
        doing = self._doing = "follow the engine's events"
        self._endpoint = wire.endpoint
        if since_ns is None:
            # The engine sends the headers before it subscribes us: whoever lists at once after
            # them could miss what happens in between. Its buffer of past events closes the gap.
            since_ns = _engine_time_ns(wire, doing) - 10**9
        params = {
            "filters": {"type": list(TYPES), "event": list(ACTIONS)},
            "since": f"{since_ns // 10**9}.{since_ns % 10**9:09d}",
        }
        answer = wire.request("GET", "/events", doing=doing, params=params, stream=True)
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


def _engine_time_ns(wire: "Wire", doing: str) -> int:
    """The engine's own clock, to the second: it may be another machine's."""
    answer = wire.request("GET", "/_ping", doing=doing, timeout=10)
    try:
        now = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        now = time.time()
    return int(now) * 10**9
