"""Containers and scans as tests need them."""

from datetime import UTC, datetime
from typing import Any

from boxtui.model.container import Container, Health, State
from boxtui.model.mount import MountKind
from boxtui.model.scan import (
    Badge,
    ClassTotal,
    Entry,
    Flag,
    Method,
    PathClass,
    ScanResult,
    Survival,
    Totals,
    Verdict,
)

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def box(identifier: str, name: str, *, created: datetime = START, **more: Any) -> Container:
    values = {
        "id": identifier,
        "name": name,
        "image": "agent:1",
        "image_id": "sha256:" + "1" * 64,
        "state": State.RUNNING,
        "status": "Up",
        "health": Health.NONE,
        "created": created,
    }
    return Container(**values | more)


def service(
    identifier: str, project: str, name: str, number: int, *, replace: str = "", **more: Any
) -> Container:
    labels = {
        "com.docker.compose.project": project,
        "com.docker.compose.service": name,
        "com.docker.compose.container-number": str(number),
        "com.docker.compose.oneoff": "False",
    }
    if replace:
        labels["com.docker.compose.replace"] = replace
    return box(identifier, f"{project}-{name}-{number}", labels=labels, **more)


def scan(container: Container, *, at: datetime = START, size: int = 1200) -> ScanResult:
    lasts = Survival(stop_start=True, recreate=False)
    entries = (
        Entry(
            "/home/a\udcff/x", None, PathClass.OTHER, None, lasts, bytes=1000, files=2, newest=at
        ),
        Entry("/tmp/y", None, PathClass.TEMP, 0, lasts, bytes=0, files=0),
        Entry(
            "/home/a/.claude.json",
            None,
            PathClass.CRED,
            4,
            lasts,
            bytes=200,
            files=1,
            flags=(Flag.SIBLING_OF_MOUNT,),
            reinstall=("log in again",),
        ),
        Entry("/bin/gone", None, PathClass.OTHER, None, lasts, flags=(Flag.DELETED,)),
        Entry(
            "/data",
            MountKind.VOLUME,
            PathClass.DB,
            4,
            Survival(recreate=True),
            source="v",
            driver="local",
            read_only=False,
        ),
    )
    return ScanResult(
        container_id=container.id,
        container_name=container.name,
        method=Method.OVERLAY_DIR,
        scanned_at=at,
        complete=True,
        unchecked=(Flag.GIT_UNPUSHED,),
        totals=Totals(bytes=size, allocated_bytes=None, files=3, directories=1, links=1, deleted=1),
        classes={
            PathClass.CRED: ClassTotal(200, 1, 4),
            PathClass.OTHER: ClassTotal(1000, 2, None),
        },
        summary="A recreate destroys 1.2 kB in 3 files.",
        entries=entries,
        at_risk_bytes=size,
        at_risk_files=3,
    )


def at_risk(result: ScanResult) -> Badge:
    return Badge(
        Verdict.AT_RISK,
        result.at_risk_bytes,
        result.at_risk_files,
        result.scanned_at,
        "2 paths die with a recreate",
    )
