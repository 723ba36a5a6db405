"""The sightings' table: which container stood for which box, and when it was last seen."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields, replace
from datetime import datetime, timedelta
from typing import Any

from boxtui.errors import NotFoundError
from boxtui.history import events, operations, scans
from boxtui.history.codec import loss, moment
from boxtui.history.database import Database
from boxtui.history.recreation import Differences, Replaced, compare, identity
from boxtui.model.container import Container
from boxtui.model.timeline import Author, Happening, Sighting, TimelineEvent

_COLUMNS = ", ".join(field.name for field in fields(Sighting))
_REFRESHED = timedelta(hours=1)
"""A box's last_seen may lag by so much: looking at an unchanged engine writes nothing."""


def known(database: Database, engine: str) -> list[Sighting]:
    """All that was ever seen on an engine."""
    rows: list[Any] = database.rows(
        f"SELECT {_COLUMNS} FROM sightings WHERE engine = ?",  # noqa: S608 - our own fields
        (engine,),
    )
    return [_sighting(row) for row in rows]


def observe(
    database: Database, engine: str, containers: Sequence[Container], now: datetime
) -> list[TimelineEvent]:
    """Take in all the containers of an engine; gives what was new, replaced or gone."""
    if not _differences(database, engine, containers, now):
        return []
    with database.transaction() as connection:
        # looked at again: another boxtui may have written it down in between
        sightings = known(database, engine)
        differences = compare(sightings, containers, ours=operations.replacements(database, engine))
        told = _events(database, engine, differences, now)
        for event in told:
            events.write(connection, engine, event)
        for sighting in differences.gone:
            connection.execute(
                "UPDATE sightings SET removed = ? WHERE engine = ? AND container_id = ?",
                (now.timestamp(), engine, sighting.container_id),
            )
        first = {s.container_id: s.first_seen for s in sightings}
        undecided = {c.id for c in differences.undecided}
        settled = [c for c in containers if not c.temporary and c.id not in undecided]
        _write(connection, engine, settled, first, now)
    return told


def _differences(
    database: Database, engine: str, containers: Sequence[Container], now: datetime
) -> bool:
    sightings = known(database, engine)
    if replace(compare(sightings, containers), undecided=()) != Differences():
        return True
    present = {c.id for c in containers}
    return any(s.container_id in present and now - s.last_seen > _REFRESHED for s in sightings)


def unfamiliar(database: Database, engine: str, containers: Iterable[Container]) -> bool:
    """Whether one of these is new, or goes by another name."""
    differences = compare(known(database, engine), containers)
    return bool(differences.new or differences.replaced or differences.renamed)


def _events(
    database: Database, engine: str, differences: Differences, now: datetime
) -> list[TimelineEvent]:
    replaced = {r.old.container_id for r in differences.replaced}
    ours = operations.removals(database, engine)
    gone = [
        TimelineEvent(
            now,
            Happening.REMOVED,
            s.box,
            s.container_id,
            s.image_id,
            Author.BOXTUI if s.container_id in ours else Author.OUTSIDE,
            lost=loss(scans.last(database, engine, s.container_id)),
        )
        for s in differences.gone
        if s.container_id not in replaced
    ]
    came_back = [_recreated(database, engine, found, now) for found in differences.replaced]
    new = [
        TimelineEvent(now, Happening.SEEN, c.name, c.id, c.image_id, Author.OUTSIDE)
        for c in differences.new
    ]
    return [*gone, *came_back, *new]


def _recreated(database: Database, engine: str, found: Replaced, now: datetime) -> TimelineEvent:
    old, new, by = found
    scan = scans.last(database, engine, old.container_id)
    # lists tell the time of creation in whole seconds: it may seem older than the last look
    looked = old.last_seen if scan is None else max(old.last_seen, scan.scanned_at)
    return TimelineEvent(
        min(now, max(new.created, looked)),
        Happening.RECREATED,
        new.name,
        new.id,
        new.image_id,
        by,
        lost=loss(scan) if by is Author.OUTSIDE else None,
    )


def _write(
    connection: sqlite3.Connection,
    engine: str,
    containers: Iterable[Container],
    first: dict[str, datetime],
    now: datetime,
) -> None:
    marks = ", ".join("?" * (1 + len(fields(Sighting))))
    connection.executemany(
        f"INSERT OR REPLACE INTO sightings (engine, {_COLUMNS}) VALUES ({marks})",  # noqa: S608 - our own fields
        [
            (engine, *(_stored(value) for value in astuple(_seen(c, first, now))))
            for c in containers
        ],
    )


def _seen(container: Container, first: dict[str, datetime], now: datetime) -> Sighting:
    return Sighting(
        container_id=container.id,
        identity=identity(container),
        box=container.name,
        image_id=container.image_id,
        image=container.image,
        created=container.created,
        first_seen=first.get(container.id, now),
        last_seen=now,
    )


def _stored(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime) else value


def _sighting(row: tuple[Any, ...]) -> Sighting:
    container_id, identity_, box, image_id, image, *times, removed = row
    created, first_seen, last_seen = map(moment, times)
    return Sighting(
        container_id,
        identity_,
        box,
        image_id,
        image,
        created,
        first_seen,
        last_seen,
        None if removed is None else moment(removed),
    )


def containers_of(database: Database, engine: str, reference: str) -> list[str]:
    """The ids of all the containers that stood for a box, whatever it was called by then.

    `reference` is a name it had, the beginning of an id, or PROJECT/SERVICE.
    """
    sightings = known(database, engine)
    meant = [s for s in sightings if reference in (s.box, s.container_id)]
    if not meant:
        meant = [s for s in sightings if _fits(s, reference)]
    if not meant:
        raise NotFoundError(
            f"no box called {reference!r} was ever seen on this engine",
            hint="`boxtui history` lists all that were",
        )
    names = {s.identity for s in meant}
    return [s.container_id for s in sightings if s.identity in names]


def _fits(sighting: Sighting, reference: str) -> bool:
    if reference and sighting.container_id.startswith(reference):
        return True
    return "/" in reference and sighting.identity.startswith(f"compose:{reference}/")
