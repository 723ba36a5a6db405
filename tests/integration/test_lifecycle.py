"""One-step changes on a real engine: what `docker` says before and after."""

from collections.abc import Iterator
from typing import Any

import pytest

from boxtui.engine.adapter import connect
from boxtui.errors import ReadOnlyError
from boxtui.model.operation import OperationState
from boxtui.model.ports import Engine
from boxtui.operations import lifecycle, prune, removal
from boxtui.operations.execution import Answer, Change, execute
from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


@pytest.fixture
def core(engine: RunningEngine) -> Iterator[Engine]:
    connected = connect(engine.url)
    yield connected
    connected.close()


def carry(core: Engine, change: Change, *, read_only: bool = False) -> Any:
    name = change.plan.object_name
    return execute(change, core, answer=Answer(yes=True, name=name), read_only=read_only)


def test_a_life(engine: RunningEngine, boxes: Boxes, core: Engine) -> None:
    docker = engine.docker
    name = boxes.name()
    box_id = boxes.run(name=name)

    def state() -> str:
        return docker("inspect", "-f", "{{.State.Status}}", box_id)

    def do(make: Any, *args: Any, **options: Any) -> None:
        done = carry(core, make(core.inspect_container(box_id), *args, **options))
        assert done.state is OperationState.DONE, done.error

    do(lifecycle.pause)
    assert state() == "paused"
    do(lifecycle.unpause)
    assert state() == "running"
    started = docker("inspect", "-f", "{{.State.StartedAt}}", box_id)
    do(lifecycle.restart)
    assert docker("inspect", "-f", "{{.State.StartedAt}}", box_id) > started
    do(lifecycle.restart_policy, "on-failure:4")
    policy = docker.json("inspect", box_id)[0]["HostConfig"]["RestartPolicy"]
    assert policy == {"Name": "on-failure", "MaximumRetryCount": 4}
    do(lifecycle.restart_policy, "no")
    do(lifecycle.kill, "KILL")
    assert docker("wait", box_id) == "137"
    do(lifecycle.start)
    assert state() == "running"
    other = boxes.adopt("container", boxes.name("renamed"))
    do(lifecycle.rename, other)
    assert docker("inspect", "-f", "{{.Name}}", box_id) == f"/{other}"
    do(lifecycle.stop)
    assert state() == "exited"
    do(removal.remove_container, scan=None)
    assert docker.attempt("inspect", box_id).returncode != 0


def test_the_engines_own_words(boxes: Boxes, core: Engine) -> None:
    taken = boxes.name()
    boxes.run(name=taken)
    box = core.inspect_container(boxes.run())
    done = carry(core, lifecycle.rename(box, taken))
    assert done.state is OperationState.FAILED
    assert f'The container name "/{taken}" is already in use' in (done.error or "")


def test_removing_a_box_leaves_its_volumes(
    engine: RunningEngine, boxes: Boxes, core: Engine
) -> None:
    box_id = boxes.run(options=["-v", "/anonymous"])
    volume = engine.docker("inspect", "-f", "{{(index .Mounts 0).Name}}", box_id)
    boxes.adopt("volume", volume)
    change = removal.remove_container(core.inspect_container(box_id), scan=None)
    assert carry(core, change).state is OperationState.DONE
    assert engine.docker("volume", "inspect", "-f", "{{.Name}}", volume) == volume


def test_prune_takes_what_it_listed_and_no_more(
    engine: RunningEngine, boxes: Boxes, core: Engine
) -> None:
    docker = engine.docker
    mine = [boxes.create() for _ in range(3)]
    listed = [core.inspect_container(ref) for ref in mine[:2]]
    change = prune.prune_containers(listed, scans={})
    docker("start", mine[1])
    late = boxes.create()
    done = carry(core, change)
    assert done.state is OperationState.FAILED
    assert "running" in (done.error or "")
    assert [s.state.value for s in done.steps] == ["done", "failed"]
    assert docker.attempt("inspect", mine[0]).returncode != 0
    assert docker("inspect", "-f", "{{.State.Status}}", mine[1]) == "running"
    for ref in (mine[2], late):
        assert docker("inspect", "-f", "{{.State.Status}}", ref) == "created"


def test_prune_of_volumes_and_networks(engine: RunningEngine, boxes: Boxes, core: Engine) -> None:
    docker = engine.docker
    free, used = boxes.volume(), boxes.volume()
    boxes.create(options=["-v", f"{used}:/x"])
    mine = [v for v in core.list_volumes() if v.name in {free, used}]
    change = prune.prune_volumes(mine, used=[used], anonymous_only=False)
    assert carry(core, change).state is OperationState.DONE
    assert docker.attempt("volume", "inspect", free).returncode != 0
    assert docker("volume", "inspect", "-f", "{{.Name}}", used) == used
    idle, busy = boxes.network(), boxes.network()
    networks = [n for n in core.list_networks() if n.name in {idle, busy}]
    later = prune.prune_networks(networks, used=[])
    boxes.create(options=["--network", busy])
    done = carry(core, later)
    assert sorted(s.state.value for s in done.steps) == ["done", "failed"]
    assert docker.attempt("network", "inspect", idle).returncode != 0
    assert docker("network", "inspect", "-f", "{{.Name}}", busy) == busy


def test_nothing_is_sent_under_read_only(boxes: Boxes, proxy: Proxy) -> None:
    box_id = boxes.run()
    core = connect(proxy.url)
    box = core.inspect_container(box_id)
    for change in (lifecycle.stop(box), lifecycle.rename(box, "other"),
                   removal.remove_container(box, scan=None)):  # fmt: skip
        with pytest.raises(ReadOnlyError):
            carry(core, change, read_only=True)
    core.close()
    assert proxy.changes == []
