"""Each rule: what makes it speak, and what does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from boxtui.errors import ConfigError
from boxtui.findings import BoxFacts, Estate, RuleSettings, Silence, audit, counts, rules, wanting
from boxtui.model.container import Container, Details, Health, State
from boxtui.model.finding import Finding, Severity
from boxtui.model.mount import Mount, MountKind
from boxtui.model.scan import (
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
from boxtui.persistence import badge_of_scan

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DETAILS = Details(
    started=NOW, finished=None, exit_code=None, oom_killed=False, error="", restart_count=0,
    restart_policy="always", auto_remove=False, image_ref="img:1", pid=1, user="",
    working_dir="/", hostname="h", command=("sh",), environment=(),
)  # fmt: skip
BOX = Container(
    id="a" * 64, name="box", image="img:1", image_id="sha256:" + "b" * 64, state=State.RUNNING,
    status="Up", health=Health.NONE, created=NOW, details=DETAILS,
)  # fmt: skip


def entry(path: str, path_class: PathClass, severity: int | None, **more: object) -> Entry:
    fields = {"bytes": 10, "files": 1, "kind": None, **more}
    return Entry(path=path, path_class=path_class, severity=severity, survives=Survival(), **fields)


def scanned(*entries: Entry, complete: bool = True) -> ScanResult:
    return ScanResult(
        container_id=BOX.id, container_name="box", method=Method.OVERLAY_DIR, scanned_at=NOW,
        complete=complete, unchecked=(), totals=Totals(), classes={}, summary="", entries=entries,
    )  # fmt: skip


def facts(*entries: Entry, **more: object) -> BoxFacts:
    mounts = tuple(e for e in entries if e.kind is not None)
    fields = {"container": BOX, "mounts": mounts, "scan": scanned(*entries), **more}
    return BoxFacts(**fields)


def found(box: BoxFacts, settings: RuleSettings | None = None, **estate: object) -> list[Finding]:
    return audit(Estate(boxes=(box,), containers=(box.container,), **estate), settings)


def names(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_the_rules_and_their_severities_are_the_contracts() -> None:
    assert {name: str(rule.severity) for name, rule in rules().items()} == {
        "overlay-state": "high", "overlay-credentials": "critical", "sibling-of-mount": "high",
        "shadowed-data": "medium", "service-in-overlay": "high", "git-work-in-overlay": "high",
        "link-into-volume": "medium", "anonymous-volume": "medium",
        "database-without-volume": "critical", "orphan-volume": "low", "shared-writers": "high",
        "tmpfs-data": "medium", "bind-source-missing": "high", "no-restart-policy": "low",
        "tag-moved": "medium", "layer-depth": "high", "compose-down-volumes": "low",
        "docker-socket": "high", "secret-in-env": "medium",
    }  # fmt: skip


def test_a_box_without_fault_has_no_findings() -> None:
    assert found(facts()) == []


CRED = entry("/root/.ssh", PathClass.CRED, 4)
WORK = entry("/root/notes", PathClass.WORK, 4)
CACHE = entry("/root/.cache", PathClass.CACHE, 0)
DATABASE = entry("/root/x.db", PathClass.DB, 4)
ANONYMOUS = entry("/d", PathClass.OTHER, 2, kind=MountKind.ANONYMOUS, source="f" * 64)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([CRED], {"overlay-credentials"}),
        ([WORK], {"overlay-state"}),
        ([CACHE], set()),
        ([entry("/x", PathClass.OTHER, None)], {"overlay-state"}),
        ([DATABASE], {"database-without-volume"}),
        ([replace(WORK, flags=(Flag.SIBLING_OF_MOUNT,))], {"overlay-state", "sibling-of-mount"}),
        ([replace(CACHE, flags=(Flag.LISTENER,))], {"service-in-overlay"}),
        ([replace(WORK, flags=(Flag.GIT_UNPUSHED,))], {"overlay-state", "git-work-in-overlay"}),
        (
            [replace(WORK, flags=(Flag.SYMLINK_INTO_VOLUME,))],
            {"overlay-state", "link-into-volume"},
        ),
        ([replace(WORK, flags=(Flag.SHADOWED,))], {"overlay-state", "shadowed-data"}),
        ([replace(WORK, flags=(Flag.SHADOWED,), source="filled")], set()),
        ([ANONYMOUS], {"anonymous-volume"}),
        ([replace(ANONYMOUS, bytes=0, files=0)], {"anonymous-volume"}),
        (
            [replace(ANONYMOUS, bytes=None, files=None, flags=(Flag.DATABASE_ANONYMOUS,))],
            {"anonymous-volume", "database-without-volume"},
        ),
        ([entry("/t", PathClass.OTHER, 2, kind=MountKind.TMPFS)], {"tmpfs-data"}),
        ([entry("/t", PathClass.OTHER, 2, kind=MountKind.TMPFS, bytes=0, files=0)], set()),
    ],
)
def test_what_a_recreate_destroys(entries: list[Entry], expected: set[str]) -> None:
    assert names(found(facts(*entries))) == expected


LOSSES = {
    "overlay-state", "overlay-credentials", "database-without-volume", "anonymous-volume",
    "tmpfs-data",
}  # fmt: skip


@pytest.mark.parametrize("entries", [[], [CRED], [WORK], [CACHE], [DATABASE], [ANONYMOUS]])
def test_badge_and_findings_agree(entries: list[Entry]) -> None:
    badge = badge_of_scan(scanned(*entries))
    told = bool(LOSSES & names(found(facts(*entries))))
    assert told == (badge.verdict is Verdict.AT_RISK)


def test_set_up() -> None:
    details = replace(DETAILS, restart_policy="no", environment=("GH_TOKEN=abc", "HOME=/root"))
    socket = Mount(MountKind.BIND, "/var/run/docker.sock", "/var/run/docker.sock", read_only=False)
    box = replace(BOX, details=details, mounts=(socket,))
    told = found(
        facts(container=box, tag_moved=True, layers=100, missing_sources=("/gone",)),
    )
    assert names(told) == {
        "no-restart-policy", "secret-in-env", "docker-socket", "tag-moved", "layer-depth",
        "bind-source-missing",
    }  # fmt: skip
    (secret,) = [finding for finding in told if finding.rule == "secret-in-env"]
    assert secret.evidence == ("GH_TOKEN=***",)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("API_KEY=x1", True), ("PASSWORD=hunter2", True), ("MY_SECRET=abc", True),
        ("X=ghp_abcdefghijklmnopqrstuvwxyz0123", True), ("PATH=/bin", False),
        ("TOKEN_FILE=/run/secrets/t", False), ("AUTHOR=me", False), ("PASSWORD=", False),
        ("COMPASS=north", False), ("KEYBOARD=us", False),
    ],
)  # fmt: skip
def test_secrets_in_the_environment(line: str, secret: bool) -> None:
    box = replace(BOX, details=replace(DETAILS, environment=(line,)))
    assert (names(found(facts(container=box))) == {"secret-in-env"}) is secret
    assert found(facts(container=box, image_environment=(line,))) == []


def test_several_writers_and_orphans() -> None:
    shared = Mount(MountKind.VOLUME, "v", "/v", read_only=False)
    one = replace(BOX, mounts=(shared,))
    two = replace(BOX, id="c" * 64, name="two", mounts=(shared,))
    volume = Volume("v", "local", "/x", NOW, anonymous=False)
    estate = Estate(
        boxes=(BoxFacts(one), BoxFacts(two)), containers=(one, two),
        volumes=(volume, replace(volume, name="lonely")), users={"v": ("box", "two")},
    )  # fmt: skip
    assert [(f.rule, f.subject.name) for f in audit(estate)] == [
        ("shared-writers", "v"),
        ("orphan-volume", "lonely"),
    ]
    reader = replace(two, mounts=(replace(shared, read_only=True),))
    assert "shared-writers" not in names(audit(replace(estate, containers=(one, reader))))
    stopped = replace(two, state=State.EXITED)
    assert "shared-writers" not in names(audit(replace(estate, containers=(one, stopped))))


def test_rules_are_re_rated_switched_off_and_silenced() -> None:
    box = facts(CRED, WORK)
    assert names(found(box, RuleSettings({"overlay-state": "off"}))) == {"overlay-credentials"}
    rated = found(box, RuleSettings({"overlay-credentials": "low"}))
    assert [str(f.severity) for f in rated] == ["high", "low"]
    silence = Silence("overlay-credentials", "box", "kept elsewhere")
    told = found(box, RuleSettings(silences=(silence,)))
    assert [f.silenced for f in told] == [None, "kept elsewhere"]
    assert counts(told)[Severity.CRITICAL] == 0
    assert not wanting(told, Severity.CRITICAL)
    assert wanting(told, Severity.HIGH)
    assert found(box, RuleSettings(silences=(replace(silence, name="other"),)))[0].silenced is None


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(ConfigError, match="no rule 'nonsense'"):
        found(facts(), RuleSettings({"nonsense": "off"}))


def test_evidence_is_safe_to_show() -> None:
    hostile = entry("/root/\x1b[31mred\n\udcff", PathClass.WORK, 4)
    (finding,) = found(facts(hostile))
    assert "\x1b" not in finding.evidence[0]
    assert "\n" not in finding.evidence[0]
