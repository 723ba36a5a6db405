"""Processes found by what /proc says of them, and ended by their id alone."""

import os
import select
import signal
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc: who it is, whose child, and its whole argv."""

    pid: int
    parent: int
    argv: tuple[str, ...]

    def mentions(self, words: Collection[str]) -> bool:
        """Whether a whole argument, or the folder of one, is among these words."""
        return any(
            argument == word or argument.startswith(f"{word}/") or f"://{word}/" in argument
            for argument in self.argv
            for word in words
        )


def everyone() -> Iterator[Process]:
    """Give all processes that /proc shows."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            found = read(int(entry.name))
            if found is not None:
                yield found


def read(pid: int) -> Process | None:
    """Give one process; None where it is gone or a zombie."""
    try:
        argv = Path(f"/proc/{pid}/cmdline").read_bytes()
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, parent, *_ = stat.rpartition(")")[2].split()
    if state in "ZX":
        return None
    words = argv.decode(errors="surrogateescape").split("\0")
    return Process(pid, int(parent), tuple(words[:-1] if words[-1] == "" else words))


def end(pid: int, *, patience: float) -> bool:
    """Ask a process to end and wait for it; after `patience` seconds it is killed.

    False where it had to be killed.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        for sent, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 10.0)):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, sent)
            if has_ended(handle, seconds):
                return sent is signal.SIGTERM
    finally:
        os.close(handle)
    return False


def has_ended(handle: int, seconds: float) -> bool:
    """Wait for the process behind a pidfd to end."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def kill_tree(root: int) -> None:
    """Kill a process and all that descends from it, the root first so that it respawns none."""
    children: dict[int, list[int]] = {}
    for process in everyone():
        children.setdefault(process.parent, []).append(process.pid)
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        end_now(pid)


def end_now(pid: int) -> None:
    """Kill a process and wait until it is gone."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            has_ended(handle, 10.0)
        finally:
            os.close(handle)
