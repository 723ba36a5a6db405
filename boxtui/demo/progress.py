"""How the demo's long steps say what they do."""

from collections.abc import Callable

Report = Callable[[str], None]
"""Takes one line of words each time; never escape codes."""


def silent(_line: str) -> None:
    """Report nothing."""
