"""The engine's own JSON for a container that the fake engine was asked to create."""

import time
from collections.abc import Mapping
from typing import Any

ZERO = "0001-01-01T00:00:00Z"
HEX = 64


def now() -> str:
    seconds = time.time_ns() // 10**9
    return (
        time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(seconds)) + f"{time.time_ns() % 10**9:09d}Z"
    )


def container_document(
    container_id: str, name: str, body: Mapping[str, Any], image: Mapping[str, Any]
) -> dict[str, Any]:
    """What inspect answers right after create."""
    host = dict(body.get("HostConfig") or {})
    host.setdefault("RestartPolicy", {"Name": "no", "MaximumRetryCount": 0})
    config = {k: v for k, v in body.items() if k not in {"HostConfig", "NetworkingConfig"}}
    config.setdefault("Env", [])
    config["Labels"] = {**(image["Config"].get("Labels") or {}), **(config.get("Labels") or {})}
    config.setdefault("Hostname", container_id[:12])
    command = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or ["sh"])]
    mode = host.get("NetworkMode") or "bridge"
    networks = ((body.get("NetworkingConfig") or {}).get("EndpointsConfig")) or {
        "bridge" if mode == "default" else mode: {}
    }
    return {
        "Id": container_id,
        "Name": f"/{name}",
        "Created": now(),
        "Image": image["Id"],
        "Path": command[0],
        "Args": command[1:],
        "RestartCount": 0,
        "State": {
            "Status": "created", "Running": False, "Paused": False, "OOMKilled": False,
            "ExitCode": 0, "Error": "", "Pid": 0, "StartedAt": ZERO, "FinishedAt": ZERO,
        },
        "Config": config,
        "HostConfig": host,
        "Mounts": [],
        "NetworkSettings": {"Networks": dict(networks), "Ports": {}},
    }  # fmt: skip


def mount_document(entry: Mapping[str, Any], mountpoint: str) -> dict[str, Any]:
    """One of inspect's Mounts, out of a HostConfig.Mounts entry."""
    kind = entry.get("Type") or "volume"
    told: dict[str, Any] = {
        "Type": kind,
        "Source": mountpoint if kind == "volume" else entry.get("Source") or "",
        "Destination": entry["Target"],
        "RW": not entry.get("ReadOnly"),
    }
    if kind == "volume":
        told |= {"Name": entry["Source"], "Driver": "local"}
    return told


def bind_entry(bind: str) -> dict[str, Any]:
    """A HostConfig.Mounts entry for one of HostConfig.Binds."""
    source, target, *options = bind.split(":")
    return {
        "Type": "bind" if source.startswith("/") else "volume",
        "Source": source,
        "Target": target,
        "ReadOnly": "ro" in "".join(options).split(","),
    }


def summary(document: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of the list, out of inspect's document."""
    state = document["State"]
    return {
        "Id": document["Id"],
        "Names": [document["Name"]],
        "Image": document["Config"].get("Image") or "",
        "ImageID": document["Image"],
        "Created": int(time.time()),
        "State": state["Status"],
        "Status": _status_line(state),
        "Labels": document["Config"]["Labels"],
        "Ports": [],
        "Mounts": document["Mounts"],
        "NetworkSettings": {"Networks": document["NetworkSettings"]["Networks"]},
    }


def _status_line(state: Mapping[str, Any]) -> str:
    health = (state.get("Health") or {}).get("Status")
    words = {
        "created": "Created",
        "exited": f"Exited ({state['ExitCode']}) 1 second ago",
        "paused": "Up 1 second (Paused)",
    }
    line = words.get(state["Status"], "Up 1 second")
    return f"{line} ({'health: ' if health == 'starting' else ''}{health})" if health else line
