"""Is the new container what was planned? Its inspect document, compared field by field."""

import posixpath
from collections.abc import Mapping
from typing import Any

from boxtui.model.ports import JSON
from boxtui.operations.body import Body
from boxtui.operations.intent import merged

_EXACT = frozenset({"MaskedPaths", "ReadonlyPaths"})
"""Null means the engine's default here, an empty list means none."""

_SENT_ONLY = frozenset({"HostConfig", "NetworkingConfig"})

_ENGINES_OWN = frozenset({"Hostname", "Domainname", "MacAddress"})
"""The engine fills these in where they were not sent."""


def differences(new: JSON, body: Body, image_config: JSON) -> list[str]:
    """Name every field in which the container made differs from what was sent; no values."""
    wanted = {k: v for k, v in body.create.items() if k not in _SENT_ONLY}
    return [
        *_config(new["Config"], wanted, image_config),
        *_host(new["HostConfig"], body.create["HostConfig"]),
        *_networks(new, body),
    ]


def missing_mounts(old: JSON, new: JSON, *, besides: frozenset[str] = frozenset()) -> list[str]:
    """Name the targets of the old container's mounts that the new one has not, or has otherwise.

    `besides` are targets that were meant to change.
    """
    there = {_mount(m) for m in new.get("Mounts") or []}
    return [
        f"mount {m['Destination']}"
        for m in old.get("Mounts") or []
        if _mount(m) not in there and posixpath.normpath(m["Destination"]) not in besides
    ]


def _mount(mount: Mapping[str, Any]) -> tuple[Any, ...]:
    source = mount.get("Name") or mount.get("Source")
    return (mount.get("Type"), source, posixpath.normpath(mount["Destination"]), mount.get("RW"))


def _config(actual: JSON, wanted: JSON, image_config: JSON) -> list[str]:
    whole = merged(wanted, image_config)
    found = []
    for key in sorted(set(actual) | set(whole)):
        if key in _ENGINES_OWN and key not in wanted:
            continue
        have, want = actual.get(key), whole.get(key)
        if key == "Env":
            made = None if "Hostname" in wanted else f"HOSTNAME={actual.get('Hostname')}"
            have, want = sorted(e for e in have or [] if e != made), sorted(want or [])
        if (have or None) != (want or None):
            found.append(f"Config.{key}")
    return found


def _host(actual: JSON, wanted: JSON) -> list[str]:
    found = []
    for key in sorted(wanted):
        if key not in actual:
            continue  # an API in which this field is not told any more
        have, want = actual[key], wanted[key]
        if (alike := _ALIKE.get(key)) is not None:
            have, want = alike(have), alike(want)
        same = have == want if key in _EXACT else _settled(have) == _settled(want)
        if not same:
            found.append(f"HostConfig.{key}")
    return found


def _bridge(mode: Any) -> Any:
    # engines from 26 on write out what "default" stands for
    return "bridge" if mode == "default" else mode


def _links(links: Any) -> Any:
    # inspect names the container itself in each, by the name that it has at the moment
    return sorted((a.partition(":")[0], a.rpartition("/")[2]) for a in links or [])


_ALIKE = {"NetworkMode": _bridge, "Links": _links}


def _settled(value: Any) -> Any:
    """Leave out what is empty, at every depth: engines do so as they please."""
    if isinstance(value, dict):
        kept = {k: _settled(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v is not None} or None
    if isinstance(value, list):
        return [_settled(v) for v in value] or None
    return value or None


def _networks(new: JSON, body: Body) -> list[str]:
    wanted = {**(body.create["NetworkingConfig"].get("EndpointsConfig") or {}), **body.connect}
    actual = (new.get("NetworkSettings") or {}).get("Networks") or {}
    shared = str(body.create["HostConfig"].get("NetworkMode", "")).startswith("container:")
    found = [f"network {name}" for name in sorted(set(wanted) - set(actual))]
    extra = set(actual) - set(wanted) - {"host", "none", "bridge"}
    if not shared:
        found += [f"network {name} (not asked for)" for name in sorted(extra)]
    for name in sorted(set(wanted) & set(actual)):
        found += [f"network {name} {key}" for key in _endpoint(actual[name], wanted[name])]
    return found


def _endpoint(actual: JSON, wanted: JSON) -> list[str]:
    found = []
    for key, want in sorted(wanted.items()):
        have = actual.get(key)
        if key == "Aliases":
            same = set(want or []) <= set(have or [])
        elif key == "MacAddress" and not have:
            same = True  # told only once it runs
        else:
            same = _settled(have) == _settled(want)
        if not same:
            found.append(key)
    return found
