"""What keys, menu and palette do; importing this package fills the registry.

To add an action: a line in `keymap.py`, and here a function under the same id with `@does`.
"""

from boxtui.tui.actions import console, lifecycle, view
from boxtui.tui.actions.registry import ACTIONS, Action, Situation

__all__ = ["ACTIONS", "Action", "Situation", "console", "lifecycle", "view"]
