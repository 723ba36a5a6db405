"""Finds a container's layers on this machine, and proves that they are this container's."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boxtui.errors import BoxtuiError
from boxtui.model.container import BASE_ID_LABEL, Container
from boxtui.model.host import EngineInfo
from boxtui.model.ports import Reads
from boxtui.persistence.errand import RouteRefusedError
from boxtui.persistence.overlay_walk import Layers

_CONTAINERD = "overlayfs"
"""The storage driver that docker names where containerd keeps its layers."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def find_layers(engine: Reads, container: Container, info: EngineInfo) -> Layers:
    """The layers of a container; RouteRefusedError says why they cannot be had here."""
    if os.geteuid() != 0:
        raise RouteRefusedError("the overlay directory needs root")
    if not info.host.startswith("unix://"):
        raise RouteRefusedError("the engine is not on this machine")
    document = engine.raw("container", container.id)
    upper, lowers = _driver(document) or _mounted(document, container)
    if not _proven(upper, lowers, document, container, info):
        raise RouteRefusedError("the overlay directory cannot be proven to be this box's")
    own, above = _committed(engine, container, info, lowers)
    tops = (upper, *lowers[own : own + above])
    return Layers(tops, (*lowers[:own], *lowers[own + above :]))


def _driver(document: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    driver = document.get("GraphDriver") or {}
    data = driver.get("Data") or {}
    upper, lower = data.get("UpperDir"), data.get("LowerDir")
    if not str(driver.get("Name", "")).startswith(("overlay", "fuse-overlayfs")) or not upper:
        return None
    if not Path(upper).is_dir():
        raise RouteRefusedError("the engine's directories are not on this machine")
    return upper, _apart(lower or "")


def _apart(lower: str) -> list[str]:
    return [os.path.realpath(path) for path in lower.split(":") if path]


def _mounted(document: Mapping[str, Any], container: Container) -> tuple[str, list[str]]:
    """What the kernel says is mounted as the root of a running container's process."""
    pid = (document.get("State") or {}).get("Pid") or 0
    if not pid or not owns(pid, container.id):
        raise RouteRefusedError("the engine does not say where its overlay directory is")
    options = _root_options(pid)
    upper = options.get("upperdir", "")
    lowers = options.get("lowerdir", "")
    if not all(path.startswith("/") for path in (upper, *lowers.split(":"))):
        raise RouteRefusedError("the box's root is no overlay that can be found here")
    if not Path(upper).is_dir():
        raise RouteRefusedError("the engine's directories are not on this machine")
    return upper, _apart(lowers)


def owns(pid: int, container_id: str) -> bool:
    """Whether a process of this machine is the container's, by its control group."""
    try:
        return container_id in Path(f"/proc/{pid}/cgroup").read_text(errors="replace")
    except OSError:
        return False


def root_process(engine: Reads, container: Container) -> str | None:
    """The root of a running box as this machine sees it, if that is proven to be the box's."""
    pid = (engine.raw("container", container.id).get("State") or {}).get("Pid") or 0
    return f"/proc/{pid}/root/." if pid and owns(pid, container.id) else None


def _root_options(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return {}
    for line in lines:
        fields, _, rest = line.partition(" - ")
        if fields.split(" ")[4] != "/" or not rest.startswith("overlay "):
            continue
        options = rest.split(" ", 2)[2]
        return _by_name(options)
    return {}


def _by_name(options: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for option in options.split(","):
        key, _, value = option.partition("=")
        value = _unescaped(value)
        # newer runtimes name the layers one by one
        if key == "lowerdir+":
            key, value = "lowerdir", ":".join(filter(None, (told.get("lowerdir"), value)))
        told[key] = value
    return told


def _unescaped(value: str) -> str:
    return _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), value)


def _proven(
    upper: str,
    lowers: Sequence[str],
    document: Mapping[str, Any],
    container: Container,
    info: EngineInfo,
) -> bool:
    """Whether the kernel or the engine's own books on this machine say that these are its."""
    if not lowers or not all(Path(lower).is_dir() for lower in lowers):
        return False
    pid = (document.get("State") or {}).get("Pid") or 0
    if pid and owns(pid, container.id):
        return _root_options(pid).get("upperdir") == upper
    layer = Path(upper).parent.name
    books = Path(info.root_dir, "image", info.storage_driver, "layerdb", "mounts", container.id)
    try:
        return (books / "mount-id").read_text().strip() == layer
    except OSError:
        return _podman_layer(info, container) == layer


def _podman_layer(info: EngineInfo, container: Container) -> str | None:
    books = Path(info.root_dir, f"{info.storage_driver}-containers", "containers.json")
    try:
        known = json.loads(books.read_text())
    except (OSError, ValueError):
        return None
    return next((box.get("layer") for box in known if box.get("id") == container.id), None)


def _committed(
    engine: Reads, container: Container, info: EngineInfo, lowers: Sequence[str]
) -> tuple[int, int]:
    """Lower directories that are the engine's own, and those above the base image beneath them.

    Docker puts one of its own between the writable layer and the image's, podman none. With
    containerd's store each commit keeps the one of its container too.
    """
    base_id = container.labels.get(BASE_ID_LABEL)
    if not base_id or base_id == container.image_id:
        return 0, 0
    layers = _diff_ids(engine, container.image_id)
    base = _diff_ids(engine, base_id)
    above = len(layers) - len(base)
    own = len(lowers) - len(layers)
    most = 1 + above if info.storage_driver == _CONTAINERD else 1
    if layers[: len(base)] != base or not 0 <= own <= most:
        raise RouteRefusedError("the layers above the base image cannot be told apart")
    return min(own, 1), above + max(own - 1, 0)


def _diff_ids(engine: Reads, image: str) -> list[str]:
    try:
        return list((engine.raw("image", image).get("RootFS") or {}).get("Layers") or [])
    except BoxtuiError as error:
        raise RouteRefusedError(f"the engine does not know image {image[:19]} any more") from error
