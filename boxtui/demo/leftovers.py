"""What a killed engine leaves behind: processes, mounts and bridges, found and taken away."""

import re
import subprocess
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from boxtui.demo import processes


def end_processes(words: Collection[str]) -> None:
    """End every process whose argv names one of these folders, or this containerd namespace.

    Shims go with their whole tree: the boxes' own processes don't name the engine.
    """
    found = [process for process in processes.everyone() if process.mentions(words)]
    for process in sorted(found, key=lambda found: "shim" in found.argv[0]):
        if "shim" in process.argv[0]:
            processes.kill_tree(process.pid)
        else:
            processes.end_now(process.pid)


def unmount(folders: Collection[Path]) -> None:
    """Unmount all that is mounted beneath these folders, the innermost first."""
    text = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    points = [_unescaped(line.split(" ")[4]) for line in text.splitlines()]
    inside = [point for point in points if any(f in Path(point).parents for f in folders)]
    for point in reversed(inside):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def network_links(data: Path) -> set[str]:
    """Name the bridges of the networks that boxes had, from the engine's own records."""
    links: set[str] = set()
    with suppress(FileNotFoundError):
        store = (data / "network/files/local-kv.db").read_bytes()
        links = {name.decode() for name in re.findall(rb"\bbr-[0-9a-f]{12}\b", store)}
    return links


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), field)
