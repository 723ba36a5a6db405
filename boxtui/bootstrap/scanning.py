"""A scan as both front ends ask for it: the last one where it still holds, else a new one."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from boxtui import persistence
from boxtui.config import Config
from boxtui.errors import InternalError, NoSpaceError
from boxtui.model.container import Container
from boxtui.model.ports import Engine
from boxtui.model.reference import find_box
from boxtui.model.scan import ScanResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxtui.bootstrap.core import Core


def options_of(
    config: Config,
    *,
    allow_exec: bool = False,
    allow_helper: bool = False,
    want_files: bool = False,
) -> persistence.ScanOptions:
    """What a scan may do, with what the user's configuration says of paths."""
    rows = (
        row
        for path in config.paths
        for row in persistence.own_row(path.pattern, path.kind, path.severity, path.what)
    )
    return persistence.ScanOptions(
        allow_exec=allow_exec,
        allow_helper=allow_helper,
        want_files=want_files,
        rows=tuple(rows),
        accepted=config.accept,
    )


def scan(
    core: "Core",
    reference: str,
    options: persistence.ScanOptions,
    *,
    fresh: bool,
    progress: "Callable[[int], None]",
    cancel: threading.Event | None,
) -> ScanResult:
    """The map of a box; a new one is remembered, with the verdict it led to."""
    everything = core.engine.list_containers()
    core.observe(everything)
    box = find_box(everything, reference)
    return scan_one(core, box.id, options, fresh=fresh, progress=progress, cancel=cancel)


def scan_one(
    core: "Core",
    box: str,
    options: persistence.ScanOptions,
    *,
    fresh: bool = False,
    progress: "Callable[[int], None]" = lambda _count: None,
    cancel: threading.Event | None = None,
) -> ScanResult:
    """The same of one box by its id; nothing else of the engine is read."""
    container = core.engine.inspect_container(box)
    if not fresh and not options.want_files:
        known = core.last_scan(container.id)
        if (
            known is not None
            and not _outdone(known, options)
            and _holds(core.engine, known, container)
        ):
            return replace(known, container_name=container.name)
    result = persistence.scan(core.engine, container, options, progress=progress, cancel=cancel)
    badge = persistence.badge_of_scan(result)
    try:
        core.history.save_scan(
            core.info.key, replace(result, files=None), badge, image_id=container.image_id
        )
    except (InternalError, NoSpaceError) as error:
        # the map is what was asked for: it must not fail for want of a note about it
        core.say(f"{error.message} ({error.reason}): this scan is not remembered")
    return result


def _outdone(known: ScanResult, options: persistence.ScanOptions) -> bool:
    """Whether a route that may be taken now could see what the last one could not."""
    if known.knowledge != options.knowledge:
        return True  # the user has changed what is known of paths
    if options.allow_exec and persistence.unmeasured(known.entries):
        return True
    return not known.complete and (options.allow_exec or options.allow_helper)


def _holds(engine: Engine, known: ScanResult, container: Container) -> bool:
    """Whether nothing tells that the box has changed since."""
    details = container.details
    moments = (details.started, details.finished) if details else ()
    if any(moment is not None and moment > known.scanned_at for moment in moments):
        return False
    return known.written_bytes == persistence.written_bytes(engine, container.id)
