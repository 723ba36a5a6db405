"""Plans of one step: what they ask for, what they say is lost, what they call on the engine."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from boxtui.errors import (
    BusyError,
    EngineError,
    InUseError,
    NotFoundError,
    ReadOnlyError,
    UnconfirmedError,
    UnsupportedError,
    UsageError,
)
from boxtui.model.container import Container, Details, Health, State
from boxtui.model.image import Image
from boxtui.model.mount import Mount, MountKind
from boxtui.model.network import Network
from boxtui.model.operation import Needs, OperationState, StepProgress, StepState
from boxtui.model.scan import (
    ClassTotal,
    Entry,
    Method,
    PathClass,
    ScanResult,
    Survival,
    Totals,
)
from boxtui.model.volume import Volume
from boxtui.operations import lifecycle, prune, removal
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import Answer, execute
from boxtui.operations.lifecycle import Action, valid_actions

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DETAILS = Details(
    started=NOW,
    finished=None,
    exit_code=None,
    oom_killed=False,
    error="",
    restart_count=0,
    restart_policy="no",
    auto_remove=False,
    image_ref="debian",
    pid=7,
    user="",
    working_dir="/",
    hostname="h",
    command=("sh",),
    environment=(),
)
BOX = Container(
    id="a" * 64,
    name="box",
    image="debian",
    image_id="sha256:1",
    state=State.RUNNING,
    status="Up 2 hours",
    health=Health.NONE,
    created=NOW,
    details=DETAILS,
)
YES = Answer(yes=True)


class Recorder:
    """Answers every call with nothing, and remembers it; `fail` maps a method to an error."""

    def __init__(self, **fail: Exception) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.fail = fail
        self.containers: list[Container] = []
        self.volumes: list[Volume] = []
        self.lock: Container | None = None

    def list_containers(self) -> list[Container]:
        return self.containers

    def list_volumes(self) -> list[Volume]:
        return self.volumes

    def raw(self, kind: str, ref: str) -> dict[str, Any]:
        if kind == "container":
            if self.lock is None or self.lock.name != ref:
                raise NotFoundError(f"no container {ref}")
            return {"Config": {"Labels": dict(self.lock.labels)}}
        return {"RepoTags": ["new:tag"] if ref.endswith("tagged") else []}

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **options: Any) -> None:
            self.calls.append((name, *args, options))
            if name in self.fail:
                raise self.fail[name]

        return call


def scanned(
    classes: dict[PathClass, ClassTotal],
    entries: tuple[Entry, ...] = (),
    container_id: str = BOX.id,
) -> ScanResult:
    return ScanResult(
        container_id=container_id,
        container_name="box",
        method=Method.OVERLAY_DIR,
        scanned_at=NOW,
        complete=True,
        unchecked=(),
        totals=Totals(bytes=sum(c.bytes for c in classes.values()), files=3),
        classes=classes,
        summary="",
        entries=entries,
    )


@pytest.mark.parametrize(
    ("change", "call"),
    [
        (lifecycle.start(BOX), ("start", BOX.id, {})),
        (lifecycle.stop(BOX, timeout=3), ("stop", BOX.id, {"timeout": 3})),
        (lifecycle.restart(BOX), ("restart", BOX.id, {"timeout": None})),
        (lifecycle.pause(BOX), ("pause", BOX.id, {})),
        (lifecycle.unpause(BOX), ("unpause", BOX.id, {})),
        (lifecycle.kill(BOX, "hup"), ("kill", BOX.id, "HUP", {})),
        (lifecycle.rename(BOX, "other"), ("rename", BOX.id, "other", {})),
        (
            lifecycle.restart_policy(BOX, "on-failure:3"),
            (
                "update",
                BOX.id,
                {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
                {},
            ),
        ),
    ],
)
def test_each_action_is_one_call_on_the_id(change: Any, call: Any) -> None:
    engine = Recorder()
    told: list[StepProgress] = []
    done = execute(change, engine, answer=YES, read_only=False, on_progress=told.append)
    assert engine.calls == [call]
    assert done.state is OperationState.DONE
    assert done.error is None
    assert [t.state for t in told] == [StepState.START, StepState.DONE]
    assert (told[0].index, told[0].of) == (1, 1)


def test_read_only_refuses_before_anything_is_asked_of_the_engine() -> None:
    engine = Recorder()
    with pytest.raises(ReadOnlyError):
        execute(lifecycle.start(BOX), engine, answer=YES, read_only=True)
    assert engine.calls == []


def test_a_failure_is_told_in_the_engines_own_words() -> None:
    engine = Recorder(start=EngineError("cannot start", reason="port is already allocated"))
    done = execute(lifecycle.start(BOX), engine, answer=Answer(), read_only=False)
    assert done.state is OperationState.FAILED
    assert done.error == "port is already allocated"
    assert done.steps[0].state is StepState.FAILED


def test_stopping_needs_a_yes_and_starting_does_not() -> None:
    engine = Recorder()
    with pytest.raises(UnconfirmedError):
        execute(lifecycle.stop(BOX), engine, answer=Answer(), read_only=False)
    assert engine.calls == []
    assert lifecycle.start(BOX).plan.needs is Needs.NONE


def test_a_wrong_name_is_refused_even_where_a_yes_would_do() -> None:
    with pytest.raises(UnconfirmedError, match="boxx"):
        execute(
            lifecycle.stop(BOX), Recorder(), answer=Answer(yes=True, name="boxx"), read_only=False
        )


def test_a_box_with_an_operation_under_way_is_left_alone() -> None:
    engine = Recorder()
    engine.lock = replace(
        BOX,
        name="box.boxtui-lock",
        labels={"boxtui.who": "eve@host", "boxtui.since": "2026-01-01", "boxtui.operation": "ab"},
    )
    with pytest.raises(BusyError, match=r"eve@host.*2026-01-01"):
        execute(lifecycle.start(BOX), engine, answer=YES, read_only=False)
    assert engine.calls == []


def test_stopping_a_box_made_with_rm_loses_what_it_holds() -> None:
    doomed = replace(BOX, details=replace(DETAILS, auto_remove=True))
    scan = scanned({PathClass.WORK: ClassTotal(10, 1, 4)})
    plan = lifecycle.stop(doomed, scan=scan).plan
    assert plan.needs is Needs.NAME
    assert plan.loses.bytes == 10
    assert lifecycle.kill(doomed, "TERM").plan.loses.bytes is None
    assert lifecycle.restart(doomed).plan.needs is Needs.YES


def test_what_lies_in_memory_is_named_before_a_stop() -> None:
    box = replace(BOX, mounts=(Mount(MountKind.TMPFS, None, "/run/x", False),))
    assert any("/run/x" in w for w in lifecycle.stop(box).plan.warnings)


@pytest.mark.parametrize("name", ["", "x", "-a", "a b", "a/b", "x.boxtui-lock", "é\x1b[31m"])
def test_names_the_engine_or_we_could_not_bear_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        lifecycle.rename(BOX, name)


@pytest.mark.parametrize("policy", ["", "sometimes", "always:3", "on-failure:x", "no "])
def test_only_real_restart_policies_pass(policy: str) -> None:
    with pytest.raises(UsageError):
        lifecycle.restart_policy(BOX, policy)


@pytest.mark.parametrize("signal", ["", "TERM;rm", "kill me", "123"])
def test_only_signals_pass(signal: str) -> None:
    with pytest.raises(UsageError):
        lifecycle.kill(BOX, signal)


def test_a_task_of_swarm_is_never_renamed() -> None:
    task = replace(BOX, labels={"com.docker.swarm.task.id": "t"})
    assert Action.RENAME not in valid_actions(task)
    with pytest.raises(UnsupportedError, match="Swarm"):
        lifecycle.rename(task, "other")


def test_valid_actions_follow_the_state() -> None:
    assert Action.START not in valid_actions(BOX)
    assert {Action.STOP, Action.PAUSE, Action.KILL, Action.REMOVE} <= valid_actions(BOX)
    over = replace(BOX, state=State.EXITED)
    assert Action.STOP not in valid_actions(over)
    assert Action.START in valid_actions(over)
    assert Action.UNPAUSE in valid_actions(replace(BOX, state=State.PAUSED))
    assert valid_actions(replace(BOX, state=State.REMOVING)) == frozenset()


def test_removing_names_the_losses_worst_first() -> None:
    rows = tuple(
        Entry(path, None, kind, severity, Survival(), bytes=size)
        for path, kind, severity, size in [
            ("/var/cache", PathClass.CACHE, 0, 900),
            ("/opt/unknown", PathClass.OTHER, None, 5),
            ("/root/work", PathClass.WORK, 4, 7),
        ]
    )
    scan = scanned({PathClass.WORK: ClassTotal(7, 1, 4)}, rows)
    plan = removal.remove_container(BOX, scan=scan).plan
    assert plan.loses.paths == ("/root/work", "/opt/unknown", "/var/cache")
    assert plan.needs is Needs.NAME
    assert any("killed" in w for w in plan.warnings)


def test_removing_what_nobody_has_scanned_needs_the_name() -> None:
    assert removal.remove_container(BOX, scan=None).plan.needs is Needs.NAME
    other = scanned({}, container_id="b" * 64)
    assert removal.remove_container(BOX, scan=other).plan.loses.bytes is None
    light = scanned({PathClass.CACHE: ClassTotal(5, 1, 0)})
    assert removal.remove_container(BOX, scan=light).plan.needs is Needs.YES


def test_volumes_are_left_when_a_container_is_removed() -> None:
    engine = Recorder()
    over = replace(BOX, state=State.EXITED)
    change = removal.remove_container(over, scan=None)
    execute(change, engine, answer=Answer(name="box"), read_only=False)
    assert engine.calls == [("remove_container", BOX.id, {"volumes": False, "force": False})]


def test_a_volume_in_use_is_refused_with_its_users() -> None:
    volume = Volume("data", "local", "/x", NOW, anonymous=False)
    with pytest.raises(InUseError, match="box"):
        removal.remove_volume(volume, users=[BOX])


@pytest.mark.parametrize(("held", "needs"), [(None, Needs.NAME), (1, Needs.NAME), (0, Needs.YES)])
def test_a_volume_with_data_needs_its_name(held: int | None, needs: Needs) -> None:
    volume = Volume("data", "local", "/x", NOW, anonymous=False, bytes=held)
    assert removal.remove_volume(volume, users=[]).plan.needs is needs


def test_prune_removes_what_was_listed_and_goes_on_after_a_failure() -> None:
    ended = [replace(BOX, id=c * 64, name=c, state=State.EXITED) for c in "bc"]
    change = prune.prune_containers([BOX, *ended], scans={})
    assert change.plan.needs is Needs.NAME
    assert change.plan.loses.bytes is None
    engine = Recorder(remove_container=EngineError("no", reason="is running"))
    done = execute(change, engine, answer=Answer(name="containers"), read_only=False)
    assert [c[:2] for c in engine.calls] == [("remove_container", c.id) for c in ended]
    assert all("force" not in c[-1] for c in engine.calls)
    assert done.state is OperationState.FAILED
    assert [s.state for s in done.steps] == [StepState.FAILED] * 2


def test_prune_lists_no_more_than_what_is_unused() -> None:
    images = [Image(f"sha256:{n}", t, (), NOW, 1) for n, t in [("1", ()), ("2", ()), ("3", ("t",))]]
    change = prune.prune_images(images, used=["sha256:2"])
    assert [s.name for s in change.plan.steps] == ["remove sha256:1"]
    volumes = [Volume(n, "local", "", NOW, anonymous=n != "named", bytes=0) for n in ("a", "named")]
    assert [s.name for s in prune.prune_volumes(volumes, used=[]).plan.steps] == ["remove a"]
    whole = prune.prune_volumes(volumes, used=["a"], anonymous_only=False)
    assert [s.name for s in whole.plan.steps] == ["remove named"]
    networks = [Network(n, n, "bridge", "local") for n in ("bridge", "mine", "used")]
    kept = prune.prune_networks(networks, used=["used"])
    assert [s.name for s in kept.plan.steps] == ["remove mine"]


def test_prune_spares_what_has_changed_since_it_was_listed() -> None:
    engine = Recorder()
    tagged = prune.prune_images([Image("sha256:tagged", (), (), NOW, 1)], used=[])
    assert execute(tagged, engine, answer=YES, read_only=False).state is OperationState.FAILED
    gone = prune.prune_volumes([Volume("v", "local", "", NOW, anonymous=True, bytes=0)], used=[])
    engine.volumes = [Volume("v", "local", "", NOW.replace(year=2027), anonymous=True)]
    assert execute(gone, engine, answer=YES, read_only=False).state is OperationState.FAILED
    network = prune.prune_networks([Network("n", "mine", "bridge", "local")], used=[])
    engine.containers = [replace(BOX, networks=("mine",))]
    assert execute(network, engine, answer=YES, read_only=False).state is OperationState.FAILED
    assert engine.calls == []


def test_a_cancelled_prune_stops_where_it_is() -> None:
    ended = [replace(BOX, id=c * 64, name=c, state=State.EXITED) for c in "bc"]
    engine, cancel = Recorder(), Cancel()
    done = execute(
        prune.prune_containers(ended, scans={}),
        engine,
        answer=Answer(name="containers"),
        read_only=False,
        on_progress=lambda _: cancel(),
        cancel=cancel,
    )
    assert len(engine.calls) == 1
    assert [s.state for s in done.steps] == [StepState.DONE, StepState.PENDING]
