"""The mounts of a container, from the several places in which engines tell of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from boxtui.model.mount import Mount, MountKind

_HEX_DIGITS = 64
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_KINDS = {
    "bind": MountKind.BIND,
    "tmpfs": MountKind.TMPFS,
    "config": MountKind.CONFIG,
    "secret": MountKind.SECRET,
}


def summary_mounts(entries: Iterable[Mapping[str, Any]]) -> tuple[Mount, ...]:
    """The mounts that the list of containers tells of."""
    return tuple(_mount(entry) for entry in entries)


def mounts(document: Mapping[str, Any]) -> tuple[Mount, ...]:
    """All mounts that inspect tells of: Mounts, and HostConfig.Tmpfs which is not among them."""
    found = {m.target: m for m in summary_mounts(document.get("Mounts") or ())}
    tmpfs = (document.get("HostConfig") or {}).get("Tmpfs") or {}
    for target, options in tmpfs.items():
        read_only = "ro" in (options or "").split(",")
        found.setdefault(target, Mount(MountKind.TMPFS, None, target, read_only))
    return tuple(found.values())


def _mount(entry: Mapping[str, Any]) -> Mount:
    kind = _kind(entry)
    host_path = entry.get("Source") or None
    source = entry.get("Name") if _is_volume(kind) else host_path
    return Mount(
        kind=kind,
        source=None if kind is MountKind.TMPFS else source,
        target=entry["Destination"],
        read_only=entry.get("RW") is False,
        driver=entry.get("Driver") or None,
        host_path=None if kind is MountKind.TMPFS else host_path,
    )


def _kind(entry: Mapping[str, Any]) -> MountKind:
    told = entry.get("Type") or ("volume" if entry.get("Name") else "bind")
    if told != "volume":
        return _KINDS.get(told, MountKind.BIND)
    name = entry.get("Name") or ""
    anonymous = len(name) == _HEX_DIGITS and _HEX64.match(name) is not None
    return MountKind.ANONYMOUS if anonymous else MountKind.VOLUME


def _is_volume(kind: MountKind) -> bool:
    return kind in {MountKind.VOLUME, MountKind.ANONYMOUS}
