"""Gathers the facts that the rules are given, and scans what was not scanned yet."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from boxtui import findings, persistence
from boxtui.bootstrap import scanning
from boxtui.bootstrap.listing import users
from boxtui.errors import BoxtuiError, NoEngineError, NotFoundError
from boxtui.model.container import Container
from boxtui.model.finding import Finding
from boxtui.model.image import names, tag_moved
from boxtui.model.mount import MountKind
from boxtui.model.reference import find_box
from boxtui.model.scan import ScanResult

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core

_AT_ONCE = 8


def audit(core: "Core", references: Sequence[str], *, scan: bool = True) -> list[Finding]:
    """The findings on these boxes, or on all that the engine holds.

    `scan`: boxes without a scan that still holds are scanned, by routes that need no consent.
    """
    engine = core.engine
    everything = engine.list_containers()
    core.observe(everything)
    known = [c for c in everything if not c.temporary]
    wanted = [find_box(everything, reference) for reference in references] or known
    options = scanning.options_of(core.settings.config, allow_exec=core.settings.allow_exec)
    scans = {c.id: _scan(core, c, options, scan=scan) for c in wanted}
    volumes = engine.list_volumes()
    named = names(engine.list_images())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        facts = list(pool.map(lambda c: _facts(core, c, scans[c.id], named), wanted))
    estate = findings.Estate(
        boxes=tuple(box for box in facts if box is not None),
        containers=tuple(everything),
        volumes=() if references else tuple(volumes),
        users={volume: tuple(boxes) for volume, boxes in users(everything).items()},
    )
    return findings.audit(estate, _settings(core))


def _settings(core: "Core") -> findings.RuleSettings:
    told = core.settings.config.findings
    return findings.RuleSettings(
        told.severity,
        tuple(findings.Silence(s.rule, s.name, s.reason) for s in told.silence),
    )


def _scan(
    core: "Core", container: Container, options: persistence.ScanOptions, *, scan: bool
) -> ScanResult | None:
    if not scan:
        return core.last_scan(container.id)
    try:
        return scanning.scan_one(core, container.id, options)
    except (NoEngineError, NotFoundError):
        raise
    except BoxtuiError as error:
        # one box that cannot be read must not hide what is wrong with the others
        core.say(f"{container.name} could not be scanned: {error.message}")
        return core.last_scan(container.id)


def _facts(
    core: "Core", listed: Container, scan: ScanResult | None, named: Mapping[str, str]
) -> findings.BoxFacts | None:
    try:
        container = core.engine.inspect_container(listed.id)
    except NotFoundError:
        return None
    layers, environment = _image(core, container)
    rows = scan.entries if scan else persistence.mount_rows(core.engine, container)
    return findings.BoxFacts(
        container=container,
        mounts=tuple(row for row in rows if row.kind is not None),
        scan=scan,
        tag_moved=tag_moved(container, named),
        layers=layers,
        image_environment=environment,
        missing_sources=tuple(_missing(core, container)),
    )


def _image(core: "Core", container: Container) -> tuple[int | None, tuple[str, ...]]:
    try:
        document = core.engine.raw("image", container.image_id)
    except NotFoundError:
        return None, ()
    layers = (document.get("RootFS") or {}).get("Layers")
    environment = (document.get("Config") or {}).get("Env") or ()
    return None if layers is None else len(layers), tuple(environment)


def _missing(core: "Core", container: Container) -> Iterable[str]:
    # only on the engine's own host can one look
    if not core.info.host.startswith("unix://") or core.info.rootless:
        return
    for mount in container.mounts:
        if mount.kind is MountKind.BIND and mount.source and _gone(mount.source):
            yield mount.source


def _gone(source: str) -> bool:
    try:
        return not Path(source).exists()
    except OSError:
        return False  # may not look: nobody knows
