"""Questions to a person at a terminal; without one nothing is ever asked."""

import sys
from collections.abc import Iterable

from boxtui import formatting
from boxtui.model.operation import Needs


def somebody_there(*, json: bool) -> bool:
    """Whether a person can read a question and answer it."""
    return not json and sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(lines: Iterable[str], needs: Needs, name: str) -> str | None:
    """Show what would be done and ask for what it needs: "yes", the name as typed, or None."""
    for line in lines:
        sys.stderr.write(f"{line}\n")
    if needs is Needs.NAME:
        typed = _ask(f"Type {formatting.plain(name)} to do it, nothing to leave it: ")
        return typed or None
    return "yes" if _ask("Do it? [y/N] ").lower() in {"y", "yes"} else None


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
