"""One engine, and what boxtui knows and does about it: the face that both front ends stand on."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from boxtui.bootstrap.settings import Settings
from boxtui.errors import InternalError, NoEngineError, NoSpaceError
from boxtui.model.container import Container
from boxtui.model.mount import MountKind
from boxtui.model.reference import find_box
from boxtui.model.scan import Badge, ScanResult, Verdict
from boxtui.model.timeline import TimelineEvent

if TYPE_CHECKING:
    from datetime import datetime

    from boxtui.bootstrap.listing import Listed
    from boxtui.history import History
    from boxtui.model.finding import Finding
    from boxtui.model.host import EngineInfo
    from boxtui.model.operation import Operation
    from boxtui.model.ports import Engine
    from boxtui.model.volume import Volume

DEMO_FILE = "demo-engine"
"""In the state folder: the URL of the demo's private engine, while there is one."""

ScanProgress = Callable[[int], None]
"""Told the number of names seen so far."""


def _badge_of_mounts(container: Container) -> Badge:
    if not any(mount.kind is MountKind.ANONYMOUS for mount in container.mounts):
        # what no other mounts can say, without loading the knowledge it takes to say more
        return Badge(Verdict.UNSCANNED)
    from boxtui.persistence import badge_of_mounts  # noqa: PLC0415 - `ps` seldom needs it

    return badge_of_mounts(container)


class Core:
    """Wiring only; thread-safe. Close it at the end.

    `say` is given what the operator should know at once (a line of text), such as that the
    demo's engine is used because no other answers. The console falls back to the demo's engine
    also where DOCKER_HOST names one that does not answer; a command never does.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        engine: "Engine | None" = None,
        say: Callable[[str], None] = lambda _line: None,
        console: bool = False,
    ) -> None:
        self.settings = settings
        self._say = say
        self._console = console
        self._engine = engine
        self._history: History | None = None
        self._lock = threading.RLock()

    # -- the engine ------------------------------------------------------------------------------

    @property
    def engine(self) -> "Engine":
        """The engine, connected at the first use; NoEngineError says why none answers."""
        with self._lock:
            if self._engine is None:
                self._engine = self._connect()
            return self._engine

    @property
    def connected(self) -> bool:
        """Whether an engine has answered."""
        return self._engine is not None

    @cached_property
    def info(self) -> "EngineInfo":
        """What the engine says of itself."""
        return self.engine.info()

    def _connect(self) -> "Engine":
        from boxtui.engine.adapter import connect  # noqa: PLC0415 - docker is not for --help

        settings = self.settings
        reach = partial(connect, read_only=settings.read_only, allow_exec=settings.allow_exec)
        try:
            return reach(settings.host, settings.context)
        except NoEngineError as error:
            url = self._demo_engine()
            if url is None:
                raise
            try:
                engine = reach(url)
            except NoEngineError:
                raise error from None
            self._say(f"No other engine answers ({error.message}): this is the demo's, {url}")
            return engine

    def _demo_engine(self) -> str | None:
        settings = self.settings
        named = settings.host or settings.context
        if named or (settings.engine_named and not self._console):
            return None
        try:
            return (settings.state_dir / DEMO_FILE).read_text().strip() or None
        except OSError:
            return None

    # -- boxes -----------------------------------------------------------------------------------

    def find(self, reference: str) -> Container:
        """The one container that a person means by a name, an id prefix or PROJECT/SERVICE."""
        return find_box(self.engine.list_containers(), reference)

    def list_boxes(self, *, running_only: bool = False) -> "list[Listed]":
        """What `ps` tells of each box, in no order."""
        from boxtui.bootstrap.listing import list_boxes  # noqa: PLC0415 - for `ps` alone

        return list_boxes(self, running_only=running_only)

    def list_volumes(self, *, sizes: bool = False) -> "tuple[list[Volume], dict[str, list[str]]]":
        """All volumes, and the names of the boxes that use each, running or not."""
        from boxtui.bootstrap.listing import list_volumes  # noqa: PLC0415 - for `volumes` alone

        return list_volumes(self.engine, sizes=sizes)

    def last_backups(self) -> "Mapping[str, datetime]":
        """When each volume was last backed up, by its name; what never was is left out."""
        if not self.settings.backup_dir.is_dir():
            return {}
        from boxtui.bootstrap.backups import last_backups  # noqa: PLC0415 - where there are any
        from boxtui.model.backup import BackupKind  # noqa: PLC0415 - as above

        return last_backups(self, BackupKind.VOLUME)

    # -- memory ----------------------------------------------------------------------------------

    @property
    def history(self) -> "History":
        """What was seen, scanned, lost and done; opened at the first use.

        Where the state folder cannot be written, that is said, and all is forgotten at the end.
        """
        with self._lock:
            if self._history is None:
                self._history = self._open_history()
            return self._history

    def _open_history(self) -> "History":
        from boxtui.history import History  # noqa: PLC0415 - SQLite is not for --help

        try:
            return History(self.settings.state_dir / "history.db")
        except InternalError as error:
            self._say(f"{error.message} ({error.reason}): nothing is remembered")
            return History(None)

    def observe(self, containers: Sequence[Container]) -> list[TimelineEvent]:
        """Remember all the containers of the engine; gives what was new, replaced or gone."""
        from boxtui.bootstrap.remembering import read_journals  # noqa: PLC0415 - as History

        try:
            # first what boxtui did: its own recreates are none from outside
            read_journals(self.history, self.settings.state_dir)
            return self.history.observe(self.info.key, containers)
        except (InternalError, NoSpaceError) as error:
            # a look at an engine must not fail for want of a note about it
            self._say(f"{error.message} ({error.reason}): not remembered")
            return []

    def remember(self, operation: "Operation") -> None:
        """Keep what became of a change that has no journal."""
        try:
            self.history.save_operation(self.info.key, operation)
        except (InternalError, NoSpaceError) as error:
            self.say(f"{error.message} ({error.reason}): the operation is not remembered")

    # -- the map ---------------------------------------------------------------------------------

    def badge(self, container: Container) -> Badge:
        """The verdict on one box: from its last scan, else from its mounts."""
        return self.badges([container])[container.id]

    def badges(self, containers: Iterable[Container]) -> Mapping[str, Badge]:
        """The verdicts on many, by id; asks nothing of the engine."""
        scanned = self.history.badges(self.info.key)
        return {c.id: scanned.get(c.id) or _badge_of_mounts(c) for c in containers}

    def last_scan(self, container_id: str) -> ScanResult | None:
        """The newest scan of this very container, at whatever age; without its files."""
        return self.history.last_scan(self.info.key, container_id)

    def scan(
        self,
        reference: str,
        *,
        fresh: bool = False,
        allow_exec: bool = False,
        allow_helper: bool = False,
        want_files: bool = False,
        progress: ScanProgress = lambda _count: None,
        cancel: threading.Event | None = None,
    ) -> ScanResult:
        """The map of a box; blocks until it is there, and CancelledError where it was cancelled.

        The last scan of this very container serves unless `fresh`, or its files are wanted.
        """
        from boxtui.bootstrap import scanning  # noqa: PLC0415 - not for --help

        options = scanning.options_of(
            self.settings.config,
            allow_exec=allow_exec,
            allow_helper=allow_helper,
            want_files=want_files,
        )
        return scanning.scan(
            self, reference, options, fresh=fresh, progress=progress, cancel=cancel
        )

    def audit(self, references: Sequence[str] = (), *, scan: bool = True) -> "list[Finding]":
        """What is wrong with these boxes, or with all there is; the gravest first.

        Without `scan` only what earlier scans have found is judged, and nothing is scanned.
        """
        from boxtui.bootstrap import auditing  # noqa: PLC0415 - not for --help

        return auditing.audit(self, references, scan=scan)

    def say_by(self, say: Callable[[str], None]) -> None:
        """From now on tell the operator in this way: the console has no standard error."""
        self._say = say

    def say(self, line: str) -> None:
        """Tell the operator what should be known at once."""
        self._say(line)

    def close(self) -> None:
        """Give up connections and files."""
        if self._engine is not None:
            self._engine.close()
        if self._history is not None:
            self._history.close()
