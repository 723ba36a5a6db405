"""Where the command line hands over to the console."""

from boxtui.bootstrap import ConsoleRequest, Core
from boxtui.errors import UnsupportedError


def run_console(core: Core, request: ConsoleRequest) -> int:
    """Open the console on a connected core; gives the exit code."""
    host = request.settings.host or core.info.host
    raise UnsupportedError(f"the console of {host} cannot be opened yet")
