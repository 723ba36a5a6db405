"""Recreate: a new container from the same, a newer or another image, configured as the old one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boxtui.errors import CancelledError, NotFoundError, UnsupportedError
from boxtui.model.container import BASE_ID_LABEL, BASE_REF_LABEL, Container, State
from boxtui.model.host import EngineInfo
from boxtui.model.operation import BytesProgress, Disk, Losses, Plan, PlannedStep
from boxtui.model.ports import JSON, Engine
from boxtui.model.scan import ScanResult
from boxtui.operations import steps, swap
from boxtui.operations.body import Body, create_body
from boxtui.operations.execution import new_operation_id
from boxtui.operations.intent import masked, merged
from boxtui.operations.journal import successors
from boxtui.operations.launch import Transaction
from boxtui.operations.lifecycle import scheduled_by
from boxtui.operations.losses import losses_of, needs_for
from boxtui.operations.runner import Order
from boxtui.operations.surroundings import (
    borrowed_targets,
    dependents_of,
    processes_of,
    terminals_of,
    with_living_parents,
)
from boxtui.operations.trace import Trace, whoami
from boxtui.operations.work import Step, Work

COMPOSE_IMAGE_LABEL = "com.docker.compose.image"

GRACE = 3.0
"""Seconds that a box without a health check must run on before it counts as well."""

_STOP_TIMEOUT = 10
_USUAL_DOWNTIME = 1.0


@dataclass(frozen=True, slots=True)
class RecreateOptions:
    """What is asked for beyond "the same again"."""

    image: str | None = None
    pull: bool = False
    grace: float = GRACE


@dataclass(frozen=True, slots=True)
class Target:
    """The image that the new container is made from."""

    ref: str
    id: str | None
    """None while it has yet to be pulled."""
    config: JSON
    warnings: tuple[str, ...] = ()


def plan_recreate(
    engine: Engine,
    box: Container,
    options: RecreateOptions,
    *,
    scan: ScanResult | None,
    info: EngineInfo,
    state_dir: Path,
) -> Transaction:
    """Plan it: only reads. `scan` is the box's last; None makes its losses unknown."""
    refuse_unchangeable(box)
    old = engine.raw("container", box.id)
    target = _target(engine, old, options)
    base, base_warnings = base_config(engine, old)
    body = create_body(
        with_living_parents(engine, old, successors(state_dir)),
        base,
        image=target.ref,
        api=info.api_version,
        borrowed=borrowed_targets(engine, old),
    )
    if options.image is None and target.id is not None:
        _follow_in_compose(body, target.id)
    trace = trace_for(old, "recreate", image_id=target.id, grace=options.grace)
    chosen = _steps(trace, body, pull=options.pull)
    losses = losses_of(scan if scan and scan.container_id == box.id else None)
    dependents = dependents_of(engine, box)
    plan = Plan(
        kind="recreate",
        object_kind="container",
        object_id=box.id,
        object_name=box.name,
        steps=tuple(s.planned for s in chosen),
        needs=needs_for(losses),
        loses=losses,
        processes=processes_of(engine, box),
        terminals=terminals_of(engine, old),
        before=masked(old),
        after=masked(expected(old, body, target)),
        disk=Disk(needed=0, free=None),
        downtime_s=_USUAL_DOWNTIME if trace.was_running else 0.0,
        dependents=dependents,
        warnings=(*target.warnings, *base_warnings, *_warnings(old, losses, dependents)),
        irreversible_from=steps.REMOVE_OLD.name,
    )
    order = order_for(trace, chosen, body, info=info, state_dir=state_dir)
    pulled = {"pull": target.ref} if options.pull else {}
    follows = {"follow": options.image is None}
    return Transaction(plan, replace(order, options={**pulled, **follows, "seen": swap.sight(old)}))


def planned_body(engine: Engine, old: JSON, new: JSON, *, api: str) -> Body:
    """Work out again what the new container was made from, where the runner that knew is gone."""
    base, _ = base_config(engine, old)
    image = new["Config"]["Image"]
    borrowed = borrowed_targets(engine, old)
    # what it shares was settled when it was made
    parents = {k: new["HostConfig"].get(k) for k in ("NetworkMode", "PidMode", "IpcMode")}
    old = {**old, "HostConfig": {**old["HostConfig"], **parents}}
    body = create_body(old, base, image=image, api=api, borrowed=borrowed)
    if (new["Config"].get("Labels") or {}).get(COMPOSE_IMAGE_LABEL) == new["Image"]:
        _follow_in_compose(body, new["Image"])
    return body


def refuse_unchangeable(box: Container) -> None:
    """Raise UnsupportedError for boxes that others own, or that do not outlive a stop."""
    owner = scheduled_by(box)
    if owner == "Swarm":
        service = box.labels.get("com.docker.swarm.service.name", "SERVICE")
        raise UnsupportedError(
            f"{box.name} is a task of Swarm, which would replace it",
            hint=f"docker service update --force {service}",
        )
    if owner:
        raise UnsupportedError(
            f"{box.name} belongs to {owner}, which would replace it",
            hint="change its deployment with kubectl",
        )
    if box.details is not None and box.details.auto_remove:
        raise UnsupportedError(
            f"{box.name} was made with --rm: stopping deletes it, so there is no way back"
        )
    if box.state is State.PAUSED:
        raise UnsupportedError(f"{box.name} is paused", hint="unpause it first")
    if box.state in {State.REMOVING, State.DEAD}:
        raise UnsupportedError(f"{box.name} is {box.state.value}: there is nothing to go back to")


def base_config(engine: Engine, old: JSON) -> tuple[JSON, tuple[str, ...]]:
    """Give the Config of the image that the box was first made from; a warning if it is gone."""
    base = (old["Config"].get("Labels") or {}).get(BASE_ID_LABEL) or old["Image"]
    for ref in (base, old["Image"]):
        try:
            return engine.raw("image", ref).get("Config") or {}, ()
        except NotFoundError:
            continue
    return {}, ("its image is gone: what came from it is kept as if it had been set by hand",)


def trace_for(old: JSON, kind: str, *, image_id: str | None, grace: float) -> Trace:
    """Say what the engine shall know of an operation on this container."""
    return Trace(
        operation=new_operation_id(),
        kind=kind,
        box=str(old["Name"]).lstrip("/"),
        old_id=old["Id"],
        who=whoami(),
        since=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        policy=old["HostConfig"]["RestartPolicy"],
        was_running=bool(old["State"]["Running"]),
        stop_timeout=_stop_timeout(old),
        grace=grace,
        image_id=image_id,
    )


def order_for(
    trace: Trace, chosen: Sequence[Step], body: Body | None, *, info: EngineInfo, state_dir: Path
) -> Order:
    """Address an order to the runner: by context where one was used, else by host."""
    return Order(
        state_dir=str(state_dir),
        host=None if info.context else info.host,
        context=info.context,
        trace=trace,
        steps=tuple(s.name for s in chosen),
        body=body,
        options={},
    )


def expected(old: JSON, body: Body, target: Target) -> JSON:
    """Say what inspect will show of the new container, in its own shape."""
    sent = {k: v for k, v in body.create.items() if k not in {"HostConfig", "NetworkingConfig"}}
    now = body.create["NetworkingConfig"].get("EndpointsConfig") or {}
    return {
        "Name": old["Name"],
        "Image": target.id,
        "Config": merged(sent, target.config),
        "HostConfig": body.create["HostConfig"],
        "NetworkSettings": {"Networks": {**now, **body.connect}},
    }


def _target(engine: Engine, old: JSON, options: RecreateOptions) -> Target:
    labels = old["Config"].get("Labels") or {}
    ref = options.image or labels.get(BASE_REF_LABEL) or old["Config"]["Image"]
    try:
        return _known(engine.raw("image", ref), ref)
    except NotFoundError as error:
        if options.pull:
            return Target(ref, None, {})
        if options.image is not None:
            raise NotFoundError(
                f"no image {ref} on this engine", reason=error.reason, hint="add --pull to fetch it"
            ) from error
    same = labels.get(BASE_ID_LABEL) or old["Image"]
    found = _known(engine.raw("image", same), same)
    gone = f"the engine knows no {ref} any more: the same image is used again"
    return replace(found, warnings=(gone,))


def _known(document: JSON, ref: str) -> Target:
    return Target(ref, document["Id"], document.get("Config") or {})


def _follow_in_compose(body: Body, image_id: str) -> None:
    """Let compose find the image that it would have used itself, and so leave the box alone."""
    labels = body.create["Labels"]
    if COMPOSE_IMAGE_LABEL in labels:
        labels[COMPOSE_IMAGE_LABEL] = image_id


def _steps(trace: Trace, body: Body, *, pull: bool) -> tuple[Step, ...]:
    chosen = [steps.LOCK, *([PULL] if pull else []), steps.CREATE]
    chosen += [steps.CONNECT] if body.connect else []
    return (*chosen, steps.CHECK, *swap_steps(trace))


def swap_steps(trace: Trace) -> tuple[Step, ...]:
    """Give the steps from a checked new container to the end."""
    chosen = [steps.HOLD]
    chosen += [steps.STOP] if trace.was_running else []
    chosen += [steps.SET_ASIDE, steps.TAKE_NAME]
    chosen += [steps.START, steps.VERIFY] if trace.was_running else []
    return (*chosen, steps.REMOVE_OLD, steps.UNLOCK)


def _stop_timeout(old: JSON) -> int:
    told = old["Config"].get("StopTimeout")
    return _STOP_TIMEOUT if told is None else int(told)


def _warnings(old: JSON, losses: Losses, dependents: Sequence[str]) -> Iterator[str]:
    if losses.bytes is None:
        yield "nobody has scanned it: what it holds beyond its image, and would lose, is unknown"
    ports: dict[str, Any] = old["HostConfig"].get("PortBindings") or {}
    chosen = [p for p, hosts in ports.items() if any(not h.get("HostPort") for h in hosts or [])]
    if chosen or old["HostConfig"].get("PublishAllPorts"):
        yield "host ports that the engine chose will be others"
    if dependents:
        yield f"these lean on it: {', '.join(dependents)}; recreate those that share its namespaces"


def pull(work: Work) -> None:
    """Fetch the image; what compose is to know of it is known only now."""
    ref = str(work.options["pull"])
    sizes: dict[str, tuple[int, int]] = {}
    for line in work.engine.pull(ref):
        if work.cancel.asked.is_set():
            raise CancelledError("cancelled")
        detail = line.get("progressDetail") or {}
        if line.get("status") == "Downloading" and detail.get("total"):
            sizes[str(line.get("id"))] = (int(detail["current"]), int(detail["total"]))
            done, total = (sum(column) for column in zip(*sizes.values(), strict=True))
            work.report(BytesProgress(work.trace.operation, done, total))
    image_id = str(work.engine.raw("image", ref)["Id"])
    if work.body is not None and work.options.get("follow"):
        _follow_in_compose(work.body, image_id)


PULL = Step(PlannedStep("pull", "fetch the image"), pull)
