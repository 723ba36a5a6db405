"""Plans and operations as the JSON contract has them."""

from dataclasses import asdict
from typing import Any

from boxtui.cli import shape
from boxtui.model.operation import Losses, Operation, Plan

JSON = dict[str, Any]


def plan(one: Plan) -> JSON:
    """What a change will do."""
    return {
        "kind": one.kind,
        "box": {"id": one.object_id, "name": one.object_name},
        "steps": [asdict(step) for step in one.steps],
        "loses": _losses(one.loses),
        "ends": {
            "processes": [{"pid": p.pid, "argv": list(p.argv)} for p in one.processes],
            "terminals": one.terminals,
        },
        "before": one.before,
        "after": one.after,
        "disk": asdict(one.disk) if one.disk else None,
        "downtime_s": one.downtime_s,
        "degraded": [asdict(path) for path in one.degraded],
        "hidden": list(one.hidden),
        "dependents": list(one.dependents),
        "compose_override": one.compose_override,
        "warnings": list(one.warnings),
        "needs": one.needs,
        "irreversible_from": one.irreversible_from,
    }


def _losses(losses: Losses) -> JSON:
    return {
        "bytes": losses.bytes,
        "files": losses.files,
        "classes": shape.classes(losses.classes),
        "paths": list(losses.paths),
    }


def operation(one: Operation) -> JSON:
    """What became of a change, or how far it has come."""
    return {
        "id": one.id,
        "kind": one.kind,
        "box": {"id": one.object_id, "name": one.object_name},
        "state": one.state,
        "old_id": one.old_id,
        "new_id": one.new_id,
        "image_id": one.image_id,
        "steps": [asdict(step) for step in one.steps],
        "downtime_s": one.downtime_s,
        "started": shape.time(one.started),
        "finished": shape.time(one.finished),
        "backup": one.backup,
    }
