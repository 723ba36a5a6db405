"""What the console does beside drawing: it watches, scans, reads, changes, holds terminals."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from boxtui.bootstrap import Core
from boxtui.tui.bridge import Bridge
from boxtui.tui.services.live import Live

if TYPE_CHECKING:
    from boxtui.tui.services.changes import Changes
    from boxtui.tui.services.documents import Documents
    from boxtui.tui.services.logs import Logs
    from boxtui.tui.services.scans import Scans
    from boxtui.tui.services.terminals import Terminals


@dataclass(frozen=True)
class Services:
    """All of them, for the actions; but for the watch each is made when first asked for."""

    core: Core
    bridge: Bridge
    live: Live

    @cached_property
    def scans(self) -> "Scans":
        """The queue of boxes to scan."""
        from boxtui.tui.services.scans import Scans  # noqa: PLC0415 - not for the first list

        return Scans(self.core, self.bridge)

    @cached_property
    def changes(self) -> "Changes":
        """The changes under way."""
        from boxtui.tui.services.changes import Changes  # noqa: PLC0415 - likewise

        return Changes(self.core, self.bridge)

    @cached_property
    def documents(self) -> "Documents":
        """What is read on request."""
        from boxtui.tui.services.documents import Documents  # noqa: PLC0415 - likewise

        return Documents(self.core, self.bridge)

    @cached_property
    def logs(self) -> "Logs":
        """What boxes write."""
        from boxtui.tui.services.logs import Logs  # noqa: PLC0415 - likewise

        return Logs(self.core)

    @cached_property
    def terminals(self) -> "Terminals":
        """The terminals in boxes."""
        from boxtui.tui.services.terminals import Terminals  # noqa: PLC0415 - likewise

        return Terminals(self.core, self.bridge)


def begin(core: Core, bridge: Bridge) -> Services:
    """Begin to watch the engine."""
    live = Live(core, bridge)
    live.start()
    return Services(core, bridge, live)


def end(services: Services) -> None:
    """Stop watching and scanning; changes under way run to their end."""
    services.scans.cancel_all()
    services.live.close()
