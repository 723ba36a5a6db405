"""Boxes of every shape, recreated: images, networks, namespaces, compose, hidden values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boxtui.engine.adapter import connect
from boxtui.errors import UnsupportedError
from boxtui.model.operation import OperationState
from boxtui.model.ports import Engine
from boxtui.operations.cancel import Cancel
from boxtui.operations.execution import ignore_progress
from boxtui.operations.recreate import RecreateOptions, plan_recreate
from tests.engines.boxes import STAYS, Boxes
from tests.engines.running import RunningEngine
from tests.integration.test_recreate_fidelity import keyed, recreate

pytestmark = pytest.mark.engine


@pytest.fixture
def core(engine: RunningEngine) -> Iterator[Engine]:
    connected = connect(engine.url)
    yield connected
    connected.close()


def test_a_new_image_brings_its_own_and_the_users_stays(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    old = boxes.image("busybox", "ENV A=1 B=1", "LABEL a=1 b=1", "WORKDIR /one", "VOLUME /v",
                      'CMD ["sleep", "1000"]', "EXPOSE 1", "USER 0")  # fmt: skip
    new = boxes.image("busybox", "ENV A=2 B=2 C=2", "LABEL a=2 b=2", "WORKDIR /two",
                      "VOLUME /w", 'CMD ["sleep", "2000"]', "EXPOSE 2")  # fmt: skip
    name = boxes.name()
    options = ["-e", "B=mine", "-l", "b=mine", "-e", "D=mine", "--stop-signal", "KILL"]
    docker("create", "--name", boxes.adopt("container", name), *options, old)
    docker("start", name)
    docker("exec", name, "sh", "-c", "echo kept > /v/f")
    before = set(docker.lines("volume", "ls", "-q"))

    recreate(core, name, tmp_path / "state", image=new)

    config = docker.json("inspect", name)[0]["Config"]
    env = dict(e.partition("=")[::2] for e in config["Env"])
    assert {k: env[k] for k in "ABCD"} == {"A": "2", "B": "mine", "C": "2", "D": "mine"}
    assert {k: config["Labels"][k] for k in "ab"} == {"a": "2", "b": "mine"}
    assert config["Cmd"] == ["sleep", "2000"]
    assert config["WorkingDir"] == "/two"
    assert set(config["ExposedPorts"]) == {"2/tcp"}
    assert config["Image"] == new
    assert docker("exec", name, "cat", "/v/f") == "kept"
    mounted = {m["Name"] for m in docker.json("inspect", name)[0]["Mounts"]}
    assert len(mounted) == 2
    # the new image's own volume has come, and nothing of the lock's is left
    made = set(docker.lines("volume", "ls", "-q")) - before
    assert made == mounted - before


def test_a_rollback_takes_the_new_images_volume_along(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    broken = boxes.image("busybox", "VOLUME /fresh", 'CMD ["false"]')
    name = boxes.name()
    docker("run", "-d", "--name", boxes.adopt("container", name), "-v", "/anon",
           boxes.image("busybox", 'CMD ["sleep", "1000"]'))  # fmt: skip
    docker("exec", name, "sh", "-c", "echo kept > /anon/f")
    before = set(docker.lines("volume", "ls", "-q"))
    old = docker("inspect", "-f", "{{.Id}} {{.HostConfig.RestartPolicy.Name}}", name)
    box = core.inspect_container(name)
    change = plan_recreate(
        core, box, RecreateOptions(image=broken), scan=None, info=core.info(),
        state_dir=tmp_path / "state",
    )  # fmt: skip
    done = change.carry_out(core, ignore_progress, Cancel())
    assert done.state is OperationState.ROLLED_BACK
    assert "exit code 1" in (done.error or "")
    assert docker("inspect", "-f", "{{.Id}} {{.HostConfig.RestartPolicy.Name}}", name) == old
    assert docker("exec", name, "cat", "/anon/f") == "kept"
    assert set(docker.lines("volume", "ls", "-q")) == before


@pytest.mark.parametrize(
    "options",
    [
        ["-P", "--expose", "81"],
        ["--network", "host", "--pid", "host", "--uts", "host"],
        ["--network", "none"],
        ["--cpus", "0.5", "--oom-kill-disable", "--memory", "64m"],
        ["--hostname", "mine", "-p", "127.0.0.1::80"],
        ["--no-healthcheck", "--entrypoint", "", "-w", "/etc"],
        ["--ipc", "private", "--cgroup-parent", "/boxtui-tests"],
        ["--security-opt", "seccomp=unconfined", "--security-opt", "systempaths=unconfined"],
    ],
    ids=" ".join,
)
def test_odd_configurations_come_back(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path, options: list[str]
) -> None:
    docker = engine.docker
    image = boxes.image("busybox", 'ENTRYPOINT ["sleep"]', 'CMD ["1"]', "EXPOSE 80")
    name = boxes.adopt("container", boxes.name())
    entry = [] if "--entrypoint" in options else ["--entrypoint", STAYS[0]]
    argv = STAYS if "--entrypoint" in options else STAYS[1:]
    docker("run", "-d", "--name", name, *options, *entry, image, *argv)
    old = docker.json("inspect", name)[0]
    recreate(core, name, tmp_path / "state")
    new = docker.json("inspect", name)[0]
    assert new["HostConfig"] == old["HostConfig"]
    if old["Config"]["Hostname"] == old["Id"][:12]:
        old["Config"]["Hostname"] = new["Id"][:12]
    assert new["Config"] == old["Config"]
    assert set(new["NetworkSettings"]["Networks"]) == set(old["NetworkSettings"]["Networks"])
    assert docker("inspect", "-f", "{{.State.Running}}", name) == "true"


@pytest.mark.parametrize(
    "given",
    [
        {"Privileged": True, "PublishAllPorts": True},
        {"Privileged": True, "SecurityOpt": ["label=disable"], "CapDrop": ["ALL"]},
        {
            f"BlkioDevice{kind}": [{"Path": "/dev/zero", "Rate": 1000}]
            for kind in ("ReadBps", "WriteBps", "ReadIOps", "WriteIOps")
        },
        {"DeviceRequests": [{"Driver": "", "Count": -1, "Capabilities": [["gpu"]]}]},
    ],
    ids=" ".join,
)
def test_what_this_machine_cannot_start(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path, given: dict[str, Any]
) -> None:
    name = boxes.adopt("container", boxes.name())
    core.create_container(name, {"Image": "busybox", "HostConfig": given})
    old = engine.docker.json("inspect", name)[0]
    recreate(core, name, tmp_path / "state")
    new = engine.docker.json("inspect", name)[0]
    assert new["Id"] != old["Id"]
    assert new["HostConfig"] == old["HostConfig"]


def test_an_address_that_was_asked_for_comes_back(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    name = boxes.adopt("container", boxes.name())
    body = {"Image": "busybox", "Cmd": list(STAYS), "MacAddress": "02:42:ac:11:77:77"}
    core.create_container(name, body)
    docker("start", name)
    recreate(core, name, tmp_path / "state")
    found = docker.json("inspect", name)[0]
    assert found["NetworkSettings"]["Networks"]["bridge"]["MacAddress"] == "02:42:ac:11:77:77"


def test_a_box_in_anothers_network_comes_back(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    image = boxes.image("busybox", "EXPOSE 80")
    host = boxes.name("netns")
    boxes.run(name=host)
    name = boxes.name()
    boxes.run(image, name=name, options=["--network", f"container:{host}"])
    old = docker.json("inspect", name)[0]
    change = recreate(core, name, tmp_path / "state")
    new = docker.json("inspect", name)[0]
    assert new["HostConfig"] == old["HostConfig"]
    assert change.plan.dependents == ()
    plan = plan_recreate(
        core, core.inspect_container(host), RecreateOptions(), scan=None, info=core.info(),
        state_dir=tmp_path / "state",
    ).plan  # fmt: skip
    assert plan.dependents == (name,)
    # it holds its parent's id: once that is another's, it is led there
    recreate(core, host, tmp_path / "state")
    parent = docker("inspect", "-f", "{{.Id}}", host)
    recreate(core, name, tmp_path / "state")
    found = docker.json("inspect", name)[0]
    assert found["HostConfig"]["NetworkMode"] == f"container:{parent}"
    assert found["State"]["Running"]


def test_a_box_whose_parent_is_gone_is_refused(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    parent, name = boxes.name("netns"), boxes.name()
    boxes.run(name=parent)
    boxes.run(name=name, options=["--network", f"container:{parent}"])
    engine.docker("rm", "-f", parent)
    box = core.inspect_container(name)
    with pytest.raises(UnsupportedError, match="network namespace"):
        plan_recreate(
            core, box, RecreateOptions(), scan=None, info=core.info(), state_dir=tmp_path
        )  # fmt: skip


def test_links_come_back(engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path) -> None:
    docker = engine.docker
    peer, name = boxes.name("peer"), boxes.name()
    boxes.run(name=peer)
    boxes.run(name=name, options=["--link", f"{peer}:the-peer"])
    recreate(core, name, tmp_path / "state")
    assert docker.json("inspect", name)[0]["HostConfig"]["Links"] == [f"/{peer}:/{name}/the-peer"]
    docker("exec", name, "grep", "-q", "the-peer", "/etc/hosts")


def test_a_stopped_box_stays_stopped(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    name = boxes.name()
    boxes.run(name=name, options=["--restart", "always", "-v", "/data"])
    docker("stop", name)
    old = docker.json("inspect", name)[0]
    change = recreate(core, name, tmp_path / "state")
    new = docker.json("inspect", name)[0]
    assert new["Id"] != old["Id"]
    assert new["State"]["Status"] == "created"
    assert new["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert keyed(new["Mounts"]) == keyed(old["Mounts"])
    assert "stop" not in [s.name for s in change.plan.steps]


def test_a_box_that_left_its_network_comes_back_in_the_others(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    first, second, third = (boxes.network() for _ in range(3))
    name = boxes.name()
    boxes.run(name=name, options=["--network", first])
    docker("network", "connect", second, name)
    docker("network", "connect", third, name)
    docker("network", "disconnect", first, name)
    recreate(core, name, tmp_path / "state")
    networks = docker.json("inspect", name)[0]["NetworkSettings"]["Networks"]
    assert set(networks) == {second, third}


def test_the_plan_hides_every_environment_value(boxes: Boxes, core: Engine, tmp_path: Path) -> None:
    name = boxes.name()
    boxes.run(name=name, options=["-e", "TOKEN=hunter2", "-e", "OTHER"])
    change = recreate(core, name, tmp_path / "state")
    assert "TOKEN=***" in change.plan.before["Config"]["Env"]
    assert "hunter2" not in repr(change.plan)
    assert "hunter2" not in repr(change)
    for file in (tmp_path / "state").rglob("*"):
        if file.is_file():
            assert "hunter2" not in file.read_text()
            assert file.stat().st_mode & 0o077 == 0
        else:
            assert file.stat().st_mode & 0o077 == 0


def test_compose_is_told_of_the_image_that_it_would_use_itself(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    """Its labels stay byte for byte, but for the image's id where the reference moved on."""
    docker = engine.docker
    ref = boxes.image("busybox", "ENV A=1")
    was = docker("image", "inspect", "-f", "{{.Id}}", ref)
    labels = {
        "com.docker.compose.project": "p",
        "com.docker.compose.service": "s",
        "com.docker.compose.config-hash": "0123",
        "com.docker.compose.image": was,
    }
    name = boxes.name()
    boxes.run(ref, name=name, options=[f"--label={k}={v}" for k, v in labels.items()])
    boxes.image("busybox", "ENV A=2", ref=ref)
    now = docker("image", "inspect", "-f", "{{.Id}}", ref)
    assert now != was
    recreate(core, name, tmp_path / "state")
    found = docker.json("inspect", name)[0]
    assert found["Image"] == now
    told = {k: found["Config"]["Labels"][k] for k in labels}
    assert told == {**labels, "com.docker.compose.image": now}
    # another image is none that compose would use: it keeps what it knows
    recreate(core, name, tmp_path / "state", image="busybox")
    told = {k: docker.json("inspect", name)[0]["Config"]["Labels"][k] for k in labels}
    assert told == {**labels, "com.docker.compose.image": now}


def test_a_reference_that_is_gone_means_the_same_image(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    ref = boxes.image("busybox", "ENV A=1")
    name = boxes.name()
    boxes.run(ref, name=name)
    image = docker("inspect", "-f", "{{.Image}}", name)
    docker("rmi", "--force", ref)
    change = recreate(core, name, tmp_path / "state")
    assert any(ref in w for w in change.plan.warnings)
    assert docker("inspect", "-f", "{{.Image}}", name) == image
