"""By which way a volume's files are reached: its folder on this machine, or the engine's API."""

import os
import stat
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from boxtui.backups.local import has_gnu_tar
from boxtui.backups.safety import TOP
from boxtui.model.volume import Volume

_CONTAINERS = ("containers", "overlay-containers")
"""Where docker and podman keep a folder for each container, below their data root."""


class Route(StrEnum):
    """How files are read and written."""

    LOCAL = "local"
    API = "api"


def is_here(root_dir: str, containers: Iterable[str]) -> bool:
    """Whether this machine is the engine's host: it has the folder of one of its containers.

    A path alone proves nothing, as a forwarded socket may belong to another machine that has the
    same; the random id of a container does.
    """
    root = Path(root_dir)
    return bool(root_dir) and any(
        (root / kind / one).is_dir() for one in containers for kind in _CONTAINERS
    )


def route_to(volume: Volume, root_dir: str, containers: Iterable[str]) -> Route:
    """Choose: local only where nothing stands against it."""
    local = why_not_local(volume, root_dir, containers) is None
    return Route.LOCAL if local else Route.API


def why_not_here(root_dir: str, containers: Iterable[str]) -> str | None:
    """Say what keeps boxtui from all volumes' folders; None if nothing does."""
    if os.geteuid() != 0:
        return "boxtui is not root"
    if not has_gnu_tar():
        return "this machine has no GNU tar"
    if not is_here(root_dir, containers):
        return "the engine runs on another machine"
    return None


def why_not_local(volume: Volume, root_dir: str, containers: Iterable[str]) -> str | None:
    """Say what keeps boxtui from the volume's own folder; None if nothing does."""
    why = why_not_here(root_dir, containers)
    if why is not None:
        return why
    if volume.driver != "local" or volume.options:
        return "the volume is not a plain local one"
    folder = Path(volume.mountpoint)
    if folder.name != TOP or not folder.is_dir() or folder.is_symlink():
        return f"the volume has no folder {folder} here"
    return None


def measure(folder: Path) -> int:
    """Give the bytes that a folder takes on its disk, each inode once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for facts in _walk(folder):
        if facts.st_nlink > 1 and not stat.S_ISDIR(facts.st_mode):
            key = (facts.st_dev, facts.st_ino)
            if key in seen:
                continue
            seen.add(key)
        total += facts.st_blocks * 512
    return total


def _walk(folder: Path) -> Iterator[os.stat_result]:
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    yield entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except FileNotFoundError:
            continue  # gone meanwhile: it takes nothing
