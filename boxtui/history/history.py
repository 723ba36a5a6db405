"""The face of history: what the rooms above may ask and tell it.

`engine` is everywhere the key of an `EngineInfo`: it tells two engines apart that share an ID.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from boxtui.history import events, operations, scans, sightings
from boxtui.history.database import Database
from boxtui.model.container import Container
from boxtui.model.scan import Badge, ScanResult
from boxtui.model.timeline import TimelineEvent

if TYPE_CHECKING:
    from boxtui.model.operation import Operation


class History:
    """One history file; thread-safe, and several processes may have it open."""

    def __init__(self, path: Path | None) -> None:
        """Open the file; without a path all is forgotten at the end."""
        self._database = Database(path)

    def save_scan(self, engine: str, scan: ScanResult, badge: Badge, *, image_id: str) -> None:
        """Keep a finished scan, and the verdict that it led to."""
        scans.save(self._database, engine, scan, badge, image_id)

    def last_scan(self, engine: str, container_id: str) -> ScanResult | None:
        """The newest scan of this very container; without its list of files."""
        return scans.last(self._database, engine, container_id)

    def badges(self, engine: str) -> dict[str, Badge]:
        """The verdict of the newest scan of every container, by its id."""
        return scans.badges(self._database, engine)

    def observe(
        self, engine: str, containers: Sequence[Container], *, now: datetime | None = None
    ) -> list[TimelineEvent]:
        """Take in all the containers of an engine; gives what was new, replaced or gone."""
        return sightings.observe(self._database, engine, containers, now or datetime.now(UTC))

    def unfamiliar(self, engine: str, containers: Iterable[Container]) -> bool:
        """Whether one of these is new, or goes by another name: then all are worth a look.

        For callers that have read only some of an engine's containers.
        """
        return sightings.unfamiliar(self._database, engine, containers)

    def save_operation(self, engine: str, operation: "Operation") -> None:
        """Keep how far an operation has come; its new container is no recreate from outside."""
        operations.save(self._database, engine, operation)

    def settled_operations(self) -> set[str]:
        """The ids of those whose end is kept, on whatever engine."""
        return operations.settled(self._database)

    def timeline(self, engine: str, box: str | None = None) -> list[TimelineEvent]:
        """Oldest first; of one box by any name it had, an id's beginning, or PROJECT/SERVICE.

        NotFoundError for a box that nobody has seen.
        """
        if box is None:
            return events.select(self._database, "engine = ?", (engine,))
        ids = sightings.containers_of(self._database, engine, box)
        marks = ", ".join("?" * len(ids))
        return events.select(
            self._database, f"engine = ? AND container_id IN ({marks})", (engine, *ids)
        )

    def untold(self, engine: str) -> list[TimelineEvent]:
        """Recreates behind boxtui's back that the operator has not been told of."""
        return events.select(
            self._database,
            "engine = ? AND kind = 'recreated' AND by = 'outside' AND told = 0",
            (engine,),
        )

    def mark_told(self, told: Iterable[TimelineEvent]) -> None:
        """Say those once only."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE events SET told = 1 WHERE id = ?", [(event.id,) for event in told]
            )

    def close(self) -> None:
        """Give the file up."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
