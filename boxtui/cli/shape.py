"""The model in the words of the JSON contract; unknown is null, never left out."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from boxtui.model.container import Container, Port
from boxtui.model.host import EngineInfo
from boxtui.model.mount import Mount
from boxtui.model.scan import Badge, ClassTotal, Entry, FileRecord, PathClass, ScanResult, Verdict
from boxtui.model.timeline import TimelineEvent
from boxtui.model.volume import Volume

JSON = dict[str, Any]


def time(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def engine(info: EngineInfo) -> JSON:
    """Which engine, and by which way it was reached."""
    return {
        "id": info.id,
        "version": info.version,
        "host": info.host,
        "context": info.context,
    }


def container(
    box: Container, badge: Badge, *, tag_moved: bool | None, operation: str | None
) -> JSON:
    """One container of `ps`."""
    details = box.details
    # a scan that could not see everything knows no sum
    known = badge.verdict is not Verdict.UNSCANNED
    return {
        "id": box.id,
        "name": box.name,
        "project": box.project,
        "service": box.service,
        "image": details.image_ref if details else box.image,
        "image_id": box.image_id,
        "tag_moved": tag_moved,
        "state": box.state,
        "health": box.health,
        "created": time(box.created),
        "started": time(details.started) if details else None,
        "exit_code": details.exit_code if details else None,
        "restart_policy": details.restart_policy if details else None,
        "ports": [_port(port) for port in box.ports],
        "mounts": [_mount(mount) for mount in box.mounts],
        "verdict": badge.verdict,
        "at_risk_bytes": badge.at_risk_bytes if known else None,
        "at_risk_files": badge.at_risk_files if known else None,
        "scanned_at": time(badge.scanned_at),
        "operation": operation,
    }


def _port(port: Port) -> JSON:
    return {
        "host_ip": port.host_ip,
        "host_port": port.host_port,
        "container_port": port.container_port,
        "protocol": port.protocol,
    }


def _mount(mount: Mount) -> JSON:
    return {
        "kind": mount.kind,
        "source": mount.source,
        "target": mount.target,
        "read_only": mount.read_only,
    }


def volume(one: Volume, used_by: list[str], *, last_backup: datetime | None) -> JSON:
    """One volume of `volumes`."""
    return {
        "name": one.name,
        "driver": one.driver,
        "anonymous": one.anonymous,
        "orphan": not used_by,
        "used_by": used_by,
        "created": time(one.created),
        "bytes": one.bytes,
        "last_backup": time(last_backup),
    }


def classes(sums: Mapping[PathClass, ClassTotal]) -> JSON:
    """What each class holds."""
    return {
        name: {"bytes": total.bytes, "files": total.files, "severity": total.severity}
        for name, total in sums.items()
    }


def scan(result: ScanResult) -> JSON:
    """All of `map` but its box."""
    document = {
        "method": result.method,
        "scanned_at": time(result.scanned_at),
        "complete": result.complete,
        "unchecked": list(result.unchecked),
        "missing": list(result.missing),
        "totals": asdict(result.totals),
        "classes": classes(result.classes),
        "summary": result.summary,
        "entries": [_entry(entry) for entry in result.entries],
    }
    if result.files is not None:
        document["files"] = [file(record) for record in result.files]
    return document


def _entry(entry: Entry) -> JSON:
    return {
        "path": entry.path,
        "kind": "overlay" if entry.kind is None else entry.kind,
        "class": entry.path_class,
        "severity": entry.severity,
        "source": entry.source,
        "driver": entry.driver,
        "read_only": entry.read_only,
        "bytes": entry.bytes,
        "files": entry.files,
        "newest": time(entry.newest),
        "detail": entry.detail,
        "reinstall": None if entry.reinstall is None else list(entry.reinstall),
        "flags": list(entry.flags),
        "survives": asdict(entry.survives),
    }


def file(record: FileRecord) -> JSON:
    """One name in the writable layer, or in a backup."""
    moment = None if record.mtime is None else datetime.fromtimestamp(record.mtime, UTC)
    return {
        "path": record.path,
        "type": record.type,
        "bytes": record.bytes,
        "mode": record.mode,
        "uid": record.uid,
        "gid": record.gid,
        "mtime": time(moment),
        "target": record.target,
    }


def event(one: TimelineEvent) -> JSON:
    """One line of `history`."""
    lost = one.lost
    return {
        "time": time(one.time),
        "kind": one.kind,
        "box": one.box,
        "container_id": one.container_id,
        "image_id": one.image_id,
        "by": one.by,
        "operation": one.operation,
        "lost": None
        if lost is None
        else {"bytes": lost.bytes, "files": lost.files, "paths": list(lost.paths)},
    }
