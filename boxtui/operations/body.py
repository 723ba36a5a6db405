"""From an inspect document to the body that creates the same container again.

Every rule here was measured on an engine: what inspect shows is not what create takes.
"""

import posixpath
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from boxtui.model.container import BASE_ID_LABEL, BASE_REF_LABEL
from boxtui.model.ports import JSON
from boxtui.operations.intent import user_config

_ENDPOINT_KEYS = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority")
_DEFAULT_BRIDGE = frozenset({"default", "bridge"})
_ALL_ENDPOINTS_AT_CREATE = (1, 44)
_RANDOM_MACS = (1, 48)
"""From here on an address that the engine made cannot be told by its form."""


@dataclass(frozen=True, slots=True)
class Body:
    """What create is sent, and the networks to be connected to afterwards, in order."""

    create: JSON
    connect: dict[str, JSON] = field(default_factory=dict)


def version_of(api_version: str) -> tuple[int, int]:
    """Make versions comparable: "1.44" is above "1.9"."""
    major, _, minor = api_version.partition(".")
    return int(major), int(minor or 0)


def create_body(
    old: JSON, image_config: JSON, *, image: str, api: str, borrowed: Collection[str] = ()
) -> Body:
    """Build what makes the container again from `image`.

    `image_config` is the Config of the image that it was first made from (its base); `borrowed`
    are the targets of mounts that come from other containers (VolumesFrom).
    """
    version = version_of(api)
    config = user_config(old["Config"], image_config)
    config["Image"] = image
    for label in (BASE_ID_LABEL, BASE_REF_LABEL):
        config["Labels"].pop(label, None)
    host = dict(old["HostConfig"])
    host["Binds"], host["Mounts"] = _storage(old, host, borrowed)
    _names(old, config, host)
    endpoints = _endpoints(old, config, host, version)
    if _shares_network(host):
        _without_network(config, host)
        endpoints = {}
    first = _own_network(old, host, endpoints)
    if first is None and host.get("NetworkMode") not in {"none", "host"}:
        first = _other_network(host, endpoints)
    if version >= _ALL_ENDPOINTS_AT_CREATE or not endpoints:
        now, later = endpoints, {}
    else:
        now = {k: v for k, v in endpoints.items() if k == first}
        later = {k: v for k, v in endpoints.items() if k != first}
    networking = {"EndpointsConfig": now} if now else {}
    return Body({**config, "HostConfig": host, "NetworkingConfig": networking}, later)


def _storage(
    old: JSON, host: JSON, borrowed: Collection[str]
) -> tuple[list[str] | None, list[JSON] | None]:
    """Name every volume that had no name: the new container mounts the very same ones."""
    volumes = {
        posixpath.normpath(m["Destination"]): m
        for m in old.get("Mounts") or []
        if m.get("Type") == "volume" and m.get("Name")
    }
    binds = host.get("Binds")
    mounts = [dict(m) for m in host.get("Mounts") or []]
    covered = {posixpath.normpath(target) for target in borrowed}
    if binds is not None:
        # a bind without a source is an anonymous volume: it is added by name below
        binds = [b for b in binds if ":" in b]
        covered |= {posixpath.normpath(b.split(":")[1]) for b in binds}
    for mount in mounts:
        target = posixpath.normpath(mount["Target"])
        covered.add(target)
        if mount.get("Type") == "volume" and not mount.get("Source") and target in volumes:
            mount["Source"] = volumes[target]["Name"]
    for target, volume in volumes.items():
        if target not in covered:
            mounts.append(
                {
                    "Type": "volume",
                    "Source": volume["Name"],
                    "Target": volume["Destination"],
                    "ReadOnly": not volume.get("RW", True),
                }
            )
    return binds, mounts or host.get("Mounts")


def _names(old: JSON, config: JSON, host: JSON) -> None:
    """Leave the engine to make the names it made before."""
    made = config.get("Hostname") == old["Id"][:12]
    mode = host.get("NetworkMode", "")
    shared = mode == "host" or mode.startswith("container:") or host.get("UTSMode") == "host"
    if made or shared:
        told = config.pop("Hostname", None)
        # podman writes the name that it made into the environment too
        config["Env"] = [e for e in config.get("Env") or [] if e != f"HOSTNAME={told}"]
        if not made:
            config.pop("Domainname", None)


def _shares_network(host: JSON) -> bool:
    return str(host.get("NetworkMode", "")).startswith("container:")


def _without_network(config: JSON, host: JSON) -> None:
    """Send no network settings: inspect lists the image's ports there, create refuses them."""
    config.pop("ExposedPorts", None)
    config.pop("MacAddress", None)
    host["PortBindings"] = {}
    host["PublishAllPorts"] = False


def _endpoints(old: JSON, config: JSON, host: JSON, version: tuple[int, int]) -> dict[str, JSON]:
    networks: dict[str, Any] = (old.get("NetworkSettings") or {}).get("Networks") or {}
    mac = config.get("MacAddress")
    if version >= _ALL_ENDPOINTS_AT_CREATE or host.get("NetworkMode") == "host":
        config.pop("MacAddress", None)
    own = _own_network(old, host, networks)
    made: dict[str, JSON] = {}
    for name in sorted(networks, key=lambda n: (n != own, n)):
        if name in {"host", "none"}:
            continue
        endpoint = _endpoint(old, networks[name], version)
        if name == own and mac and version >= _ALL_ENDPOINTS_AT_CREATE:
            endpoint["MacAddress"] = mac
        if name == "bridge":
            # the default bridge takes fixed addresses at create and refuses them at start
            endpoint = {k: v for k, v in endpoint.items() if k in {"MacAddress", "GwPriority"}}
        made[name] = endpoint
    return made


def _endpoint(old: JSON, endpoint: JSON, version: tuple[int, int]) -> JSON:
    kept: JSON = {k: endpoint[k] for k in _ENDPOINT_KEYS if endpoint.get(k)}
    aliases = [a for a in endpoint.get("Aliases") or [] if a != old["Id"][:12]]
    kept.pop("Aliases", None)
    if aliases:
        kept["Aliases"] = aliases
    mac = endpoint.get("MacAddress") or ""
    if _ALL_ENDPOINTS_AT_CREATE <= version < _RANDOM_MACS and mac and not _made(mac, endpoint):
        kept["MacAddress"] = mac
    return kept


def _made(mac: str, endpoint: JSON) -> bool:
    """Tell an address that the engine derived from the IPv4 one from one that was asked for."""
    try:
        octets = [int(part) for part in endpoint.get("IPAddress", "").split(".")]
    except ValueError:
        # a stopped container has no address to compare with
        return mac.startswith("02:42:")
    return mac == "02:42:" + ":".join(f"{octet:02x}" for octet in octets)


def _other_network(host: JSON, endpoints: Collection[str]) -> str | None:
    """Begin with a network it is still in: it has left the one that it was made for."""
    if _shares_network(host):
        return None
    first = min(endpoints, default=None)
    host["NetworkMode"] = first or "none"
    return first


def _own_network(old: JSON, host: JSON, networks: Collection[str]) -> str | None:
    """Find which of the networks NetworkMode means; it may name one by id, or one that was left."""
    mode = str(host.get("NetworkMode") or "default")
    if mode in _DEFAULT_BRIDGE and "bridge" in networks:
        return "bridge"
    if mode in networks:
        return mode
    known: dict[str, Any] = (old.get("NetworkSettings") or {}).get("Networks") or {}
    for name, endpoint in known.items():
        if endpoint.get("NetworkID") and endpoint["NetworkID"] == mode:
            return name
    return None
