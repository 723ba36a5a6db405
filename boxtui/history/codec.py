"""Scans and losses to and from what the database keeps."""

import json
import zlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from boxtui.model.mount import MountKind
from boxtui.model.scan import (
    ClassTotal,
    Entry,
    Flag,
    Method,
    PathClass,
    ScanResult,
    Survival,
    Totals,
)
from boxtui.model.timeline import Lost

_SHOWN_PATHS = 100


def moment(seconds: float) -> datetime:
    """A time as the database keeps it: seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def pack(scan: ScanResult) -> bytes:
    """All of a scan but its list of files."""
    document = asdict(scan) | {"files": None}
    # ASCII: names that are not UTF-8 carry lone surrogates
    return zlib.compress(json.dumps(document, default=datetime.isoformat).encode("ascii"))


def unpack(data: bytes) -> ScanResult:
    """The scan that was packed."""
    document = json.loads(zlib.decompress(data))
    return ScanResult(
        **document
        | {
            "method": Method(document["method"]),
            "scanned_at": datetime.fromisoformat(document["scanned_at"]),
            "unchecked": _flags(document["unchecked"]),
            "missing": tuple(document.get("missing") or ()),
            "totals": Totals(**document["totals"]),
            "classes": {
                PathClass(name): ClassTotal(**sums) for name, sums in document["classes"].items()
            },
            "entries": tuple(_entry(entry) for entry in document["entries"]),
        }
    )


def _entry(raw: dict[str, Any]) -> Entry:
    newest, reinstall, kind = raw["newest"], raw["reinstall"], raw["kind"]
    return Entry(
        **raw
        | {
            "kind": None if kind is None else MountKind(kind),
            "path_class": PathClass(raw["path_class"]),
            "survives": Survival(**raw["survives"]),
            "newest": None if newest is None else datetime.fromisoformat(newest),
            "reinstall": None if reinstall is None else tuple(reinstall),
            "flags": _flags(raw["flags"]),
        }
    )


def _flags(raw: list[str]) -> tuple[Flag, ...]:
    return tuple(Flag(flag) for flag in raw)


def loss(scan: ScanResult | None) -> Lost | None:
    """What went with the container that was scanned."""
    if scan is None:
        return None
    overlay = [e for e in scan.entries if e.kind is None and Flag.DELETED not in e.flags]
    # nothing known of a path is as bad as work that cannot be made again
    worst = sorted(overlay, key=lambda e: (-(4 if e.severity is None else e.severity), e.path))
    paths = tuple(e.path for e in worst[:_SHOWN_PATHS])
    return Lost(scan.totals.bytes, scan.totals.files, paths)


def pack_loss(lost: Lost | None) -> str | None:
    """A loss as the database keeps it."""
    return None if lost is None else json.dumps(asdict(lost))


def unpack_loss(text: str | None) -> Lost | None:
    """The loss that was packed."""
    if text is None:
        return None
    document = json.loads(text)
    return Lost(document["bytes"], document["files"], tuple(document["paths"]))
