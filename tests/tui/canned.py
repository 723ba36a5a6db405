"""Canned snapshots: what the screens are shown in the fast tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from boxtui.model.container import (
    PROJECT_LABEL,
    SERVICE_LABEL,
    Container,
    Details,
    Health,
    Port,
    State,
)
from boxtui.model.host import EngineInfo
from boxtui.model.image import Image
from boxtui.model.inventory import Inventory
from boxtui.model.mount import Mount, MountKind
from boxtui.model.operation import Operation, OperationState
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
from boxtui.model.volume import Volume
from boxtui.tui.snapshot import Link, LinkState, Snapshot

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

LASTS = Survival(stop_start=True, recreate=True, remove_volumes=False, volume_prune=False)
BIND = Survival(stop_start=True, recreate=True, remove_volumes=True, volume_prune=True)
DIES = Survival(stop_start=True, recreate=False, remove_volumes=False, volume_prune=False)


def container(name: str, **over: object) -> Container:
    project = over.pop("project", None)
    labels = {PROJECT_LABEL: project, SERVICE_LABEL: name} if project else {}
    base = Container(
        id=f"{name.encode().hex():0<64}"[:64],
        name=f"{project}-{name}-1" if project else name,
        image="agent:4",
        image_id="sha256:a4",
        state=State.RUNNING,
        status="Up 3 days",
        health=Health.NONE,
        created=NOW - timedelta(days=4),
        labels=labels,  # type: ignore[arg-type]
    )
    return replace(base, **over)


def details(**over: object) -> Details:
    base = Details(
        started=NOW - timedelta(days=3),
        finished=None,
        exit_code=None,
        oom_killed=False,
        error="",
        restart_count=0,
        restart_policy="unless-stopped",
        auto_remove=False,
        image_ref="agent:4",
        pid=4711,
        user="phantom",
        working_dir="/home/phantom",
        hostname="phantom",
        command=("sleep", "infinity"),
        environment=("PATH=/usr/bin", "API_TOKEN=sk-123"),
    )
    return replace(base, **over)


PHANTOM = container(
    "phantom",
    details=details(),
    mounts=(Mount(MountKind.VOLUME, "phantom_claude", "/home/phantom/.claude", False, "local"),),
    ports=(Port("0.0.0.0", 8080, 8080, "tcp"),),
)
BOSS = container("claude-hooks-boss", details=details())
REVIEWER = container(
    "claude-hooks-reviewer",
    state=State.EXITED,
    status="Exited (137) 2 hours ago",
    details=details(
        exit_code=137, oom_killed=True, finished=NOW - timedelta(hours=2), restart_policy="no"
    ),
)
DB = container("db", project="shop", image="pg:15", health=Health.HEALTHY)
CACHE = container("cache", project="shop", image="rd:7")
OLD = container("old", state=State.EXITED, status="Exited (0) 5 weeks ago")


def entry(path: str, kind: MountKind | None = None, **over: object) -> Entry:
    base = Entry(
        path=path,
        kind=kind,
        path_class=PathClass.OTHER,
        severity=0,
        survives=DIES if kind is None else BIND if kind is MountKind.BIND else LASTS,
    )
    return replace(base, **over)


ENTRIES = (
    entry("/home/phantom/.claude", MountKind.VOLUME, source="phantom_claude", read_only=False),
    entry(
        "/home/phantom/.cargo",
        path_class=PathClass.TOOL,
        severity=1,
        bytes=612 * 10**6,
        files=22110,
    ),
    entry(
        "/home/phantom/services",
        path_class=PathClass.SERVICE,
        severity=3,
        bytes=84_000,
        files=9,
        flags=(Flag.LISTENER,),
        detail="node bridge.js (pid 41) listens on :8080",
    ),
    entry(
        "/home/phantom/.claude.json",
        path_class=PathClass.CRED,
        severity=4,
        bytes=12_000,
        files=1,
        flags=(Flag.SIBLING_OF_MOUNT,),
    ),
    entry(
        "/home/phantom/repos",
        bytes=0,
        files=0,
        flags=(Flag.SYMLINK_INTO_VOLUME,),
        source="/app/repos",
    ),
    entry("/app/projects", path_class=PathClass.WORK, severity=4, bytes=96 * 10**6, files=312),
    entry("/app/data", MountKind.BIND, source="/srv/data", read_only=True),
    entry("/var/cache/apt", path_class=PathClass.CACHE, bytes=40 * 10**6, files=120),
)

SCAN = ScanResult(
    container_id=PHANTOM.id,
    container_name="phantom",
    method=Method.OVERLAY_DIR,
    scanned_at=NOW - timedelta(minutes=2),
    complete=True,
    unchecked=(),
    totals=Totals(bytes=748_096_000, files=22552),
    classes={PathClass.TOOL: ClassTotal(612 * 10**6, 22110, 1)},
    summary="A recreate destroys 748.1 MB in 22,552 files: "
    "1 credential, 1 live service, 3 toolchains",
    entries=ENTRIES,
    at_risk_bytes=708_096_000,
    at_risk_files=22432,
)

VOLUMES = (
    Volume("phantom_claude", "local", "/var/lib/docker/volumes/x", NOW - timedelta(days=30), False),
    Volume("3f9c" + "e" * 60, "local", "/var/lib/docker/volumes/y", NOW - timedelta(days=2), True),
)


def snapshot(*boxes: Container, **over: object) -> Snapshot:
    chosen = boxes or (PHANTOM, BOSS, REVIEWER, DB, CACHE, OLD)
    inventory = Inventory(
        volumes={v.name: v for v in VOLUMES},
        images={"sha256:a5": Image("sha256:a5", ("agent:4",), (), None, 10)},
    ).with_containers(chosen)
    base = Snapshot(
        where="prod",
        engine=EngineInfo(
            "ID", "host", "28.5.1", "1.51", "ssh://ops@prod", "prod", "/", "overlay2"
        ),
        link=Link(LinkState.LIVE),
        inventory=inventory,
        loaded=True,
        badges={
            PHANTOM.id: Badge(Verdict.AT_RISK, 708_096_000, 22432, NOW),
            BOSS.id: Badge(Verdict.SAFE, 0, 0, NOW),
            DB.id: Badge(Verdict.AT_RISK, reason="anon database"),
        },
        scans={PHANTOM.id: SCAN},
        now=NOW,
    )
    return replace(base, **over)


def operation(box_id: str, state: OperationState) -> Operation:
    return Operation("0123456789", "remount", "container", box_id, "alpha", state, NOW)
