"""The scans' table: the newest of each container in full, and the verdict each led to."""

from typing import Any

from boxtui.history import events
from boxtui.history.codec import moment, pack, unpack
from boxtui.history.database import Database
from boxtui.model.scan import Badge, ScanResult, Verdict
from boxtui.model.timeline import Author, Happening, TimelineEvent

_KEPT = 3
"""Of one container; older ones leave their line in the timeline."""


def save(database: Database, engine: str, scan: ScanResult, badge: Badge, image_id: str) -> None:
    """Keep a finished scan, and say so in the timeline."""
    values = {
        "engine": engine,
        "container_id": scan.container_id,
        "scanned_at": scan.scanned_at.timestamp(),
        "verdict": badge.verdict,
        "at_risk_bytes": badge.at_risk_bytes,
        "at_risk_files": badge.at_risk_files,
        "reason": badge.reason,
        "document": pack(scan),
        "kept": _KEPT,
    }
    event = TimelineEvent(
        time=scan.scanned_at,
        kind=Happening.SCAN,
        box=scan.container_name,
        container_id=scan.container_id,
        image_id=image_id,
        by=Author.BOXTUI,
    )
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO scans (engine, container_id, scanned_at, verdict, at_risk_bytes,"
            " at_risk_files, reason, document) VALUES (:engine, :container_id, :scanned_at,"
            " :verdict, :at_risk_bytes, :at_risk_files, :reason, :document)",
            values,
        )
        connection.execute(
            "DELETE FROM scans WHERE engine = :engine AND container_id = :container_id"
            " AND id NOT IN (SELECT id FROM scans WHERE engine = :engine"
            " AND container_id = :container_id ORDER BY scanned_at DESC LIMIT :kept)",
            values,
        )
        events.write(connection, engine, event)


def last(database: Database, engine: str, container_id: str) -> ScanResult | None:
    """The newest scan of this very container."""
    rows: list[Any] = database.rows(
        "SELECT document FROM scans WHERE engine = ? AND container_id = ?"
        " ORDER BY scanned_at DESC LIMIT 1",
        (engine, container_id),
    )
    return unpack(rows[0][0]) if rows else None


def badges(database: Database, engine: str) -> dict[str, Badge]:
    """The verdict of the newest scan of every container, by its id."""
    rows: list[Any] = database.rows(
        "SELECT container_id, verdict, at_risk_bytes, at_risk_files, reason, MAX(scanned_at)"
        " FROM scans WHERE engine = ? GROUP BY container_id",
        (engine,),
    )
    return {row[0]: Badge(Verdict(row[1]), row[2], row[3], moment(row[5]), row[4]) for row in rows}
