"""Processes told apart from later ones with the same number, and from those of other machines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_DEAD = frozenset({"Z", "X", "x"})


def identity(pid: int) -> dict[str, Any]:
    """Name a process so that nothing else is ever mistaken for it."""
    return {"pid": pid, "start": _stat(pid)[1], **_place()}


def here(named: Mapping[str, Any]) -> bool:
    """Tell whether the process was named on this machine, since its last start."""
    return {k: named.get(k) for k in ("boot", "space")} == _place()


def lives(named: Mapping[str, Any]) -> bool:
    """Tell whether it still runs; only meaningful where it is `here`."""
    state, start = _stat(int(named["pid"]))
    return bool(start) and start == named["start"] and state not in _DEAD


def _place() -> dict[str, str]:
    boot = Path("/proc/sys/kernel/random/boot_id")
    space = Path("/proc/self/ns/pid")
    return {
        "boot": boot.read_text().strip() if boot.exists() else "",
        "space": str(space.readlink()) if space.is_symlink() else "",
    }


def _stat(pid: int) -> tuple[str, str]:
    """Give its state and the moment of its start in ticks; empty where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "", ""
    # its name stands in brackets and may hold anything
    fields = text.rpartition(")")[2].split()
    return fields[0], fields[19]
