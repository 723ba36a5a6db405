"""The composition of an operation's own process: its steps, and the way to its engine."""

from boxtui.engine.adapter import connect
from boxtui.operations.registry import KNOWN
from boxtui.operations.runner import run


def run_operation(operation: str) -> int:
    """Carry out the order on standard input; gives the exit code."""
    return run(operation, connect, KNOWN)
