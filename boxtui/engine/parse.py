"""The engine's JSON into the model: tolerant of nulls, of podman, of what engines leave out."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from boxtui.engine.endpoint import Endpoint
from boxtui.engine.parse_mounts import mounts, summary_mounts
from boxtui.errors import EngineError
from boxtui.model.container import Container, Details, Health, Port, State
from boxtui.model.event import EngineEvent
from boxtui.model.host import EngineInfo
from boxtui.model.image import Image
from boxtui.model.network import Network
from boxtui.model.volume import Volume

_T = TypeVar("_T")
_STATES = {state.value: state for state in State}
# podman's own words for what docker calls otherwise
_STATES |= {
    "configured": State.CREATED,
    "initialized": State.CREATED,
    "stopped": State.EXITED,
    "stopping": State.RUNNING,
    "unknown": State.DEAD,
}
_HEALTH_IN_STATUS = re.compile(r"\((?:health: )?(healthy|unhealthy|starting)\)$")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?\s?(Z|[+-]\d\d:?\d\d)?(?:\s[A-Z]+)?\Z"
)
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_ANONYMOUS_LABEL = "com.docker.volume.anonymous"


def listed(what: str, answer: Any, parse: Callable[[Mapping[str, Any]], _T]) -> list[_T]:
    """Parse each entry of a list (null is an empty one); a wrong shape is one EngineError."""
    return [shaped(what, entry, parse) for entry in sequence(what, answer)]


def shaped(what: str, answer: Any, parse: Callable[[Mapping[str, Any]], _T]) -> _T:
    """Parse one object; a wrong shape is one EngineError."""
    try:
        return parse(answer)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _misshapen(what, f"{type(error).__name__}: {error}") from error


def sequence(what: str, answer: Any) -> Iterable[Any]:
    """Give the entries of a JSON list, null being an empty one."""
    if answer is None:
        return ()
    if not isinstance(answer, list):
        raise _misshapen(what, f"a list was expected, not {type(answer).__name__}")
    return answer


def _misshapen(what: str, reason: str) -> EngineError:
    return EngineError(
        f"the engine's answer about {what} makes no sense",
        reason=reason,
        hint="is this really a Docker engine?",
    )


def container_summary(entry: Mapping[str, Any]) -> Container:
    """One entry of GET /containers/json."""
    status = entry.get("Status") or ""
    settings = entry.get("NetworkSettings") or {}
    return Container(
        id=text(entry["Id"]),
        name=_own_name(entry.get("Names"), entry["Id"]),
        image=entry.get("Image") or "",
        image_id=_image_id(entry.get("ImageID")),
        state=_state(entry.get("State")),
        status=status,
        health=_summary_health(entry, status),
        created=datetime.fromtimestamp(int(entry.get("Created") or 0), UTC),
        ports=_summary_ports(entry.get("Ports") or ()),
        mounts=summary_mounts(entry.get("Mounts") or ()),
        networks=tuple(settings.get("Networks") or ()),
        labels=texts(entry.get("Labels")),
    )


def container(document: Mapping[str, Any]) -> Container:
    """GET /containers/ID/json, with details."""
    config = document.get("Config") or {}
    settings = document.get("NetworkSettings") or {}
    state = document.get("State") or {}
    phase = _state(state.get("Status"))
    return Container(
        id=text(document["Id"]),
        name=(document.get("Name") or document["Id"][:12]).lstrip("/"),
        image=config.get("Image") or "",
        image_id=_image_id(document.get("Image")),
        state=phase,
        status="",
        health=_health((state.get("Health") or {}).get("Status")),
        created=time(document.get("Created")) or datetime.fromtimestamp(0, UTC),
        ports=_port_map(settings.get("Ports") or {}),
        mounts=mounts(document),
        networks=tuple(settings.get("Networks") or ()),
        labels=texts(config.get("Labels")),
        details=_details(document, config, state, phase),
    )


def _details(
    document: Mapping[str, Any], config: Mapping[str, Any], state: Mapping[str, Any], phase: State
) -> Details:
    host = document.get("HostConfig") or {}
    return Details(
        started=time(state.get("StartedAt")),
        finished=time(state.get("FinishedAt")),
        exit_code=_exit_code(state, phase),
        oom_killed=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        restart_count=int(document.get("RestartCount") or 0),
        restart_policy=_restart_policy(host.get("RestartPolicy") or {}),
        auto_remove=bool(host.get("AutoRemove")),
        image_ref=config.get("Image") or "",
        pid=int(state.get("Pid") or 0) or None,
        user=config.get("User") or "",
        working_dir=config.get("WorkingDir") or "",
        hostname=config.get("Hostname") or "",
        command=(document.get("Path") or "", *(document.get("Args") or ())),
        environment=tuple(config.get("Env") or ()),
    )


def _exit_code(state: Mapping[str, Any], phase: State) -> int | None:
    code = state.get("ExitCode")
    if code is None or phase in {State.RUNNING, State.PAUSED}:
        return None
    if phase is State.CREATED and not code:
        # 0 without ever having run; a start that failed leaves its code here
        return None
    return int(code)


def _restart_policy(policy: Mapping[str, Any]) -> str:
    name = policy.get("Name") or "no"
    retries = int(policy.get("MaximumRetryCount") or 0)
    return f"{name}:{retries}" if name == "on-failure" and retries else str(name)


def info(
    document: Mapping[str, Any], *, api_version: str, endpoint: Endpoint, podman: bool
) -> EngineInfo:
    """GET /info, and by which way it was reached."""
    security = document.get("SecurityOptions") or ()
    return EngineInfo(
        id=document.get("ID") or "",
        name=document.get("Name") or "",
        version=document.get("ServerVersion") or "",
        api_version=api_version,
        host=endpoint.url,
        context=endpoint.context,
        root_dir=document.get("DockerRootDir") or "",
        storage_driver=document.get("Driver") or "",
        podman=podman,
        rootless=any("rootless" in option for option in security),
    )


def usage_entries(document: Mapping[str, Any]) -> Any:
    """The volumes in GET /system/df, before and from API 1.52."""
    if "Volumes" in document:
        return document["Volumes"]
    return (document.get("VolumeUsage") or {}).get("Items")


def processes(document: Mapping[str, Any]) -> list[tuple[int, str]]:
    """GET /containers/ID/top: the column PID, and the command line which is always the last."""
    column = list(document["Titles"]).index("PID")
    return [(int(row[column]), row[-1]) for row in document.get("Processes") or ()]


def volume(document: Mapping[str, Any]) -> Volume:
    """Give one entry of GET /volumes, or GET /volumes/NAME."""
    labels = texts(document.get("Labels"))
    usage = document.get("UsageData") or {}
    size = usage.get("Size")
    return Volume(
        name=text(document["Name"]),
        driver=document.get("Driver") or "local",
        mountpoint=document.get("Mountpoint") or "",
        created=time(document.get("CreatedAt")),
        anonymous=_ANONYMOUS_LABEL in labels
        or bool(document.get("Anonymous"))
        or _HEX64.match(document["Name"]) is not None,
        scope=document.get("Scope") or "local",
        labels=labels,
        options=texts(document.get("Options")),
        bytes=int(size) if size is not None and int(size) >= 0 else None,
    )


def image(entry: Mapping[str, Any]) -> Image:
    """One entry of GET /images/json."""
    created = entry.get("Created")
    return Image(
        id=_image_id(text(entry["Id"])),
        tags=_named(entry.get("RepoTags")),
        digests=_named(entry.get("RepoDigests")),
        created=datetime.fromtimestamp(int(created), UTC) if created else None,
        size=int(entry.get("Size") or 0),
        labels=texts(entry.get("Labels")),
    )


def network(entry: Mapping[str, Any]) -> Network:
    """One entry of GET /networks."""
    return Network(
        id=text(entry["Id"]),
        name=entry.get("Name") or "",
        driver=entry.get("Driver") or "",
        scope=entry.get("Scope") or "local",
        internal=bool(entry.get("Internal")),
        labels=texts(entry.get("Labels")),
    )


def event(entry: Mapping[str, Any]) -> EngineEvent:
    """One line of GET /events."""
    actor = entry.get("Actor") or {}
    seconds = int(entry.get("time") or 0)
    return EngineEvent(
        kind=entry.get("Type") or "",
        action=entry.get("Action") or entry.get("status") or "",
        id=actor.get("ID") or entry.get("id") or "",
        time_ns=int(entry.get("timeNano") or seconds * 1_000_000_000),
        attributes=texts(actor.get("Attributes")),
    )


def time(told: str | None) -> datetime | None:
    """An RFC 3339 time with any number of decimals; Go's zero time and nonsense are None."""
    match = _TIME.match(told or "")
    if match is None or match[1].startswith("0001-"):
        return None
    moment, fraction, zone = match.groups()
    zone = "+00:00" if zone in {None, "Z"} else zone
    micro = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{moment}.{micro}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def text(value: Any) -> str:
    """Insist on a string where everything else hangs on it."""
    if not isinstance(value, str):
        raise TypeError(f"a string was expected, not {type(value).__name__}")
    return value


def texts(value: Any) -> Mapping[str, str]:
    """Labels and their like; null is none of them."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, not {type(value).__name__}")
    return value


def _own_name(names: Iterable[str] | None, container_id: str) -> str:
    # a linked container is listed under its alias in the other one too: /other/alias
    for name in names or ():
        if "/" not in name[1:]:
            return name.removeprefix("/")
    return container_id[:12]


def _image_id(told: str | None) -> str:
    # podman leaves the algorithm out
    return f"sha256:{told}" if told and _HEX64.match(told) else told or ""


def _state(told: str | None) -> State:
    return _STATES.get((told or "").lower(), State.DEAD)


def _health(told: str | None) -> Health:
    return Health(told) if told in {"starting", "healthy", "unhealthy"} else Health.NONE


def _summary_health(entry: Mapping[str, Any], status: str) -> Health:
    told = entry.get("Health")  # from API 1.52
    if isinstance(told, dict) and told.get("Status"):
        return _health(told["Status"])
    if not status.endswith(")"):
        return Health.NONE
    match = _HEALTH_IN_STATUS.search(status)
    return _health(match[1]) if match else Health.NONE


def _summary_ports(entries: Iterable[Mapping[str, Any]]) -> tuple[Port, ...]:
    return tuple(
        Port(
            host_ip=entry.get("IP") or None,
            host_port=entry.get("PublicPort") or None,
            container_port=int(entry["PrivatePort"]),
            protocol=entry.get("Type") or "tcp",
        )
        for entry in entries
    )


def _port_map(ports: Mapping[str, Any]) -> tuple[Port, ...]:
    found = []
    for exposed, bindings in ports.items():
        number, _, protocol = exposed.partition("/")
        found += [
            Port(
                host_ip=(binding or {}).get("HostIp") or None,
                host_port=int((binding or {}).get("HostPort") or 0) or None,
                container_port=int(number),
                protocol=protocol or "tcp",
            )
            for binding in bindings or [None]
        ]
    return tuple(found)


def _named(entries: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(e for e in entries or () if not e.startswith("<none>"))
