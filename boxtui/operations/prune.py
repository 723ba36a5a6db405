"""Pruning with its victims listed first: exactly those go, by id, and never one more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from boxtui.errors import InUseError
from boxtui.formatting import size
from boxtui.model.container import Container, State
from boxtui.model.image import Image
from boxtui.model.network import Network
from boxtui.model.operation import Losses, Needs, Plan, PlannedStep
from boxtui.model.ports import Engine
from boxtui.model.scan import ScanResult
from boxtui.model.volume import Volume
from boxtui.operations.execution import InProcess
from boxtui.operations.losses import losses_of, needs_for

_STANDING = frozenset({"bridge", "host", "none", "ingress", "docker_gwbridge", "podman"})
"""Networks that the engine makes by itself."""

_OVER = frozenset({State.CREATED, State.EXITED, State.DEAD})


@dataclass(frozen=True, slots=True)
class Victim:
    """One object that goes, and the call that removes it if it is still what was listed."""

    id: str
    label: str
    act: Callable[[Engine], None]


def prune_containers(
    containers: Iterable[Container], *, scans: Mapping[str, ScanResult]
) -> InProcess:
    """Remove the containers that have ended or never ran; `scans` by id, where there are any."""
    ended = [c for c in containers if c.state in _OVER and not c.temporary]
    needs = Needs.YES
    for container in ended:
        if needs_for(losses_of(scans.get(container.id))) is Needs.NAME:
            needs = Needs.NAME
    victims = [
        Victim(c.id, f"{c.name} ({c.status})", partial(_remove_ended, container_id=c.id))
        for c in ended
    ]
    known = [losses_of(scans[c.id]) for c in ended if c.id in scans]
    whole = len(known) == len(ended)
    losses = Losses(
        bytes=sum(k.bytes or 0 for k in known) if whole else None,
        files=sum(k.files or 0 for k in known) if whole else None,
        paths=tuple(f"{c.name}:{p}" for c in ended for p in _worst(scans.get(c.id))),
    )
    return _prune("containers", victims, needs, losses)


def prune_images(images: Iterable[Image], *, used: Iterable[str]) -> InProcess:
    """Remove the images without a tag that no container was made from; `used` are image ids."""
    in_use = set(used)
    victims = [
        Victim(i.id, f"{i.id.removeprefix('sha256:')[:12]} {size(i.size)}", partial(_drop, i.id))
        for i in images
        if i.dangling and i.id not in in_use
    ]
    return _prune("images", victims, Needs.YES, Losses())


def prune_volumes(
    volumes: Iterable[Volume], *, used: Iterable[str], anonymous_only: bool = True
) -> InProcess:
    """Remove the volumes that no container, running or not, mounts; `used` are their names."""
    in_use = set(used)
    chosen = [v for v in volumes if v.name not in in_use and (v.anonymous or not anonymous_only)]
    victims = [
        Victim(v.name, f"{v.name} {size(v.bytes)}", partial(_drop_volume, v)) for v in chosen
    ]
    sizes = [v.bytes for v in chosen]
    known = None if None in sizes else sum(b or 0 for b in sizes)
    losses = Losses(bytes=known, files=0 if known == 0 else None)
    needs = Needs.YES if known == 0 else Needs.NAME
    return _prune("volumes", victims, needs, losses)


def prune_networks(networks: Iterable[Network], *, used: Iterable[str]) -> InProcess:
    """Remove the networks made by someone that no container, running or not, is in."""
    in_use = set(used)
    victims = [
        Victim(n.id, n.name, partial(_drop_network, n))
        for n in networks
        if n.name not in _STANDING and n.name not in in_use and n.scope == "local"
    ]
    return _prune("networks", victims, Needs.YES, Losses())


def _prune(what: str, victims: Sequence[Victim], needs: Needs, losses: Losses) -> InProcess:
    plan = Plan(
        kind="prune",
        object_kind="engine",
        object_id=what,
        object_name=what,
        steps=tuple(PlannedStep(f"remove {v.id}", f"remove {v.label}") for v in victims),
        needs=needs if victims else Needs.NONE,
        loses=losses if victims else Losses(),
        irreversible_from=f"remove {victims[0].id}" if victims else None,
    )
    return InProcess(plan, tuple(v.act for v in victims), independent=True)


def _worst(scan: ScanResult | None) -> tuple[str, ...]:
    return losses_of(scan).paths[:3]


def _remove_ended(engine: Engine, *, container_id: str) -> None:
    # without force the engine itself refuses one that has been started since
    engine.remove_container(container_id)


def _drop(image_id: str, engine: Engine) -> None:
    tags = engine.raw("image", image_id).get("RepoTags") or []
    if tags:
        raise InUseError(f"image {image_id[:19]} has been tagged {tags[0]} since it was listed")
    engine.remove_image(image_id)


def _drop_volume(volume: Volume, engine: Engine) -> None:
    # a volume's only identity is its name: another one may have taken it since
    now = next((v for v in engine.list_volumes() if v.name == volume.name), None)
    if now is None or now.created != volume.created:
        raise InUseError(f"volume {volume.name} is not the one that was listed")
    engine.remove_volume(volume.name)


def _drop_network(network: Network, engine: Engine) -> None:
    # the engine lets a network go while a stopped container still belongs to it
    belongs = [c.name for c in engine.list_containers() if network.name in c.networks]
    if belongs:
        raise InUseError(f"network {network.name} is now used by {', '.join(sorted(belongs))}")
    engine.remove_network(network.id)
