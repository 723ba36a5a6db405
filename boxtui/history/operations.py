"""The operations' table: what boxtui did, and which container took whose place."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boxtui.history import events
from boxtui.history.database import Database
from boxtui.model.timeline import Author, Happening, TimelineEvent

if TYPE_CHECKING:
    from boxtui.model.operation import Operation

UNSETTLED = ("running", "needs-recovery")
_KINDS = {"backup": Happening.BACKUP, "restore": Happening.RESTORE}


def save(database: Database, engine: str, operation: "Operation") -> None:
    """Keep how far an operation has come; the timeline gets its line when it is over."""
    over = operation.state not in UNSETTLED
    undone = operation.state in {"rolled-back", "failed"}
    document = json.dumps(asdict(operation), default=datetime.isoformat)
    with database.transaction() as connection:
        told = connection.execute(
            "SELECT 1 FROM events WHERE engine = ? AND operation = ?", (engine, operation.id)
        ).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO operations (id, engine, old_id, new_id, state, kind,"
            " document) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                operation.id,
                engine,
                operation.old_id or operation.object_id,
                None if undone else operation.new_id,
                operation.state,
                operation.kind,
                document,
            ),
        )
        if over and not told:
            events.write(connection, engine, _event(operation))


def _event(operation: "Operation") -> TimelineEvent:
    done = operation.state == "done"
    return TimelineEvent(
        time=operation.finished or operation.started,
        kind=_KINDS.get(operation.kind, Happening.OPERATION) if done else Happening.OPERATION,
        box=operation.object_name,
        container_id=(operation.new_id if done else None) or operation.object_id,
        image_id=operation.image_id,
        by=Author.BOXTUI,
        operation=operation.id,
    )


def settled(database: Database) -> set[str]:
    """The ids of those whose end is kept, on whatever engine."""
    rows: list[Any] = database.rows(
        "SELECT id FROM operations WHERE state NOT IN (?, ?)", UNSETTLED
    )
    return {row[0] for row in rows}


def replacements(database: Database, engine: str) -> dict[str, str]:
    """The ids of containers that boxtui put in the place of others, with those others' ids."""
    rows: list[Any] = database.rows(
        "SELECT new_id, old_id FROM operations WHERE engine = ?"
        " AND new_id IS NOT NULL AND old_id IS NOT NULL",
        (engine,),
    )
    return dict(rows)


def removals(database: Database, engine: str) -> set[str]:
    """The ids of containers that boxtui removed because it was asked to."""
    rows: list[Any] = database.rows(
        "SELECT old_id FROM operations WHERE engine = ? AND kind = 'remove' AND state = 'done'",
        (engine,),
    )
    return {row[0] for row in rows}
