"""What a change touches beside the box: its processes, and the containers that lean on it."""

import shlex
from collections.abc import Iterator, Mapping

from boxtui.errors import EngineError, NotFoundError, UnsupportedError
from boxtui.model.container import Container
from boxtui.model.operation import Process
from boxtui.model.ports import JSON, Engine

_SHARED = ("NetworkMode", "PidMode", "IpcMode", "UTSMode")


def processes_of(engine: Engine, box: Container) -> tuple[Process, ...]:
    """List what runs in the box and will end."""
    if not box.running:
        return ()
    try:
        found = engine.processes(box.id)
    except EngineError:
        return ()  # it has ended meanwhile, or is between two restarts
    return tuple(Process(pid, _argv(line)) for pid, line in found)


def terminals_of(engine: Engine, document: JSON) -> int | None:
    """Count the terminals that programs started beside the box's own have open."""
    count = 0
    for exec_id in document.get("ExecIDs") or []:
        try:
            told = engine.raw("exec", exec_id)
        except NotFoundError:
            continue
        count += bool(told.get("Running") and (told.get("ProcessConfig") or {}).get("tty"))
    return count


def dependents_of(engine: Engine, box: Container) -> tuple[str, ...]:
    """Name the containers that use this one's namespaces, volumes or links."""
    found = []
    for other in engine.list_containers():
        if other.id == box.id or other.temporary:
            continue
        try:
            document = engine.raw("container", other.id)
        except NotFoundError:
            continue
        if any(_means(ref, box) for ref in _references(document["HostConfig"])):
            found.append(other.name)
    return tuple(sorted(found))


def borrowed_targets(engine: Engine, document: JSON) -> frozenset[str]:
    """Give the targets of the mounts that come from other containers (VolumesFrom)."""
    targets = set()
    for ref in document["HostConfig"].get("VolumesFrom") or []:
        other = engine.raw("container", ref.partition(":")[0])
        targets |= {m["Destination"] for m in other.get("Mounts") or []}
    return frozenset(targets)


def with_living_parents(engine: Engine, document: JSON, successors: Mapping[str, str]) -> JSON:
    """Have a box share the namespaces of what has taken the place of a container that is gone.

    `successors` tells which container boxtui put in the place of which. Raises UnsupportedError
    where nobody knows what became of a parent.
    """
    host = dict(document["HostConfig"])
    for key in _SHARED:
        kind, _, ref = str(host.get(key) or "").partition(":")
        if kind == "container":
            host[key] = f"container:{_living(engine, ref, key, successors)}"
    return {**document, "HostConfig": host}


def _living(engine: Engine, ref: str, key: str, successors: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while ref not in seen:
        seen.add(ref)
        try:
            engine.raw("container", ref)
        except NotFoundError:
            ref = successors.get(ref, ref)
        else:
            return ref
    raise UnsupportedError(
        f"it shares the {key.removesuffix('Mode').lower()} namespace of a container that is gone",
        reason=f"no container {ref[:12]}, and no operation of boxtui's that replaced it",
        hint="make it anew by hand, with the container that it shall share with",
    )


def _references(host: JSON) -> Iterator[str]:
    for key in _SHARED:
        kind, _, ref = str(host.get(key) or "").partition(":")
        if kind == "container":
            yield ref
    for ref in host.get("VolumesFrom") or []:
        yield ref.partition(":")[0]
    for link in host.get("Links") or []:
        yield link.partition(":")[0].lstrip("/")


def _means(ref: str, box: Container) -> bool:
    return ref == box.name or (len(ref) >= 12 and box.id.startswith(ref))


def _argv(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line))
    except ValueError:
        # a command line is told as one string: quotes in it need not match
        return tuple(line.split())
