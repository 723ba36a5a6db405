"""What several tests read out of docker and boxtui."""

from typing import Any

from tests.cli import contract
from tests.cli.running import Boxtui


def listed(boxtui: Boxtui, name: str, *words: str) -> dict[str, Any]:
    """One box of `ps --json`."""
    outcome = boxtui("ps", "--json", *words)
    assert (outcome.code, outcome.stderr) == (0, "")
    contract.check(outcome.document, contract.PS)
    [found] = [c for c in outcome.document["containers"] if c["name"] == name]
    assert isinstance(found, dict)
    return found


def seconds(time: str) -> str:
    """A time to the microsecond, the engine's own having nine digits."""
    head, _, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction[:6].rstrip("0")
    return f"{head}.{fraction.ljust(6, '0')}Z" if fraction else f"{head}Z"
