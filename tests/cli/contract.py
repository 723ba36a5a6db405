"""The documents' fields and types, copied from the contract with scripts: never changed, added to.

A dict has exactly its keys; a list is of its one item's kind; a set is of the words allowed; None
in a tuple allows null.
"""

import re
from datetime import datetime
from typing import Any

ANYTHING = object()
"""What the engine itself shapes."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Each:
    """A table with free keys: what they may be, and what each holds."""

    def __init__(self, keys: Any, value: Any) -> None:
        self.keys, self.value = keys, value


CLASSES = {
    "agent",
    "cred",
    "work",
    "db",
    "service",
    "tool",
    "pkg",
    "cache",
    "log",
    "temp",
    "noise",
    "other",
}
FLAGS = {
    "shadowed",
    "sibling-of-mount",
    "symlink-into-volume",
    "deleted",
    "listener",
    "git-uncommitted",
    "git-unpushed",
    "database-anonymous",
}
ENGINE = ({"id": str, "version": str, "host": str, "context": (str, None)}, None)
ERROR = (
    {
        "code": {
            "usage",
            "config",
            "not-found",
            "ambiguous",
            "no-engine",
            "read-only",
            "unconfirmed",
            "busy",
            "in-use",
            "unsupported",
            "unsafe-archive",
            "damaged",
            "no-space",
            "engine",
            "internal",
            "cancelled",
        },
        "message": str,
        "reason": (str, None),
        "hint": (str, None),
    },
    None,
)
EVERY: dict[str, Any] = {"schema": {1}, "engine": ENGINE, "error": ERROR}
CONTAINER = {
    "id": str,
    "name": str,
    "project": (str, None),
    "service": (str, None),
    "image": str,
    "image_id": str,
    "tag_moved": (bool, None),
    "state": {"created", "running", "paused", "restarting", "removing", "exited", "dead"},
    "health": {"none", "starting", "healthy", "unhealthy"},
    "created": TIME,
    "started": (TIME, None),
    "exit_code": (int, None),
    "restart_policy": str,
    "ports": [
        {
            "host_ip": (str, None),
            "host_port": (int, None),
            "container_port": int,
            "protocol": {"tcp", "udp", "sctp"},
        }
    ],
    "mounts": [
        {
            "kind": {"volume", "anonymous-volume", "bind", "tmpfs", "config", "secret"},
            "source": (str, None),
            "target": str,
            "read_only": bool,
        }
    ],
    "verdict": {"safe", "at-risk", "unscanned"},
    "at_risk_bytes": (int, None),
    "at_risk_files": (int, None),
    "scanned_at": (TIME, None),
    "operation": (str, None),
}
VOLUME = {
    "name": str,
    "driver": str,
    "anonymous": bool,
    "orphan": bool,
    "used_by": [str],
    "created": (TIME, None),
    "bytes": (int, None),
    "last_backup": (TIME, None),
}
SURVIVES = dict.fromkeys(
    [
        "stop_start",
        "engine_restart",
        "reboot",
        "recreate",
        "remove",
        "remove_volumes",
        "compose_down",
        "compose_down_volumes",
        "image_update",
        "system_prune",
        "volume_prune",
        "remount",
    ],
    (bool, None),
)
ENTRY = {
    "path": str,
    "kind": {
        "volume",
        "anonymous-volume",
        "bind",
        "tmpfs",
        "config",
        "secret",
        "overlay",
    },
    "class": CLASSES,
    "severity": ({0, 1, 2, 3, 4}, None),
    "source": (str, None),
    "driver": (str, None),
    "read_only": (bool, None),
    "bytes": (int, None),
    "files": (int, None),
    "newest": (TIME, None),
    "detail": (str, None),
    "reinstall": ([str], None),
    "flags": [FLAGS],
    "survives": SURVIVES,
}
FILE = {
    "path": str,
    "type": {"file", "dir", "link", "other", "deleted"},
    "bytes": (int, None),
    "mode": (int, None),
    "uid": (int, None),
    "gid": (int, None),
    "mtime": (TIME, None),
    "target": (str, None),
}
MAP = EVERY | {
    "box": {"id": str, "name": str},
    "method": {"overlay-dir", "in-box", "helper", "archive", "diff"},
    "scanned_at": TIME,
    "complete": bool,
    "unchecked": [FLAGS],
    "missing": [str],
    "totals": {
        "bytes": int,
        "allocated_bytes": (int, None),
        "files": int,
        "directories": int,
        "links": int,
        "other": int,
        "deleted": int,
    },
    "classes": Each(CLASSES, {"bytes": int, "files": int, "severity": ({0, 1, 2, 3, 4}, None)}),
    "summary": str,
    "entries": [ENTRY],
}
EVENT = {
    "time": TIME,
    "kind": {"seen", "scan", "recreated", "removed", "operation", "backup", "restore"},
    "box": str,
    "container_id": (str, None),
    "image_id": (str, None),
    "by": {"boxtui", "outside"},
    "operation": (str, None),
    "lost": ({"bytes": int, "files": int, "paths": [str]}, None),
}
SEVERITIES = {"info", "low", "medium", "high", "critical"}
FINDING = {
    "rule": {
        "overlay-state",
        "overlay-credentials",
        "sibling-of-mount",
        "shadowed-data",
        "service-in-overlay",
        "git-work-in-overlay",
        "link-into-volume",
        "anonymous-volume",
        "database-without-volume",
        "orphan-volume",
        "shared-writers",
        "tmpfs-data",
        "bind-source-missing",
        "no-restart-policy",
        "no-backup",
        "tag-moved",
        "layer-depth",
        "compose-down-volumes",
        "docker-socket",
        "secret-in-env",
    },
    "severity": SEVERITIES,
    "object": {"kind": {"container", "volume", "image", "project"}, "id": str, "name": str},
    "evidence": [str],
    "why": str,
    "fix": ([[str]], None),
    "silenced": (str, None),
}
CLASS_SUMS = Each(CLASSES, {"bytes": int, "files": int, "severity": ({0, 1, 2, 3, 4}, None)})
KINDS = {"recreate", "remount", "persist", "unpersist", "backup", "restore"}
BOX = {"id": str, "name": str}
PLAN = {
    "kind": KINDS,
    "box": BOX,
    "steps": [{"name": str, "text": str, "undo": str}],
    "loses": {
        "bytes": (int, None),
        "files": (int, None),
        "classes": CLASS_SUMS,
        "paths": [str],
    },
    "ends": {"processes": [{"pid": int, "argv": [str]}], "terminals": (int, None)},
    "before": (Each(str, ANYTHING), None),
    "after": (Each(str, ANYTHING), None),
    "disk": ({"needed": int, "free": (int, None)}, None),
    "downtime_s": (float, None),
    "degraded": [{"path": str, "what": str}],
    "hidden": [str],
    "dependents": [str],
    "compose_override": (str, None),
    "warnings": [str],
    "needs": {"none", "yes", "name"},
    "irreversible_from": (str, None),
}
OPERATION = {
    "id": str,
    "kind": KINDS,
    "box": BOX,
    "state": {"done", "rolled-back", "failed", "running", "needs-recovery"},
    "old_id": (str, None),
    "new_id": (str, None),
    "image_id": (str, None),
    "steps": [
        {
            "name": str,
            "state": {"pending", "start", "done", "undo", "failed"},
            "seconds": (float, None),
        }
    ],
    "downtime_s": (float, None),
    "started": TIME,
    "finished": (TIME, None),
    "backup": (str, None),
}
AUDIT = EVERY | {"findings": [FINDING], "summary": dict.fromkeys(SEVERITIES, int)}
DRY_RUN = EVERY | {"plan": PLAN}
CHANGE = EVERY | {"operation": OPERATION}
RECOVER = EVERY | {"operations": [OPERATION]}
PS = EVERY | {"containers": [CONTAINER]}
VOLUMES = EVERY | {"volumes": [VOLUME]}
MAP_FILES = MAP | {"files": [FILE]}
HISTORY = EVERY | {"events": [EVENT]}


def check(value: Any, kind: Any, where: str = "document") -> None:
    """Fail where a document is not of its kind, naming the place."""
    if isinstance(kind, tuple):
        if value is None:
            assert None in kind, f"{where} is null"
            return
        [kind] = [k for k in kind if k is not None]
    if kind is ANYTHING:
        return
    if kind is TIME:
        assert isinstance(value, str), f"{where} is no time: {value!r}"
        assert TIME.fullmatch(value), f"{where} is no time: {value!r}"
        datetime.fromisoformat(value)
    elif isinstance(kind, dict):
        assert isinstance(value, dict), f"{where} is no object: {value!r}"
        assert set(value) == set(kind), f"{where}: {set(value) ^ set(kind)}"
        for key, inner in kind.items():
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(kind, Each):
        assert isinstance(value, dict), f"{where} is no object: {value!r}"
        for key, inner in value.items():
            check(key, kind.keys, f"{where} key")
            check(inner, kind.value, f"{where}.{key}")
    elif isinstance(kind, list):
        assert isinstance(value, list), f"{where} is no array: {value!r}"
        for index, item in enumerate(value):
            check(item, kind[0], f"{where}[{index}]")
    elif isinstance(kind, set):
        assert value in kind, f"{where} is {value!r}"
        assert not isinstance(value, bool), f"{where} is {value!r}"
    else:
        assert type(value) is kind, f"{where} is {value!r}, not {kind}"
