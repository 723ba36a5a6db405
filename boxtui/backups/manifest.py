"""The manifest of a backup: `manifest.json`, format 1, written last and sealed by a checksum.

The seal is the SHA-256 of the document without its `seal` key, as compact JSON with sorted keys:
a flipped byte in the manifest is caught like one in a part.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from boxtui.errors import DamagedError
from boxtui.model.backup import Backup, BackupKind, Consistency, Loss, Part, PartKind

FORMAT = 1
MANIFEST_NAME = "manifest.json"
MAX_BYTES = 64 << 20
"""A larger manifest is not one of ours."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_T = TypeVar("_T")


def encode(backup: Backup) -> bytes:
    """Give the sealed document as it stands on disk."""
    document = to_json(backup)
    document["seal"] = _seal(document)
    return json.dumps(document, indent=1).encode() + b"\n"


def to_json(backup: Backup) -> dict[str, Any]:
    """Give the document of the contract, and what a restore needs beside it."""
    return {
        "format": FORMAT,
        "id": backup.id,
        "kind": str(backup.kind),
        "target": backup.target,
        "created": backup.created.isoformat(),
        "complete": True,
        "files": backup.files,
        "bytes": backup.bytes,
        "stored_bytes": backup.stored_bytes,
        "consistency": str(backup.consistency),
        "interrupted_s": backup.interrupted_s,
        "parts": [part_json(part) for part in backup.parts],
        "engine": backup.engine,
        "note": backup.note,
        "losses": [{"path": loss.path, "what": loss.what} for loss in backup.losses],
        "changed": list(backup.changed),
        "details": dict(backup.details),
    }


def part_json(part: Part) -> dict[str, Any]:
    """Give one part as the contract has it."""
    return {
        "name": part.name,
        "kind": str(part.kind),
        "source": part.source,
        "file": part.file,
        "sha256": part.sha256,
        "bytes": part.bytes,
        "stored_bytes": part.stored_bytes,
    }


def decode(data: bytes, *, location: str) -> Backup:
    """Read a manifest; anything but one of ours, whole and unaltered, is a DamagedError."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _damaged(location, f"is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise _damaged(location, "is not a JSON object")
    if document.get("format") != FORMAT:
        raise _damaged(location, f"has format {document.get('format')!r}, this boxtui reads 1")
    if document.pop("seal", None) != _seal(document):
        raise _damaged(location, "does not match its own checksum")
    try:
        return _backup(document, location)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(location, f"lacks or garbles a field ({error})") from error


def _backup(document: Mapping[str, Any], location: str) -> Backup:
    return Backup(
        id=_typed(document, "id", str),
        kind=BackupKind(document["kind"]),
        target=_typed(document, "target", str),
        created=datetime.fromisoformat(document["created"]),
        location=location,
        files=_size(document, "files"),
        bytes=_size(document, "bytes"),
        stored_bytes=_size(document, "stored_bytes"),
        consistency=Consistency(document["consistency"]),
        interrupted_s=float(document["interrupted_s"]),
        parts=tuple(_part(part) for part in document["parts"]),
        engine=document.get("engine"),
        note=_typed(document, "note", str),
        losses=tuple(Loss(path=loss["path"], what=loss["what"]) for loss in document["losses"]),
        changed=tuple(document["changed"]),
        details=_typed(document, "details", dict),
    )


def _part(document: Mapping[str, Any]) -> Part:
    file = _typed(document, "file", str)
    if PurePosixPath(file).name != file or file in {"", ".", "..", MANIFEST_NAME}:
        raise ValueError(f"part file {file!r} is not a plain name")
    sha256 = _typed(document, "sha256", str)
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"part {file!r} has no SHA-256")
    return Part(
        name=_typed(document, "name", str),
        kind=PartKind(document["kind"]),
        source=_typed(document, "source", str),
        file=file,
        sha256=sha256,
        bytes=_size(document, "bytes"),
        stored_bytes=_size(document, "stored_bytes"),
    )


def _typed(document: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    value = document[key]
    if not isinstance(value, kind):
        raise TypeError(f"{key} is {type(value).__name__}")
    return value


def _size(document: Mapping[str, Any], key: str) -> int:
    value = _typed(document, key, int)
    if isinstance(value, bool) or value < 0:
        raise ValueError(f"{key} is {value}")
    return value


def _seal(document: Mapping[str, Any]) -> str:
    compact = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(compact).hexdigest()


def _damaged(location: str, why: str) -> DamagedError:
    return DamagedError(
        f"the manifest in {location} {why}", hint="the backup cannot be trusted; use another one"
    )
