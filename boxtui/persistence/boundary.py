"""What in a writable layer is no change of the box's: runtime files and mountpoints."""

import posixpath
from collections.abc import Iterable, Mapping

from boxtui.model.mount import Mount

RUNTIME_FILES = frozenset(
    {
        "/.dockerenv",
        "/.dockerinit",
        "/etc/hostname",
        "/etc/hosts",
        "/etc/mtab",
        "/etc/resolv.conf",
        "/run/.containerenv",
    }
)
"""Made by the engine for every container, whatever its box did."""

RUNTIME_TREES = frozenset({"/dev", "/proc", "/sys", "/run/secrets"})
"""Mounted by the engine in every container: what lies beneath them is never the box's own."""


class Boundary:
    """Tells apart what counts, by path; asked a directory at a time."""

    def __init__(self, mounts: Iterable[Mount], *, podman: bool = False) -> None:
        self.targets = frozenset(mount.target.rstrip("/") or "/" for mount in mounts)
        """Where something is mounted over the writable layer."""
        # docker makes its own files in a layer beneath the writable one, podman in that itself
        made = self.targets | RUNTIME_FILES if podman else self.targets
        self.ancestors = frozenset(ancestor for path in made for ancestor in ancestors(path))
        """Directories that the engine makes or touches, to put something of its own in them."""

    def runtime(self, path: str) -> bool:
        """Whether the engine made it."""
        return path in RUNTIME_FILES or path in RUNTIME_TREES

    def shadow(self, path: str) -> str | None:
        """The mount that hides a path, if one does: the topmost one above it."""
        for ancestor in (*ancestors(path), path):
            if ancestor in self.targets:
                return ancestor
        return None


def ancestors(path: str) -> list[str]:
    """All directories above a path, / first."""
    names = path.strip("/").split("/")
    return ["/", *("/" + "/".join(names[:end]) for end in range(1, len(names)))]


def into_mount(link: str, target: str, mounts: Mapping[str, Mount]) -> Mount | None:
    """The mount into which a symbolic link points, if it does."""
    folder = posixpath.dirname(link)
    resolved = posixpath.normpath(posixpath.join(folder, target))
    for path in (resolved, *reversed(ancestors(resolved))):
        if path in mounts:
            return mounts[path]
    return None
