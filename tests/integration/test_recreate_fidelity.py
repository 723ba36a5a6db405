"""A container that sets every field, recreated: inspect must show the same again.

The walk covers every key of Config, HostConfig and NetworkSettings: one that is neither set here
nor listed with a reason fails the test, so that a field of a newer engine cannot be forgotten.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boxtui.engine.adapter import connect
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
