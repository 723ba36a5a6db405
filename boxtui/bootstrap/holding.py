"""The composition of the holder's own process: terminals, and the way to their engines."""

from boxtui.engine.adapter import connect
from boxtui.holder.process import run


def hold_terminals() -> int:
    """Keep terminals alive until the last one has ended; gives the exit code."""
    return run(connect)
