"""Where the command line hands over to the console.

The engine is asked for its list before Textual is imported: both take their time at once.
"""

import gc
import os
from datetime import UTC, datetime

from boxtui.bootstrap import ConsoleRequest, Core
from boxtui.tui.bridge import Bridge
from boxtui.tui.services import begin, end
from boxtui.tui.snapshot import Snapshot


def run_console(core: Core, request: ConsoleRequest) -> int:
    """Open the console on a connected core; gives the exit code."""
    settings = request.settings
    bridge = Bridge(
        Snapshot(
            where=_where(core),
            read_only=settings.read_only,
            engine=core.info,
            now=datetime.now(UTC),
        )
    )
    # nothing of what is imported now is garbage; the main screen turns it on again
    gc.disable()
    services = begin(core, bridge)
    from boxtui.tui.app import BoxtuiApp  # noqa: PLC0415 - after the engine has been asked
    from boxtui.tui.look import choose  # noqa: PLC0415 - likewise
    from boxtui.tui.messages import Said  # noqa: PLC0415 - likewise

    look = choose(settings.config.console, os.environ, color=request.color)
    app = BoxtuiApp(bridge, services, look=look, config=settings.config, attach_to=request.attach)
    core.say_by(lambda line: bridge.tell(Said(line)))
    try:
        return app.run(mouse=settings.config.console.mouse) or app.return_code or 0
    finally:
        end(services)


def _where(core: Core) -> str:
    info = core.info
    local = info.host.startswith(("unix://", "npipe://"))
    if info.context and info.context != "default":
        return info.context if local else f"{info.context} {info.host}"
    return info.name if local and not info.host else info.host
