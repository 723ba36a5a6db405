"""Makes the demo's boxes on an engine, and takes them away; everything carries boxtui.demo=1."""

import itertools
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from boxtui.demo import contents, images
from boxtui.demo.archive import Entry, stream, with_folders
from boxtui.demo.progress import Report, silent
from boxtui.demo.story import BOXES, LABEL, LABELS, NETWORK, Box
from boxtui.errors import InUseError
from boxtui.model.container import Container, State
from boxtui.model.ports import Engine

_EVERYWHERE = ("home", "app", "var", "var/lib", "etc", "root", "srv", "state", "home/agent")
MEGABYTE = 1_000_000


def make(engine: Engine, folder: Path, report: Report = silent) -> list[str]:
    """Have all the boxes there, running where they are to run; their names.

    What is there already is left as it is; one that was left half made is made anew.
    """
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    there = _ours(engine)
    for name, container in list(there.items()):
        if container.state is State.CREATED:
            engine.remove_container(container.id, volumes=True, force=True)
            del there[name]
    missing = [box for box in BOXES if box.name not in there]
    if missing:
        _refuse_foreign(engine, missing)
        images.ensure(engine, folder, report)
        _ensure_network(engine)
    for number, box in enumerate(missing, start=1):
        report(f"box {number} of {len(missing)}: {box.name}")
        _make(engine, box, report)
    for box in BOXES:
        found = there.get(box.name)
        if found is not None and not found.running and box.lasts:
            report(f"starting {box.name}")
            engine.start(found.id)
    return [box.name for box in BOXES]


def missing(engine: Engine) -> list[Box]:
    """Give the boxes that a `make` would make."""
    there = _ours(engine)
    return [box for box in BOXES if box.name not in there or there[box.name].state is State.CREATED]


def clean(engine: Engine, report: Report = silent) -> list[str]:
    """Remove all that carries the demo's label; the names of the boxes removed."""
    gone = []
    for name, container in _ours(engine).items():
        report(f"removing box {name}")
        engine.remove_container(container.id, volumes=True, force=True)
        gone.append(name)
    for volume in engine.list_volumes():
        if _labelled(volume.labels):
            report(f"removing volume {volume.name}")
            try:
                engine.remove_volume(volume.name)
            except InUseError as error:
                report(f"volume {volume.name} stays: {error.reason or error.message}")
    for network in engine.list_networks():
        if _labelled(network.labels):
            engine.remove_network(network.id)
    images.remove(engine, report)
    return gone


def _ours(engine: Engine) -> dict[str, Container]:
    return {box.name: box for box in engine.list_containers() if _labelled(box.labels)}


def _labelled(labels: Mapping[str, str]) -> bool:
    return labels.get(LABEL) == "1"


def _refuse_foreign(engine: Engine, missing: list[Box]) -> None:
    taken = {box.name for box in engine.list_containers()} & {box.name for box in missing}
    if taken:
        raise InUseError(
            f"the engine has boxes of its own by the names {', '.join(sorted(taken))}",
            hint="rename them, or try the demo on another engine with -H",
        )


def _ensure_network(engine: Engine) -> None:
    if all(network.name != NETWORK for network in engine.list_networks()):
        labels = LABELS | {"com.docker.compose.project": "shop"}
        engine.create_network(NETWORK, labels=labels)


def _make(engine: Engine, box: Box, report: Report) -> None:
    for name in box.volumes:
        engine.create_volume(name, labels=LABELS)
    ref = engine.create_container(box.name, _body(box, engine.info().host))
    entries = contents.of_box(box.name, int(time.time()) - 86400)
    first = next(entries, None)
    if first is not None:
        filled = with_folders(itertools.chain([first], entries), (*contents.PREPARED, *_EVERYWHERE))
        engine.put_archive(ref, "/", stream(_counted(filled, report)))
    engine.start(ref)
    if box.then_stop:
        engine.stop(ref, timeout=2)


def _counted(entries: Iterator[Entry], report: Report) -> Iterator[Entry]:
    """Tell how far it is, every so many megabytes."""
    total = told = 0
    for files, entry in enumerate(entries, start=1):
        yield entry
        total += len(entry.content)
        if total - told >= 50 * MEGABYTE:
            told = total
            report(f"  {files} files, {total // MEGABYTE} MB written")


def _body(box: Box, host: str) -> dict[str, Any]:
    """Give the engine's own shape of a container."""
    policy, _, retries = box.restart.partition(":")
    body: dict[str, Any] = {
        "Image": images.reference(box.image),
        "Cmd": ["sh", "-c", box.script],
        "Env": [f"{key}={value}" for key, value in box.environment.items()],
        "Labels": LABELS | dict(box.labels),
        "User": box.user,
        "StopTimeout": 2,
        "Volumes": {target: {} for target in box.anonymous},
        "HostConfig": {
            "Mounts": _mounts(box, host),
            "RestartPolicy": {"Name": policy, "MaximumRetryCount": int(retries or 0)},
        },
    }
    if box.environment.get("HOME", "").startswith("/home/agent"):
        body["WorkingDir"] = "/state"
    if box.port is not None:
        port = f"{box.port}/tcp"
        body["ExposedPorts"] = {port: {}}
        body["HostConfig"]["PortBindings"] = {port: [{"HostIp": "127.0.0.1", "HostPort": ""}]}
    if box.health is not None:
        second = 1_000_000_000
        test = ["CMD-SHELL", box.health]
        body["Healthcheck"] = {"Test": test, "Interval": 60 * second, "Timeout": 5 * second}
    if box.network is not None:
        body["HostConfig"]["NetworkMode"] = box.network
        alias = {"Aliases": [box.labels["com.docker.compose.service"]]}
        body["NetworkingConfig"] = {"EndpointsConfig": {box.network: alias}}
    return body


def _mounts(box: Box, host: str) -> list[dict[str, Any]]:
    mounts: list[dict[str, Any]] = [
        {"Type": "volume", "Source": name, "Target": target} for name, target in box.volumes.items()
    ]
    if box.engine_socket:
        path = (
            host.removeprefix("unix://") if host.startswith("unix://") else "/var/run/docker.sock"
        )
        mounts.append({"Type": "bind", "Source": path, "Target": "/var/run/docker.sock"})
    return mounts
