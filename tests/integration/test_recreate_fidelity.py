"""A container that sets every field, recreated: inspect must show the same again.

The walk covers every key of Config, HostConfig and NetworkSettings: one that is neither set here
nor listed with a reason fails the test, so that a field of a newer engine cannot be forgotten.
"""

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

pytestmark = pytest.mark.engine

NOT_SET = {
    "Config": {
        "ArgsEscaped": "Windows only",
        "OnBuild": "an image's only: run ignores it",
        "NetworkDisabled": "a box without any network, which excludes most other fields",
        "StdinOnce": "closes the first process' input when a client leaves",
        "AttachStdin": "the client's own doing at create",
        "MacAddress": "told apart below, with the networks",
    },
    "HostConfig": {
        "AutoRemove": "refused: stopping deletes the box",
        "Cgroup": "no longer settable",
        "CgroupParent": "needs a cgroup driver that fits it",
        "ConsoleSize": "Windows only",
        "ContainerIDFile": "written by the docker CLI, not by the engine",
        "CpuCount": "Windows only",
        "CpuPercent": "Windows only",
        "CpuRealtimePeriod": "needs a kernel with CONFIG_RT_GROUP_SCHED",
        "CpuRealtimeRuntime": "needs a kernel with CONFIG_RT_GROUP_SCHED",
        "DeviceRequests": "needs a GPU",
        "IOMaximumBandwidth": "Windows only",
        "IOMaximumIOps": "Windows only",
        "Isolation": "Windows only",
        "KernelMemory": "gone from newer engines and kernels",
        "KernelMemoryTCP": "gone from newer engines and kernels",
        "Links": "in test_links_come_back: on other networks the endpoint has them",
        "NanoCpus": "excludes CpuQuota",
        "OomKillDisable": "gone with cgroup v2",
        "PidMode": "in test_odd_configurations",
        "Privileged": "in test_what_this_machine_cannot_start",
        "PublishAllPorts": "in test_what_this_machine_cannot_start",
        "StorageOpt": "needs a storage driver with quotas",
        "UTSMode": "in test_odd_configurations",
        "UsernsMode": "needs an engine with user namespaces",
        "VolumeDriver": "names a plugin",
        "BlkioDeviceReadBps": "in test_what_this_machine_cannot_start",
        "BlkioDeviceReadIOps": "in test_what_this_machine_cannot_start",
        "BlkioDeviceWriteBps": "in test_what_this_machine_cannot_start",
        "BlkioDeviceWriteIOps": "in test_what_this_machine_cannot_start",
        "BlkioWeight": "needs an I/O scheduler with weights; the engine drops it",
        "BlkioWeightDevice": "needs an I/O scheduler with weights",
        "CgroupnsMode": "the engine's default is written out",
        "Annotations": "from API 1.43",
    },
}

OTHERS = {
    "Config": {"Hostname"},
    "HostConfig": set(),
}
"""What must not be the same again: names made from the container's id."""

RUNTIME = {
    "Bridge", "SandboxID", "SandboxKey", "HairpinMode", "LinkLocalIPv6Address",
    "LinkLocalIPv6PrefixLen", "SecondaryIPAddresses", "SecondaryIPv6Addresses", "EndpointID",
    "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen",
    "IPv6Gateway", "MacAddress", "Ports", "Networks",
}  # fmt: skip
"""Keys of NetworkSettings that the engine fills in while the box runs; Networks are compared."""


@pytest.fixture
def core(engine: RunningEngine) -> Iterator[Engine]:
    connected = connect(engine.url)
    yield connected
    connected.close()


def recreate(core: Engine, name: str, state: Path, **options: Any) -> Any:
    box = core.inspect_container(name)
    change = plan_recreate(
        core, box, RecreateOptions(grace=0.5, **options), scan=None, info=core.info(),
        state_dir=state,
    )  # fmt: skip
    done = change.carry_out(core, ignore_progress, Cancel())
    assert done.state is OperationState.DONE, done.error
    return change


def full_body(boxes: Boxes, image: str, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Give a create body in which nothing is left to a default, and the networks beside its own."""
    first = boxes.network(None, "--subnet", "10.231.7.0/24")
    second = boxes.network()
    peer = boxes.name("peer")
    boxes.run(options=["--network", first, "-v", "/from-peer"], name=peer)
    (folder / "host").mkdir()
    body = {
        "Image": image,
        "Hostname": "the-host",
        "Domainname": "example.test",
        "User": "0:0",
        "AttachStdout": True,
        "AttachStderr": True,
        "ExposedPorts": {"8080/tcp": {}, "53/udp": {}},
        "Tty": True,
        "OpenStdin": True,
        "Env": ["SECRET=se=cret", "EMPTY=", "PATH=/opt/bin:/bin"],
        "Cmd": list(STAYS[1:]),
        "Entrypoint": ["sh"],
        "Healthcheck": {
            "Test": ["CMD-SHELL", "true"], "Interval": 10**9, "Timeout": 2 * 10**9,
            "StartPeriod": 10**9, "Retries": 4,
        },
        "Volumes": {"/anonymous": {}},
        "WorkingDir": "/tmp",
        "Labels": {"mine": "yes", "from-image": "overridden"},
        "StopSignal": "SIGTERM",
        "StopTimeout": 7,
        "Shell": ["/bin/ash", "-c"],
        "HostConfig": {
            "Binds": [f"{folder}/host:/bound:ro,rprivate", f"{boxes.volume()}:/named"],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
            "NetworkMode": first,
            "PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "48231"}]},
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "VolumesFrom": [f"{peer}:ro"],
            "CapAdd": ["NET_ADMIN"],
            "CapDrop": ["MKNOD"],
            "Dns": ["10.9.8.7"],
            "DnsOptions": ["ndots:2"],
            "DnsSearch": ["search.test"],
            "ExtraHosts": ["some:10.1.1.1"],
            "GroupAdd": ["27"],
            "IpcMode": "shareable",
            "Links": [f"{peer}:the-peer"],
            "OomScoreAdj": 123,
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges"],
            "ShmSize": 33554432,
            "Runtime": "runc",
            "CpuShares": 512,
            "Memory": 268435456,
            "MemorySwap": 536870912,
            "MemoryReservation": 134217728,
            "MemorySwappiness": 10,
            "CpuPeriod": 100000,
            "CpuQuota": 150000,
            "CpusetCpus": "0",
            "CpusetMems": "0",
            "Devices": [
                {"PathOnHost": "/dev/null", "PathInContainer": "/dev/n", "CgroupPermissions": "r"}
            ],
            "DeviceCgroupRules": ["c 1:3 rw"],
            "PidsLimit": 200,
            "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 2048}],
            "Mounts": [
                {"Type": "volume", "Target": "/sourceless"},
                {"Type": "tmpfs", "Target": "/mt", "TmpfsOptions": {"SizeBytes": 65536}},
                {
                    "Type": "volume", "Source": boxes.volume(), "Target": "/vm", "ReadOnly": True,
                    "VolumeOptions": {"NoCopy": True},
                },
                {
                    "Type": "bind", "Source": str(folder), "Target": "/bm",
                    "BindOptions": {"Propagation": "rprivate"},
                },
            ],
            "MaskedPaths": ["/proc/kcore"],
            "ReadonlyPaths": ["/proc/bus"],
            "Sysctls": {"net.ipv4.ip_forward": "1"},
            "Tmpfs": {"/run": "rw,size=65536k"},
            "Init": True,
        },
        "NetworkingConfig": {
            "EndpointsConfig": {
                first: {
                    "IPAMConfig": {"IPv4Address": "10.231.7.77"},
                    "Aliases": ["other-name"],
                    "DriverOpts": {"com.example.option": "1"},
                }
            }
        },
    }  # fmt: skip
    return body, [second]


def keyed(mounts: list[dict[str, Any]]) -> dict[str, Any]:
    return {m["Destination"]: {k: v for k, v in m.items() if k != "Mode"} for m in mounts}


def test_every_field_comes_back(
    engine: RunningEngine, boxes: Boxes, core: Engine, tmp_path: Path
) -> None:
    docker = engine.docker
    image = boxes.image("busybox", "ENV FROM_IMAGE=1", "LABEL from-image=1 kept=1", "EXPOSE 99",
                        "VOLUME /image-volume")  # fmt: skip
    name = boxes.adopt("container", boxes.name())
    body, others = full_body(boxes, image, tmp_path)
    core.create_container(name, body)
    for other in others:
        docker("network", "connect", "--alias", "second-name", other, name)
    docker("start", name)
    docker("exec", name, "sh", "-c", "echo kept > /anonymous/f; echo kept > /image-volume/f")
    old = docker.json("inspect", name)[0]

    recreate(core, name, tmp_path / "state")

    new = docker.json("inspect", name)[0]
    assert new["Id"] != old["Id"]
    for section, reasons in NOT_SET.items():
        for key in old[section].keys() | new[section].keys():
            if key in OTHERS[section]:
                continue
            have, want = new[section].get(key), old[section].get(key)
            if key == "Mounts":
                # what had no source has one now, and what was anonymous is named
                have = [m for m in have if m["Target"] in {w["Target"] for w in want}]
                want = [{**w, "Source": m["Source"]} if w["Target"] == "/sourceless" else w
                        for w, m in zip(want, have, strict=True)]  # fmt: skip
            if key == "Env":
                have, want = sorted(have), sorted(want)
            assert have == want, f"{section}.{key}"
            assert want or key in reasons, f"{section}.{key} is neither set nor explained"
    assert keyed(new["Mounts"]) == keyed(old["Mounts"])
    networks = new["NetworkSettings"]["Networks"]
    assert set(networks) == set(old["NetworkSettings"]["Networks"])
    for network, want in old["NetworkSettings"]["Networks"].items():
        for key in ("IPAMConfig", "Links", "DriverOpts", "NetworkID"):
            assert (networks[network].get(key) or None) == (want.get(key) or None), key
        assert set(want["Aliases"] or []) - {old["Id"][:12]} <= set(networks[network]["Aliases"])
    assert set(new["NetworkSettings"]) <= RUNTIME
    assert docker("exec", name, "cat", "/anonymous/f", "/image-volume/f").split() == ["kept"] * 2
    leftovers = docker.lines("ps", "-a", "--filter", f"name={name}.boxtui-", "-q")
    assert leftovers == []


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
