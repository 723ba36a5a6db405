"""The commands on a real engine; expected values come from docker, du and find."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import ptyprocess
import pytest

from boxtui.operations.trace import Trace, lock_name
from tests.cli import contract
from tests.cli.docker import Docker
from tests.cli.running import Boxtui, environment
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


def listed(boxtui: Boxtui, name: str, *words: str) -> dict[str, Any]:
    """One box of `ps --json`."""
    outcome = boxtui("ps", "--json", *words)
    assert (outcome.code, outcome.stderr) == (0, "")
    contract.check(outcome.document, contract.PS)
    [found] = [c for c in outcome.document["containers"] if c["name"] == name]
    assert isinstance(found, dict)
    return found


def seconds(time: str) -> str:
    """A time to the microsecond, the engine's own having nine digits."""
    head, _, fraction = time.removesuffix("Z").partition(".")
    fraction = fraction[:6].rstrip("0")
    return f"{head}.{fraction.ljust(6, '0')}Z" if fraction else f"{head}Z"


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


def test_colours_on_a_terminal_unless_they_are_refused(
    on_engine: Boxtui, docker: Docker, engine: RunningEngine
) -> None:
    name = docker.run("box")

    def on_terminal(*words: str, **environ: str) -> str:
        process = ptyprocess.PtyProcessUnicode.spawn(
            [sys.executable, "-m", "boxtui", "-H", engine.url, "ps", *words],
            env=environment(on_engine.home, **environ),
        )
        said = ""
        try:
            while True:
                said += process.read()
        except EOFError:
            process.wait()
        assert process.exitstatus == 0
        assert name in said
        return said

    assert "\x1b[33m" in on_terminal()
    assert "\x1b" not in on_terminal("--no-color")
    assert "\x1b" not in on_terminal(NO_COLOR="1")
    assert "\x1b" not in on_terminal(TERM="dumb")
    assert "\x1b" not in on_terminal("--json")


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


def test_history_tells_of_a_recreate_behind_boxtuis_back(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    old = docker.inspect("container", name)
    assert on_engine("ps").code == 0
    docker("rm", "-f", name)
    docker.run("box")
    new = docker.inspect("container", name)

    outcome = on_engine("history", name, "--json")

    assert (outcome.code, outcome.stderr) == (0, "")
    contract.check(outcome.document, contract.HISTORY)
    seen, recreated = outcome.document["events"]
    assert {k: seen[k] for k in ("kind", "box", "container_id", "image_id", "by")} == {
        "kind": "seen",
        "box": name,
        "container_id": old["Id"],
        "image_id": old["Image"],
        "by": "outside",
    }
    when = datetime.fromisoformat(recreated["time"])
    # a list tells it in whole seconds
    assert abs((when - datetime.fromisoformat(seconds(new["Created"]))).total_seconds()) <= 1
    assert recreated == {
        "time": recreated["time"],
        "kind": "recreated",
        "box": name,
        "container_id": new["Id"],
        "image_id": new["Image"],
        "by": "outside",
        "operation": None,
        "lost": None,
    }
    assert on_engine("history", new["Id"][:12], "--json").document["events"] == [seen, recreated]
    docker("rm", "-f", name)
    kinds = [e["kind"] for e in on_engine("history", name, "--json").document["events"]]
    assert kinds == ["seen", "recreated", "removed"]
    assert "recreated" in on_engine("history", name).stdout


def filled(docker: Docker, *words: str) -> str:
    """A box with known content in its writable layer, some of its names odd."""
    name = docker.run("box", *words)
    docker(
        "exec",
        name,
        "sh",
        "-c",
        "mkdir -p /root/.claude /root/d; echo secret > /root/.claude.json;"
        " head -c 70000 /dev/urandom > /root/d/work; ln -s /gone /root/link;"
        " touch /root/d/$(printf 'a\\377b'); touch /root/d/$(printf 'e\\033[31m'); rm /bin/wget",
    )
    return name


def names_beyond_the_image(upper: str) -> set[bytes]:
    """What find says lies in the writable layer, whiteouts (0,0 devices) left out."""
    found = subprocess.run(
        ["find", upper, "-mindepth", "1", "!", "-type", "c", "-printf", "/%P\\0"],
        capture_output=True,
        check=True,
    )
    return set(found.stdout.split(b"\0")) - {b""}


def test_the_map_has_the_contracts_fields_and_finds_totals(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = filled(docker, "-v", f"{docker.name('v')}:/data", "--tmpfs", "/scratch")
    raw = docker.inspect("container", name)
    outcome = on_engine("map", name, "--files", "--json")
    assert (outcome.code, outcome.stderr) == (0, "")
    contract.check(outcome.document, contract.MAP_FILES)
    found = outcome.document
    assert found["box"] == {"id": raw["Id"], "name": name}
    upper = raw["GraphDriver"]["Data"]["UpperDir"]
    regular = subprocess.run(
        ["find", upper, "-type", "f", "-printf", "%s\n"], capture_output=True, check=True
    ).stdout.split()
    assert found["method"] == "overlay-dir"
    assert found["complete"] is True
    assert found["totals"]["bytes"] == sum(map(int, regular)) == 70007
    assert found["totals"]["files"] == len(regular)
    assert found["totals"]["links"] == 1
    assert found["totals"]["deleted"] == 1
    listed_names = {os.fsencode(f["path"]) for f in found["files"] if f["type"] != "deleted"}
    assert listed_names <= names_beyond_the_image(upper)
    assert {b"/root/d/a\xffb", b"/root/d/e\x1b[31m", b"/root/link"} <= listed_names
    overlay = [e for e in found["entries"] if e["kind"] == "overlay"]
    assert sum(e["bytes"] for e in overlay if e["bytes"]) == found["totals"]["bytes"]
    assert {e["kind"] for e in found["entries"]} == {"overlay", "volume", "tmpfs"}


def test_the_map_for_people_shows_no_escape_codes_of_others(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = filled(docker)
    outcome = on_engine("map", name, "--files")
    assert outcome.stdout.startswith("A recreate destroys 70 kB in ")
    assert r"/root/d/e\x1b[31m" in outcome.stdout
    assert r"/root/d/a\xffb" in outcome.stdout
    assert "\x1b" not in outcome.stdout


def test_a_map_is_kept_with_its_age_until_asked_anew_or_the_box_changes(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = filled(docker)
    first = on_engine("map", name, "--json").document
    assert on_engine("map", name, "--json").document == first
    fresh = on_engine("map", name, "--fresh", "--json").document
    assert fresh["scanned_at"] > first["scanned_at"]
    assert on_engine("map", name, "--json").document == fresh
    docker("exec", name, "sh", "-c", "echo more > /root/more")
    changed = on_engine("map", name, "--json").document
    assert changed["totals"]["files"] == first["totals"]["files"] + 1
    docker("restart", "-t", "0", name)
    again = on_engine("map", name, "--json").document
    assert again["scanned_at"] > changed["scanned_at"]


def test_the_verdict_comes_from_the_scan_and_goes_with_the_container(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = filled(docker)
    assert listed(on_engine, name)["verdict"] == "unscanned"
    scanned = on_engine("map", name, "--json").document
    shown = listed(on_engine, name)
    assert (shown["verdict"], shown["scanned_at"]) == ("at-risk", scanned["scanned_at"])
    assert shown["at_risk_bytes"] == 70007
    docker("rm", "-f", name)
    docker.run("box")
    assert listed(on_engine, name)["verdict"] == "unscanned"
    events = on_engine("history", name, "--json").document["events"]
    assert [e["kind"] for e in events] == ["seen", "scan", "recreated"]
    assert events[-1]["lost"]["bytes"] == scanned["totals"]["bytes"]
    assert events[-1]["lost"]["files"] == scanned["totals"]["files"]
    assert events[-1]["lost"]["paths"][0] == "/root/.claude.json"
    assert on_engine("map", name, "--json").code == 0
    assert listed(on_engine, name)["verdict"] == "safe"


def test_history_of_a_box_that_nobody_knows(on_engine: Boxtui) -> None:
    outcome = on_engine("history", "nobody-knows-it", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not-found")


def test_boxes_are_named_by_name_id_prefix_or_service(on_engine: Boxtui, docker: Docker) -> None:
    project = docker.name("project")
    labels = ("--label", f"com.docker.compose.project={project}")
    docker.run("one", *labels, "--label", "com.docker.compose.service=web")
    docker.run("two", *labels, "--label", "com.docker.compose.service=web")
    outcome = on_engine("map", f"{project}/web", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "ambiguous")
    assert docker.name("one") in outcome.error["message"]
    outcome = on_engine("map", f"{project}/nothing", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not-found")
    outcome = on_engine("map", "", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not-found")


def test_a_state_folder_that_cannot_be_written_costs_only_the_memory(
    on_engine: Boxtui, docker: Docker
) -> None:
    name = docker.run("box")
    (on_engine.home / ".local").write_text("in the way")
    outcome = on_engine("ps", "--json")
    assert outcome.code == 0
    assert name in {c["name"] for c in outcome.document["containers"]}
    assert "nothing is remembered" in outcome.stderr
    assert on_engine("ps", "--state-dir", str(on_engine.home / "own")).stderr == ""


def test_a_damaged_history_is_one_clear_error(on_engine: Boxtui) -> None:
    state = on_engine.home / "state"
    state.mkdir()
    (state / "history.db").write_bytes(b"not a database" * 100)
    outcome = on_engine("ps", "--json", "--state-dir", str(state))
    assert (outcome.code, outcome.error["code"]) == (4, "damaged")
    assert str(state / "history.db") in outcome.error["message"]
    outcome = on_engine("ps", "--json", BOXTUI_STATE_DIR=str(state))
    assert outcome.code == 4


def test_reads_change_nothing_under_read_only_nor_without(
    on_engine: Boxtui, docker: Docker
) -> None:
    docker.run("box")
    before = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
    for words in (["ps", "-a"], ["volumes", "--size"], ["history"]):
        assert on_engine(*words, "--read-only").code == 0
    after = docker("ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")
    ours = docker.tag
    assert [x for x in before.splitlines() if ours in x] == [
        x for x in after.splitlines() if ours in x
    ]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["ps"], "/containers/json"),
        (["ps", "-a"], "/images/json"),
        (["volumes"], "/containers/json"),
        (["map", "BOX"], "/containers/.*/json"),
    ],
)
def test_a_signal_does_not_wait_for_an_engine_that_hangs(
    boxtui: Boxtui, docker: Docker, proxy: Proxy, words: list[str], path: str
) -> None:
    name = docker.run("box")
    asked = threading.Event()

    def hang(_request: object) -> None:
        proxy.stall()
        asked.set()

    proxy.before("GET", path, hang)
    process = Boxtui(boxtui.home, proxy.url).start(*[name if w == "BOX" else w for w in words])
    assert asked.wait(60)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in stderr
    proxy.resume()


def test_many_at_once_share_one_history(on_engine: Boxtui, docker: Docker) -> None:
    name = docker.run("box")
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(on_engine("ps", "-a").code)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * 4
    kinds = [e["kind"] for e in on_engine("history", name, "--json").document["events"]]
    assert kinds == ["seen"]


def test_the_demos_engine_is_used_where_no_other_answers(
    boxtui: Boxtui, engine: RunningEngine
) -> None:
    state = boxtui.home / "state"
    state.mkdir()
    (state / "demo-engine").write_text(f"{engine.url}\n")
    outcome = boxtui("ps", "--json", "--state-dir", str(state))
    if Path("/var/run/docker.sock").exists():
        pytest.skip("an engine answers at the default socket")
    assert outcome.code == 0
    assert outcome.document["engine"]["host"] == engine.url
    assert "this is the demo's" in outcome.stderr
    named = boxtui("ps", "--json", "--state-dir", str(state), DOCKER_HOST="unix:///gone.sock")
    assert (named.code, named.error["code"]) == (1, "no-engine")
    (state / "demo-engine").write_text("unix:///gone-too.sock")
    gone = boxtui("ps", "--json", "--state-dir", str(state))
    assert (gone.code, gone.error["code"]) == (1, "no-engine")
    assert "/var/run/docker.sock" in gone.error["message"]
