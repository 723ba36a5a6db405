"""The operations' table: what boxtui did, and which container took whose place."""

import json
from dataclasses import asdict
from datetime import datetime

from boxtui.history import events
from boxtui.history.database import Database
from boxtui.model.operation import Operation, OperationState
from boxtui.model.timeline import Author, Happening, TimelineEvent

_KINDS = {"backup": Happening.BACKUP, "restore": Happening.RESTORE}


def save(database: Database, engine: str, operation: Operation) -> None:
    """Keep how far an operation has come; the timeline gets its line when it is over."""
    over = operation.state is not OperationState.RUNNING
    undone = operation.state in {OperationState.ROLLED_BACK, OperationState.FAILED}
    document = json.dumps(asdict(operation), default=datetime.isoformat)
    with database.transaction() as connection:
        told = connection.execute(
            "SELECT 1 FROM events WHERE engine = ? AND operation = ?", (engine, operation.id)
        ).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO operations (id, engine, old_id, new_id, state, document)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                operation.id,
                engine,
                operation.old_id,
                None if undone else operation.new_id,
                operation.state,
                document,
            ),
        )
        if over and not told:
            events.write(connection, engine, _event(operation))


def _event(operation: Operation) -> TimelineEvent:
    done = operation.state is OperationState.DONE
    return TimelineEvent(
        time=operation.finished or operation.started,
        kind=_KINDS.get(operation.kind, Happening.OPERATION) if done else Happening.OPERATION,
        box=operation.object_name,
        container_id=(operation.new_id if done else None) or operation.object_id,
        image_id=operation.image_id,
        by=Author.BOXTUI,
        operation=operation.id,
    )
