"""The composition root: the core that the command line and the console share, wired together.

Everything heavy is imported when first asked for, so that `boxtui --help` stays instant.
"""

from boxtui.bootstrap.core import DEMO_FILE, Core, ScanProgress
from boxtui.bootstrap.listing import Listed
from boxtui.bootstrap.settings import AttachRequest, ConsoleRequest, Settings, resolve_settings

__all__ = [
    "DEMO_FILE",
    "AttachRequest",
    "ConsoleRequest",
    "Core",
    "Listed",
    "ScanProgress",
    "Settings",
    "resolve_settings",
]
