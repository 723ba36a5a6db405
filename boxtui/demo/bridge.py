"""The private engine's own network bridge; nothing else of the machine's network is touched."""

import ipaddress
import json
import subprocess
import zlib
from collections.abc import Sequence
from typing import Any

from boxtui.errors import NoEngineError

POOL = ipaddress.IPv4Network("10.213.0.0/16")
"""Where a bridge's /24 is looked for."""


def ensure(name: str) -> None:
    """Make the bridge with a free subnet, or leave the one that is there."""
    if any(link["ifname"] == name and link["addr_info"] for link in _ask("addr")):
        return
    remove(name)
    subnet = free_subnet(name, _taken())
    _ip("link", "add", "name", name, "type", "bridge")
    _ip("addr", "add", f"{next(subnet.hosts())}/{subnet.prefixlen}", "dev", name)
    _ip("link", "set", name, "up")


def remove(name: str) -> None:
    """Remove the bridge if it is there."""
    if any(link["ifname"] == name for link in _ask("link")):
        _ip("link", "delete", name)


def free_subnet(
    name: str, taken: Sequence[ipaddress.IPv4Network], pool: ipaddress.IPv4Network = POOL
) -> ipaddress.IPv4Network:
    """Give a /24 that overlaps nothing taken; names begin their search at different places."""
    subnets = list(pool.subnets(new_prefix=24))
    start = zlib.crc32(name.encode()) % len(subnets)
    for subnet in subnets[start:] + subnets[:start]:
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise NoEngineError(f"no free subnet for the private engine's bridge in {pool}")


def _taken() -> list[ipaddress.IPv4Network]:
    routes = [route["dst"] for route in _ask("route", "show", "table", "all")]
    wide = ("default", "0.0.0.0/0")
    return [
        ipaddress.IPv4Network(r, strict=False) for r in routes if r not in wide and ":" not in r
    ]


def _ask(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_ip("-json", "-4", *arguments) or "[]")
    return [entry for entry in found if entry]


def _ip(*arguments: str) -> str:
    try:
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise NoEngineError(
            "the private engine needs the program ip", hint="apt-get install iproute2"
        ) from error
    except subprocess.CalledProcessError as error:
        raise NoEngineError(
            f"could not set up the private engine's bridge (ip {' '.join(arguments)})",
            reason=error.stderr.strip() or None,
            hint="root with CAP_NET_ADMIN is needed; name another engine with -H",
        ) from error
    return done.stdout
