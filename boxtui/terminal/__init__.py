"""The terminal emulator: bytes to cells, keys to bytes; knows neither docker nor textual."""

from boxtui.terminal.modes import Modes
from boxtui.terminal.protocols import Event
from boxtui.terminal.terminal import Terminal

__all__ = ["Event", "Modes", "Terminal"]
