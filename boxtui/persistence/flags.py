"""What is remarkable about entries: marks put on the rows of the map once all are known."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from posixpath import dirname

from boxtui.model.mount import Mount, MountKind
from boxtui.model.scan import Entry, Flag
from boxtui.persistence.fold import SYSTEM

_LASTING = frozenset({MountKind.VOLUME, MountKind.ANONYMOUS, MountKind.BIND})
_FOREIGN = frozenset({"/etc", "/tmp", "/var/tmp", "/run", "/root", "/srv", "/var/log"})  # noqa: S108 - of boxes


def mark(entries: Iterable[Entry], flag: Flag, told: Callable[[Entry], str | None]) -> list[Entry]:
    """The entries, with a flag on those of which something is told ("" adds no words)."""
    result = []
    for entry in entries:
        words = told(entry) if entry.kind is None else None
        if words is None:
            result.append(entry)
            continue
        flags = entry.flags if flag in entry.flags else (*entry.flags, flag)
        detail = "; ".join(part for part in (entry.detail, words) if part) or None
        result.append(replace(entry, flags=flags, detail=detail))
    return result


def mark_siblings(
    entries: Sequence[Entry], mounts: Iterable[Mount], homes: frozenset[str]
) -> list[Entry]:
    """Flag what lies beside a mount and seems to belong with it.

    That is a name that begins with the mount's own (~/.claude.json beside ~/.claude), or, in a
    directory of an application's, any neighbour of the mount (/app/projects beside /app/data).
    """
    targets = [mount.target for mount in mounts if mount.kind in _LASTING]
    common = SYSTEM | _FOREIGN | homes

    def told(entry: Entry) -> str | None:
        if entry.severity is not None and entry.severity < 2:
            return None
        if Flag.SHADOWED in entry.flags:
            return None
        beside = next((t for t in targets if _belongs(entry.path, t, common)), None)
        return None if beside is None else f"beside {beside}, which is mounted"

    return mark(entries, Flag.SIBLING_OF_MOUNT, told)


def _belongs(path: str, target: str, common: frozenset[str]) -> bool:
    folder = dirname(target)
    prefix = folder.rstrip("/") + "/"
    if not path.startswith(prefix) or path == target:
        return False
    if folder not in common and not folder.startswith("/home/"):
        return True
    neighbour = path[len(prefix) :].split("/", maxsplit=1)[0]
    stem = target[len(prefix) :]
    return neighbour != stem and neighbour.startswith((f"{stem}.", f"{stem}-", f"{stem}_"))
