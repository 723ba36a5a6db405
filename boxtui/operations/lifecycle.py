"""One-step changes of containers: start, stop, restart, pause, kill, rename, restart policy.

Each builder takes what the screen knows of the container and returns a change that carries out
one call of the engine. What a step would end or lose is said in its plan.
"""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from boxtui.errors import UnsupportedError, UsageError
from boxtui.model.container import TEMPORARY_MARK, Container, State
from boxtui.model.mount import MountKind
from boxtui.model.operation import Losses, Needs, Plan, PlannedStep, Process
from boxtui.model.ports import Engine
from boxtui.model.scan import ScanResult
from boxtui.operations.execution import InProcess
from boxtui.operations.losses import losses_of, needs_for

SIGNALS = ("TERM", "INT", "HUP", "QUIT", "KILL", "USR1", "USR2", "STOP", "CONT", "WINCH")
"""Offered first; the engine takes every other name or number too."""

POLICIES = ("no", "always", "unless-stopped", "on-failure")

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_SIGNAL = re.compile(r"(SIG)?[A-Z][A-Z0-9+-]*|[0-9]{1,2}")
_POLICY = re.compile(r"(no|always|unless-stopped|on-failure(:(?P<count>[0-9]{1,9}))?)")

SWARM_LABEL = "com.docker.swarm.task.id"
KUBERNETES_LABEL = "io.kubernetes.pod.name"


class Action(StrEnum):
    """What can be asked of one container in one step."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    KILL = "kill"
    RENAME = "rename"
    POLICY = "restart-policy"
    REMOVE = "remove"


_ENDABLE = frozenset({State.RUNNING, State.RESTARTING, State.PAUSED})
_STARTABLE = frozenset({State.CREATED, State.EXITED})
_WHEN = {
    Action.START: _STARTABLE,
    Action.STOP: _ENDABLE,
    Action.RESTART: _ENDABLE | _STARTABLE,
    Action.PAUSE: frozenset({State.RUNNING}),
    Action.UNPAUSE: frozenset({State.PAUSED}),
    Action.KILL: _ENDABLE,
}


def valid_actions(container: Container) -> frozenset[Action]:
    """What makes sense now, in the state that the container is in."""
    fits = {a for a in Action if container.state in _WHEN.get(a, {container.state})}
    if container.state is State.REMOVING:
        return frozenset()
    if scheduled_by(container) is not None:
        fits.discard(Action.RENAME)
    return frozenset(fits)


def scheduled_by(container: Container) -> str | None:
    """Name the scheduler that owns the container and would replace it; None where nobody does."""
    if SWARM_LABEL in container.labels:
        return "Swarm"
    return "Kubernetes" if KUBERNETES_LABEL in container.labels else None


def start(container: Container) -> InProcess:
    return _change(container, Action.START, "start it", lambda e: e.start(container.id))


def pause(container: Container) -> InProcess:
    text = "freeze every process in it"
    return _change(container, Action.PAUSE, text, lambda e: e.pause(container.id))


def unpause(container: Container) -> InProcess:
    text = "let its processes run on"
    return _change(container, Action.UNPAUSE, text, lambda e: e.unpause(container.id))


def stop(
    container: Container,
    *,
    timeout: int | None = None,
    processes: Sequence[Process] = (),
    scan: ScanResult | None = None,
) -> InProcess:
    """Stop it as it asks to be stopped; `timeout` in seconds overrides the container's own."""
    return _ending(
        container,
        Action.STOP,
        "ask it to stop, and kill it when its time is over",
        lambda e: e.stop(container.id, timeout=timeout),
        processes=processes,
        losses=_losses_at_end(container, scan),
    )


def restart(
    container: Container, *, timeout: int | None = None, processes: Sequence[Process] = ()
) -> InProcess:
    return _ending(
        container,
        Action.RESTART,
        "stop it and start it again; its files stay",
        lambda e: e.restart(container.id, timeout=timeout),
        processes=processes,
        losses=Losses(),
    )


def kill(
    container: Container,
    signal: str = "KILL",
    *,
    processes: Sequence[Process] = (),
    scan: ScanResult | None = None,
) -> InProcess:
    """Send a signal, by name or number, to its first process."""
    if not _SIGNAL.fullmatch(signal.upper()):
        raise UsageError(f"{signal!r} is no signal", hint=f"such as {', '.join(SIGNALS[:5])}")
    return _ending(
        container,
        Action.KILL,
        f"send {signal.upper()} to its first process",
        lambda e: e.kill(container.id, signal.upper()),
        processes=processes,
        losses=_losses_at_end(container, scan),
    )


def rename(container: Container, name: str) -> InProcess:
    if not _NAME.fullmatch(name) or TEMPORARY_MARK in name:
        raise UsageError(
            f"{name!r} cannot be a container's name",
            hint=f"letters, digits, _ . and -, two at least, without {TEMPORARY_MARK}",
        )
    if owner := scheduled_by(container):
        raise UnsupportedError(f"{container.name} belongs to {owner}, which goes by its name")
    warnings = ["links and DNS answer to the new name only, at once"]
    if container.project:
        warnings.append("compose knows the box by its labels, and gives it its own name back")
    return _change(
        container,
        Action.RENAME,
        f"call it {name}",
        lambda e: e.rename(container.id, name),
        warnings=tuple(warnings),
    )


def restart_policy(container: Container, policy: str) -> InProcess:
    """Change the policy without a restart; `policy` is one of POLICIES or on-failure:N."""
    match = _POLICY.fullmatch(policy)
    if not match:
        raise UsageError(f"{policy!r} is no restart policy", hint=f"one of {', '.join(POLICIES)}")
    if container.details is not None and container.details.auto_remove and policy != "no":
        raise UnsupportedError(
            f"{container.name} is removed when it stops (--rm), so it cannot restart"
        )
    body = {
        "Name": policy.partition(":")[0],
        "MaximumRetryCount": int(match.group("count") or 0),
    }
    return _change(
        container,
        Action.POLICY,
        f"set its restart policy to {policy}",
        lambda e: e.update(container.id, {"RestartPolicy": body}),
    )


def tmpfs_warnings(container: Container) -> tuple[str, ...]:
    """Say which mounts are emptied when the container stops."""
    emptied = [m.target for m in container.mounts if m.kind is MountKind.TMPFS]
    return (f"what lies in memory is lost: {', '.join(emptied)}",) if emptied else ()


def _losses_at_end(container: Container, scan: ScanResult | None) -> Losses:
    """Nothing, but for a box that the engine removes as soon as it stops."""
    gone = container.details is not None and container.details.auto_remove
    return losses_of(scan) if gone else Losses()


def _ending(
    container: Container,
    action: Action,
    text: str,
    act: Callable[[Engine], None],
    *,
    processes: Sequence[Process],
    losses: Losses,
) -> InProcess:
    """Build a change that ends the container's processes."""
    warnings = list(tmpfs_warnings(container))
    removed = container.details is not None and container.details.auto_remove
    if removed and action is not Action.RESTART:
        warnings.append("it was made with --rm: once it stops, the engine removes it")
    return _change(
        container,
        action,
        text,
        act,
        needs=Needs.YES if losses == Losses() else needs_for(losses),
        processes=tuple(processes),
        losses=losses,
        warnings=tuple(warnings),
    )


def _change(
    container: Container,
    action: Action,
    text: str,
    act: Callable[[Engine], None],
    *,
    needs: Needs = Needs.NONE,
    processes: tuple[Process, ...] = (),
    losses: Losses | None = None,
    warnings: tuple[str, ...] = (),
) -> InProcess:
    plan = Plan(
        kind=action.value,
        object_kind="container",
        object_id=container.id,
        object_name=container.name,
        steps=(PlannedStep(action.value, text),),
        needs=needs,
        loses=losses or Losses(),
        processes=processes,
        warnings=warnings,
    )
    return InProcess(plan, (act,))
