"""Backups as the JSON contract has them."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from boxtui import formatting
from boxtui.cli import shape
from boxtui.model.backup import Backup, Part

JSON = dict[str, Any]


def backup(one: Backup) -> JSON:
    """One complete backup."""
    return {
        "id": one.id,
        "kind": one.kind,
        "target": one.target,
        "created": shape.time(one.created),
        "complete": True,
        "location": one.location,
        "files": one.files,
        "bytes": one.bytes,
        "stored_bytes": one.stored_bytes,
        "consistency": one.consistency,
        "interrupted_s": one.interrupted_s,
        "parts": [_part(part) for part in one.parts],
        "note": one.note,
        "losses": [{"path": loss.path, "what": loss.what} for loss in one.losses],
        "changed": list(one.changed),
    }


def _part(one: Part) -> JSON:
    return {
        "name": one.name,
        "kind": one.kind,
        "source": one.source,
        "file": one.file,
        "sha256": one.sha256,
        "bytes": one.bytes,
        "stored_bytes": one.stored_bytes,
    }


def lines(one: Backup) -> Iterable[str]:
    """One backup for people."""
    plain = formatting.plain
    yield f"{one.id}  {one.kind} {plain(one.target)}"
    yield f"  made:   {one.created.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({one.consistency})"
    held = f"{formatting.size(one.bytes)} in {formatting.count(one.files)} names"
    yield f"  holds:  {held}, {formatting.size(one.stored_bytes)} stored"
    yield f"  lies in {plain(one.location)}"
    if one.note:
        yield f"  note:   {plain(one.note)}"
    yield from (f"  changed while it was read: {plain(path)}" for path in one.changed)
    yield from (f"  not kept: {plain(loss.path)}: {plain(loss.what)}" for loss in one.losses)
