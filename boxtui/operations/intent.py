"""What the user asked for, told apart from what the image gave.

Inspect shows a container's configuration merged with its image's. Sent back as it is, it would pin
the old image's values for ever; so all that equals the base image's own is taken away again, and
`merged` is the engine's own merge, to know what must come out.
"""

from collections.abc import Mapping
from typing import Any

from boxtui.model.ports import JSON

_DROPPED_IF_EQUAL = ("User", "WorkingDir", "StopSignal", "Shell", "OnBuild", "ArgsEscaped")
_KEYED = ("ExposedPorts", "Volumes")


def user_config(config: JSON, image: JSON) -> JSON:
    """Take from a container's Config what its image's Config would give by itself."""
    mine = dict(config)
    mine["Env"] = [e for e in config.get("Env") or [] if e not in (image.get("Env") or [])]
    theirs = image.get("Labels") or {}
    mine["Labels"] = {k: v for k, v in (config.get("Labels") or {}).items() if theirs.get(k) != v}
    for key in _KEYED:
        given = image.get(key) or {}
        mine[key] = {k: v for k, v in (config.get(key) or {}).items() if k not in given}
    for key in _DROPPED_IF_EQUAL:
        if key in mine and (mine[key] or None) == (image.get(key) or None):
            del mine[key]
    _healthcheck(mine, image)
    _program(mine, image)
    return mine


def _healthcheck(mine: JSON, image: JSON) -> None:
    """Take away each equal part: a partial override is stored merged."""
    theirs = image.get("Healthcheck") or {}
    own = {k: v for k, v in (mine.get("Healthcheck") or {}).items() if theirs.get(k) != v}
    mine.pop("Healthcheck", None)
    if own:
        mine["Healthcheck"] = own


def _program(mine: JSON, image: JSON) -> None:
    """Entrypoint and Cmd go together: giving an entrypoint resets the image's command."""
    entrypoint, cmd = mine.pop("Entrypoint", None) or [], mine.pop("Cmd", None) or []
    their_entrypoint, their_cmd = image.get("Entrypoint") or [], image.get("Cmd") or []
    if entrypoint == their_entrypoint:
        if cmd == their_cmd:
            return
        if cmd:
            mine["Cmd"] = cmd
            return
    # an empty entrypoint over an image's own is asked for with one empty string
    mine["Entrypoint"] = entrypoint or [""]
    if cmd:
        mine["Cmd"] = cmd


def merged(mine: JSON, image: JSON) -> JSON:
    """Say what the engine will make of a Config sent with this image."""
    whole = dict(mine)
    env = _by_name(image.get("Env"))
    env.update(_by_name(mine.get("Env")))
    whole["Env"] = list(env.values())
    whole["Labels"] = {**(image.get("Labels") or {}), **(mine.get("Labels") or {})}
    for key in _KEYED:
        whole[key] = {**(image.get(key) or {}), **(mine.get(key) or {})}
    for key in _DROPPED_IF_EQUAL:
        whole[key] = mine.get(key) or image.get(key)
    check = {**(image.get("Healthcheck") or {}), **(mine.get("Healthcheck") or {})}
    whole["Healthcheck"] = check or None
    entrypoint, cmd = mine.get("Entrypoint"), mine.get("Cmd")
    if not entrypoint:
        cmd = cmd or image.get("Cmd")
        entrypoint = image.get("Entrypoint")
    whole["Entrypoint"] = None if entrypoint == [""] else entrypoint
    whole["Cmd"] = cmd
    return whole


def _by_name(entries: list[str] | None) -> dict[str, str]:
    return {entry.partition("=")[0]: entry for entry in entries or []}


def masked(document: Mapping[str, Any]) -> JSON:
    """Copy an inspect document or a create body with every environment value hidden."""
    copy = dict(document)
    if isinstance(config := copy.get("Config"), dict):
        copy["Config"] = masked(config)
    if copy.get("Env"):
        copy["Env"] = [f"{e.partition('=')[0]}=***" if "=" in e else e for e in copy["Env"]]
    return copy
