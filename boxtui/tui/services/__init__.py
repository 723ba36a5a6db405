"""What the console does in threads: it watches, scans, reads documents and carries changes out."""

from dataclasses import dataclass

from boxtui.bootstrap import Core
from boxtui.tui.bridge import Bridge
from boxtui.tui.services.changes import Changes
from boxtui.tui.services.documents import Documents
from boxtui.tui.services.live import Live
from boxtui.tui.services.scans import Scans


@dataclass(frozen=True, slots=True)
class Services:
    """All of them, for the actions."""

    core: Core
    live: Live
    scans: Scans
    changes: Changes
    documents: Documents


def begin(core: Core, bridge: Bridge) -> Services:
    """Make them, and begin to watch the engine."""
    live = Live(core, bridge)
    live.start()
    return Services(core, live, Scans(core, bridge), Changes(core, bridge), Documents(core, bridge))


def end(services: Services) -> None:
    """Stop watching and scanning; changes under way run to their end."""
    services.scans.cancel_all()
    services.live.close()
