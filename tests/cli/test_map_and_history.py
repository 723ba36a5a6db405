"""`map` and `history` on a real engine; expected values come from docker and find."""

import os
import subprocess
import threading
from datetime import datetime

import pytest

from tests.cli import contract
from tests.cli.docker import Docker
from tests.cli.reading import listed, seconds
from tests.cli.running import Boxtui

pytestmark = pytest.mark.engine


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


def test_a_damaged_history_is_one_clear_error(on_engine: Boxtui) -> None:
    state = on_engine.home / "state"
    state.mkdir()
    (state / "history.db").write_bytes(b"not a database" * 100)
    outcome = on_engine("ps", "--json", "--state-dir", str(state))
    assert (outcome.code, outcome.error["code"]) == (4, "damaged")
    assert str(state / "history.db") in outcome.error["message"]
    outcome = on_engine("ps", "--json", BOXTUI_STATE_DIR=str(state))
    assert outcome.code == 4


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
