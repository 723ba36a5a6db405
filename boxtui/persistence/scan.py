"""The map of one box: a route chosen, its names folded into entries, verdict and summary drawn."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from boxtui.model.container import Container
from boxtui.model.ports import Engine
from boxtui.model.scan import Entry, Method, ScanResult
from boxtui.persistence import entries, mounts, survival
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.classify import Classifier
from boxtui.persistence.closer import look_closer, measured
from boxtui.persistence.errand import Errand, Sight, Watch
from boxtui.persistence.flags import mark_siblings
from boxtui.persistence.fold import Fold
from boxtui.persistence.homes import homes
from boxtui.persistence.knowledge import Row, accepted, builtin, relocated
from boxtui.persistence.patterns import Patterns
from boxtui.persistence.route_diff import written_bytes
from boxtui.persistence.routes import Route, choose
from boxtui.persistence.summary import summary
from boxtui.persistence.verdict import at_risk

FILLED_LABEL = "boxtui.filled"
"""On a container: the mounts, comma-separated, that boxtui filled from what they now hide."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a scan may do, and what the user adds to its knowledge."""

    allow_exec: bool = False
    """May run find in the box."""
    allow_helper: bool = False
    """May start a helper container."""
    method: Method | None = None
    """This route or none."""
    want_files: bool = False
    rows: tuple[Row, ...] = ()
    """The user's own."""
    accepted: Mapping[str, str] = field(default_factory=dict)
    """Losses that the user accepts: {pattern: reason}."""

    @property
    def knowledge(self) -> str:
        """A fingerprint of all that is known of paths."""
        known = (builtin(), self.rows, sorted(self.accepted.items()))
        return hashlib.sha256(repr(known).encode(errors="surrogateescape")).hexdigest()[:16]


def _nothing(_count: int) -> None:
    return


def scan(
    engine: Engine,
    container: Container,
    options: ScanOptions | None = None,
    *,
    progress: Callable[[int], None] = _nothing,
    cancel: threading.Event | None = None,
) -> ScanResult:
    """Read all of a box's writable layer; the container must have its details.

    `progress` is told the number of names read so far. CancelledError once `cancel` is set;
    UnsupportedError where the route asked for cannot read this box; NotFoundError where the box
    is removed meanwhile.
    """
    return _Scan(engine, container, options or ScanOptions(), progress, cancel).result()


def mount_rows(engine: Engine, container: Container) -> tuple[Entry, ...]:
    """The map's rows for mounts alone: nothing of the writable layer is read."""
    return tuple(
        _Scan(engine, container, ScanOptions(), _nothing, None).mount_rows(
            classifier_of(container, None, ScanOptions())
        )
    )


def classifier_of(container: Container, passwd: bytes | None, options: ScanOptions) -> Classifier:
    """What knows of the paths of one box."""
    environment = container.details.environment if container.details else ()
    patterns = Patterns.build(
        (*builtin(), *options.rows),
        {single: why for place, why in options.accepted.items() for single in accepted(place)},
        homes(passwd, environment),
        relocated(environment),
    )
    return Classifier(patterns)


class _Scan:
    """One scan under way."""

    def __init__(
        self,
        engine: Engine,
        container: Container,
        options: ScanOptions,
        progress: Callable[[int], None],
        cancel: threading.Event | None,
    ) -> None:
        self._engine = engine
        self._container = container
        self._options = options
        info = engine.info()
        self._box = mounts.circumstances(container, info)
        self._errand = Errand(
            engine,
            container,
            info,
            Boundary(container.mounts, podman=info.podman),
            Watch(progress, cancel or threading.Event()),
            Sight(),
            allow_exec=options.allow_exec,
            allow_helper=options.allow_helper,
        )

    def result(self) -> ScanResult:
        """Scan."""
        started = datetime.now(UTC)
        route = choose(self._errand, self._options.method)
        classifier = classifier_of(self._container, route.passwd, self._options)
        fold = self._read(route, classifier)
        overlay = self._overlay_rows(fold, classifier)
        overlay, unchecked = look_closer(self._errand, route, fold, overlay)
        rows = (*measured(self._errand, route, self.mount_rows(classifier)), *overlay)
        total = entries.totals(fold.total)
        complete = self._errand.sight.complete
        lost_bytes, lost_files = at_risk(rows)
        return ScanResult(
            container_id=self._container.id,
            container_name=self._container.name,
            method=route.method,
            scanned_at=started,
            complete=complete,
            unchecked=unchecked,
            missing=tuple(self._errand.sight.missing),
            totals=total,
            classes=entries.class_totals(fold.folded, overlay),
            summary=summary(total, rows, complete=complete),
            entries=rows,
            at_risk_bytes=lost_bytes,
            at_risk_files=lost_files,
            knowledge=self._options.knowledge,
            written_bytes=written_bytes(self._engine, self._container.id),
            files=None if fold.files is None else tuple(fold.files),
        )

    def _read(self, route: Route, classifier: Classifier) -> Fold:
        fold = Fold(
            classifier,
            self._errand.boundary,
            self._container.mounts,
            files=self._options.want_files,
        )
        for record in route.records():
            fold.add(record)
        fold.finish()
        # a box removed while it was read must not leave a map that looks whole
        self._engine.inspect_container(self._container.id)
        return fold

    def _overlay_rows(self, fold: Fold, classifier: Classifier) -> list[Entry]:
        survives = survival.overlay(self._box)
        names = self._container.labels.get(FILLED_LABEL, "").split(",")
        filled = {m.target: m for m in self._container.mounts if m.target in names}
        rows = [entries.overlay_entry(one, survives, filled) for one in fold.folded]
        return mark_siblings(rows, self._container.mounts, classifier.homes)

    def mount_rows(self, classifier: Classifier) -> list[Entry]:
        """One row a mount."""
        sources = {mount.source for mount in self._container.mounts}
        known = self._engine.list_volumes() if sources else []
        volumes = {volume.name: volume for volume in known if volume.name in sources}
        return mounts.mount_entries(self._container, self._box, volumes, classifier)
