"""The timeline's table."""

import sqlite3
from typing import Any

from boxtui.history.codec import moment, pack_loss, unpack_loss
from boxtui.history.database import Database
from boxtui.model.timeline import Author, Happening, TimelineEvent


def write(connection: sqlite3.Connection, engine: str, event: TimelineEvent) -> None:
    """Add one line."""
    connection.execute(
        "INSERT INTO events (time, kind, engine, box, container_id, image_id, by, operation, lost)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.time.timestamp(),
            event.kind,
            engine,
            event.box,
            event.container_id,
            event.image_id,
            event.by,
            event.operation,
            pack_loss(event.lost),
        ),
    )


def select(database: Database, where: str, parameters: tuple[object, ...]) -> list[TimelineEvent]:
    """Oldest first; `where` is ours, never a user's."""
    columns = "time, kind, box, container_id, image_id, by, operation, lost, id"
    query = f"SELECT {columns} FROM events WHERE {where} ORDER BY time, id"  # noqa: S608 - ours
    rows: list[Any] = database.rows(query, parameters)
    return [
        TimelineEvent(
            time=moment(row[0]),
            kind=Happening(row[1]),
            box=row[2],
            container_id=row[3],
            image_id=row[4],
            by=Author(row[5]),
            operation=row[6],
            lost=unpack_loss(row[7]),
            id=row[8],
        )
        for row in rows
    ]
