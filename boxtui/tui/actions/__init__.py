"""What keys, menu and palette do: a module a kind, filling the registry when `load` imports them.

To add an action: a line in `keymap.py`, and here a function under the same id with `@does`.
"""

from boxtui.tui.actions.registry import ACTIONS, Action, Situation

__all__ = ["ACTIONS", "Action", "Situation", "load"]


def load() -> None:
    """Fill the registry; left until the first list is on screen, which must not wait for it."""
    from boxtui.tui.actions import (  # noqa: PLC0415 - see above
        console,  # noqa: F401
        lifecycle,  # noqa: F401
        recreate,  # noqa: F401
        terminals,  # noqa: F401
        view,  # noqa: F401
    )
