"""`ps` and `volumes` on a real engine; expected values come from docker and find."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from boxtui.operations.trace import Trace, lock_name
from tests.cli import contract
from tests.cli.docker import Docker
from tests.cli.reading import listed, seconds
from tests.cli.running import Boxtui

pytestmark = pytest.mark.engine


def test_every_field_is_what_docker_inspect_says(
    on_engine: Boxtui, docker: Docker, tmp_path: Path
) -> None:
    name = docker.run(
        "full",
        *("-p", "127.0.0.1::80", "-p", "127.0.0.1::53/udp", "--expose", "99"),
        *("-v", f"{docker.name('v')}:/data", "-v", f"{tmp_path}:/bound:ro", "-v", "/anonymous"),
        *("--tmpfs", "/scratch", "--restart", "on-failure:3"),
        *("--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=db"),
        *("--health-cmd", "true", "--health-interval", "1h"),
    )
    raw = docker.inspect("container", name)
    shown = listed(on_engine, name)
    assert shown | {"ports": [], "mounts": [], "health": ""} == {
        "id": raw["Id"],
        "name": name,
        "project": "shop",
        "service": "db",
        "image": raw["Config"]["Image"],
        "image_id": raw["Image"],
        "tag_moved": False,
        "state": raw["State"]["Status"],
        "health": "",
        "created": seconds(raw["Created"]),
        "started": seconds(raw["State"]["StartedAt"]),
        "exit_code": None,
        "restart_policy": "on-failure:3",
        "ports": [],
        "mounts": [],
        "verdict": "unscanned",
        "at_risk_bytes": None,
        "at_risk_files": None,
        "scanned_at": None,
        "operation": None,
    }
    assert shown["health"] in {"starting", "healthy"}
    published = {
        (p["host_ip"], p["host_port"], p["container_port"], p["protocol"]) for p in shown["ports"]
    }
    expected: set[tuple[str | None, int | None, int, str]] = {(None, None, 99, "tcp")}
    for key, bindings in raw["NetworkSettings"]["Ports"].items():
        port, protocol = key.split("/")
        expected |= {(b["HostIp"], int(b["HostPort"]), int(port), protocol) for b in bindings or []}
    assert len(expected) == 3
    assert published == expected
    mounts = {(m["kind"], m["source"], m["target"], m["read_only"]) for m in shown["mounts"]}
    [anonymous] = [m["Name"] for m in raw["Mounts"] if m["Destination"] == "/anonymous"]
    assert mounts == {
        ("volume", docker.name("v"), "/data", False),
        ("bind", str(tmp_path), "/bound", True),
        ("anonymous-volume", anonymous, "/anonymous", False),
        ("tmpfs", None, "/scratch", False),
    }


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda d: d.create("b"), "created"),
        (lambda d: d.run("b"), "running"),
        (lambda d: (d.run("b"), d("pause", d.name("b"))), "paused"),
        (lambda d: (d.run("b", command="exit 7"), d("wait", d.name("b"))), "exited"),
        (lambda d: (d.run("b", command="sleep 9"), d("kill", d.name("b"))), "exited"),
    ],
    ids=["created", "running", "paused", "exited", "killed"],
)
def test_states_and_exit_codes(
    on_engine: Boxtui, docker: Docker, make: Callable[[Docker], object], state: str
) -> None:
    make(docker)
    name = docker.name("b")
    raw = docker.inspect("container", name)["State"]
    shown = listed(on_engine, name, "-a")
    assert shown["state"] == raw["Status"] == state
    assert shown["exit_code"] == (raw["ExitCode"] if state == "exited" else None)
    assert shown["started"] == (None if state == "created" else seconds(raw["StartedAt"]))
    running = {c["name"] for c in on_engine("ps", "--json").document["containers"]}
    docker_says = docker("ps", "--format", "{{.Names}}").splitlines()
    assert (name in running) == (name in docker_says)


def test_the_operation_that_holds_a_box_is_named(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    other = docker.run("other")
    trace = Trace(
        operation="0f1e2d3c4b",
        kind="recreate",
        box=name,
        old_id=docker.inspect("container", name)["Id"],
        who="me@here",
        since="2026-05-01T10:00:00+00:00",
        policy={},
        was_running=True,
        stop_timeout=10,
        grace=1.0,
    )
    assert listed(on_engine, name)["operation"] is None
    labels = [f"--label={key}={value}" for key, value in trace.labels().items()]
    docker("create", "--name", lock_name(name), *labels, "busybox")
    assert listed(on_engine, name)["operation"] == "0f1e2d3c4b"
    assert listed(on_engine, other)["operation"] is None


def test_operations_own_containers_are_in_no_list(on_engine: Boxtui, docker: Docker) -> None:
    aside = docker.run("x.boxtui-0f1e2d")
    lock = docker.create("x.boxtui-lock", "--label", "boxtui.temporary=1")
    helper = docker.create("helper", "--label", "boxtui.temporary=1")
    outcome = on_engine("ps", "-a", "--json")
    names = {c["name"] for c in outcome.document["containers"]}
    assert not names & {aside, lock, helper}
    assert docker.tag not in on_engine("ps", "-a").stdout
    assert on_engine("map", aside, "--json").error["code"] == "not-found"


def test_a_tag_that_has_moved(on_engine: Boxtui, docker: Docker, realistic: str) -> None:
    image = docker.image("busybox", "1")
    name = docker.run("box", image=image)
    image_id = docker.inspect("image", "busybox")["Id"]
    pinned = docker.run("pinned", image=image_id)
    short = docker.run("short", image=image_id.removeprefix("sha256:")[:12])
    assert listed(on_engine, name)["tag_moved"] is False
    docker("tag", realistic, image)
    assert listed(on_engine, name)["tag_moved"] is True
    assert listed(on_engine, name)["image"] == image
    assert listed(on_engine, name)["image_id"] == image_id
    docker("rmi", image)
    assert listed(on_engine, name)["tag_moved"] is None
    assert listed(on_engine, pinned)["tag_moved"] is False
    assert listed(on_engine, short)["tag_moved"] is False


def test_a_remounted_boxs_tag_is_that_of_its_base(
    on_engine: Boxtui, docker: Docker, realistic: str
) -> None:
    image = docker.image("busybox", "1")
    image_id = docker.inspect("image", "busybox")["Id"]
    name = docker.run(
        "box",
        *("--label", f"boxtui.base-id={image_id}", "--label", f"boxtui.base-ref={image}"),
        image=realistic,
    )
    assert listed(on_engine, name)["tag_moved"] is False
    docker("tag", realistic, image)
    assert listed(on_engine, name)["tag_moved"] is True


def test_the_table_for_people_shows_no_escape_codes_of_others(
    on_engine: Boxtui, docker: Docker
) -> None:
    evil = "\x1b[31mred\u202e\n[bold]x"
    name = docker.run("box", "--label", f"com.docker.compose.project={evil}")
    outcome = on_engine("ps")
    [line] = [row for row in outcome.stdout.splitlines() if name in row]
    assert r"\x1b[31mred\u202e\x0a[bold]x" in line
    assert "unscanned" in line
    assert "\x1b" not in outcome.stdout
    assert listed(on_engine, name)["project"] == evil


def test_volumes_are_what_docker_says(on_engine: Boxtui, docker: Docker) -> None:
    used, orphan = docker.name("used"), docker.name("orphan")
    docker("volume", "create", orphan)
    docker.create("stopped", "-v", f"{used}:/data")
    docker.run("up", "-v", f"{used}:/data", "-v", "/anonymous")
    [anonymous] = [
        m["Name"]
        for m in docker.inspect("container", docker.name("up"))["Mounts"]
        if m["Destination"] == "/anonymous"
    ]
    outcome = on_engine("volumes", "--json")
    contract.check(outcome.document, contract.VOLUMES)
    volumes = {v["name"]: v for v in outcome.document["volumes"]}
    assert set(docker("volume", "ls", "-q").splitlines()) >= {used, orphan, anonymous}
    assert volumes[used] == {
        "name": used,
        "driver": "local",
        "anonymous": False,
        "orphan": False,
        "used_by": [docker.name("stopped"), docker.name("up")],
        "created": docker.inspect("volume", used)["CreatedAt"],
        "bytes": None,
        "last_backup": None,
    }
    assert (volumes[orphan]["orphan"], volumes[orphan]["used_by"]) == (True, [])
    assert (volumes[anonymous]["anonymous"], volumes[anonymous]["orphan"]) == (True, False)
    table = on_engine("volumes").stdout
    assert orphan in table
    assert "no box" in table


def test_volume_sizes_are_what_lies_in_them(on_engine: Boxtui, docker: Docker) -> None:
    volume = docker.name("v")
    docker.run(
        "box",
        *("-v", f"{volume}:/data"),
        command="mkdir /data/d; head -c 70000 /dev/urandom > /data/d/a; ln /data/d/a /data/b;"
        " echo hello > /data/c; sleep 1000",
    )
    docker("exec", docker.name("box"), "sh", "-c", "until [ -s /data/c ]; do sleep 0.1; done")
    point = docker.inspect("volume", volume)["Mountpoint"]
    sizes = subprocess.run(
        ["find", point, "-type", "f", "-printf", "%i %s\n"],
        capture_output=True,
        text=True,
        check=True,
    )
    expected = sum(dict(map(int, line.split()) for line in sizes.stdout.splitlines()).values())
    assert expected == 70006
    outcome = on_engine("volumes", "--size", "--json")
    [size] = [v["bytes"] for v in outcome.document["volumes"] if v["name"] == volume]
    assert size == expected
    assert "70 kB" in on_engine("volumes", "--size").stdout
