"""Volumes there and back on a real engine, by both routes; compared by find, sha256sum and du."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli import contract
from tests.cli.running import Boxtui, Outcome
from tests.engines.boxes import Boxes
from tests.engines.operator import Operator
from tests.engines.running import RunningEngine
from tests.integration import torture

pytestmark = pytest.mark.engine

STORE = ".local/share/boxtui/backups"


class Volumes:
    """Volumes of one test, by the folder that root sees."""

    def __init__(self, engine: RunningEngine, boxes: Boxes) -> None:
        self._engine = engine
        self._boxes = boxes
        self._names: list[str] = []

    def name(self, word: str = "v") -> str:
        name = self._boxes.name(word)
        self._names.append(name)
        return name

    def make(self, *options: str) -> str:
        name = self.name()
        self._engine.docker("volume", "create", *options, name)
        return name

    def folder(self, name: str) -> Path:
        return Path(self._engine.docker("volume", "inspect", "-f", "{{.Mountpoint}}", name))

    def there(self) -> set[str]:
        """All of this test's volumes on the engine, and what is beside them."""
        lines = self._engine.docker.lines("volume", "ls", "-q")
        return {line for line in lines if line.startswith(tuple(self._names))}

    def left(self) -> list[str]:
        """Containers that boxtui has left for these volumes."""
        listed = self._engine.docker.lines("ps", "-a", "--format", "{{.Names}} {{.Labels}}")
        return [x for x in listed if "boxtui.temporary" in x and any(n in x for n in self._names)]

    def clean(self) -> None:
        for name in self.there():
            self._engine.docker.attempt("volume", "rm", "-f", name)


@pytest.fixture
def volumes(engine: RunningEngine, boxes: Boxes) -> Iterator[Volumes]:
    made = Volumes(engine, boxes)
    yield made
    boxes.clean()
    made.clean()


@pytest.fixture
def boxtui(engine: RunningEngine, tmp_path: Path) -> Boxtui:
    home = tmp_path / "home"
    home.mkdir()
    return Boxtui(home, engine.url)


def asked(outcome: Outcome, key: str, code: int = 0) -> Any:
    assert outcome.code == code, outcome.stderr
    return outcome.document[key]


def backed_up(boxtui: Boxtui, volume: str, *words: str) -> dict[str, Any]:
    made = asked(boxtui("backup", "--volume", volume, "--json", *words), "backup")
    assert isinstance(made, dict)
    return made


def test_a_torture_tree_as_root(boxtui: Boxtui, volumes: Volumes, engine: RunningEngine) -> None:
    source = volumes.make("--label", "colour=blue")
    folder = volumes.folder(source)
    torture.build(folder)
    torture.add_socket(folder)
    backup = backed_up(boxtui, source, "--note", "a note")
    assert backup["complete"]
    assert backup["kind"] == "volume"
    assert backup["target"] == source
    assert backup["losses"] == [{"path": "/socket", "what": backup["losses"][0]["what"]}]
    (folder / "socket").unlink()
    os.utime(folder, ns=(1, 1_400_000_000_000_000_000))
    before = torture.facts(folder)
    assert backup["files"] == len(before)

    place = Path(backup["location"])
    [part] = backup["parts"]
    assert place.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o777 for f in place.iterdir()} == {0o600}
    told = subprocess.check_output(["sha256sum", place / part["file"]], text=True)
    assert told.split()[0] == part["sha256"]

    target = volumes.name("new")
    done = boxtui("restore", backup["id"], "--volume", f"{source}={target}", "--json")
    contract.check(done.document, contract.CHANGE)
    assert asked(done, "operation")["state"] == "done"
    back = volumes.folder(target)
    after = torture.facts(back)
    # the socket made the folder's own time another when it was read
    before.pop(""), after.pop("")
    assert after == before
    assert torture.checksums(back) == torture.checksums(folder)
    assert torture.hard_links(back) == torture.hard_links(folder)
    assert torture.attributes(back) == torture.attributes(folder)
    assert torture.disk_usage(back) < 2 * torture.disk_usage(folder)
    assert (back.stat().st_uid, back.stat().st_mode & 0o7777) == (999, 0o1770)
    verdict = asked(boxtui("verify", backup["id"], "--deep", "--json"), "verify")
    assert (verdict["ok"], verdict["deep"]) == (True, True), verdict
    assert "verify.boxtui-" not in "".join(engine.docker.lines("volume", "ls", "-q"))
    assert volumes.left() == []


def test_a_torture_tree_from_afar(operator: Operator, volumes: Volumes) -> None:
    source = volumes.make()
    folder = volumes.folder(source)
    # its holes are filled on this way: a GiB of zeros would take minutes
    torture.build(folder, sparse=16 << 20)
    plan = operator.ask("backup", "--volume", source, "--dry-run").document["plan"]
    assert "extended attributes" in " ".join(d["what"] for d in plan["degraded"])
    made = operator.ask("backup", "--volume", source)
    assert made.code == 0, made.words
    backup = made.document["backup"]
    assert backup["losses"]
    target = volumes.name("new")
    done = operator.ask("restore", backup["id"], "--volume", f"{source}={target}")
    assert done.code == 0, done.words
    back = volumes.folder(target)

    def seconds(facts: dict[str, torture.Facts]) -> dict[str, torture.Facts]:
        return {p: f._replace(mtime=f.mtime.partition(".")[0]) for p, f in facts.items()}

    assert seconds(torture.facts(back)) == seconds(torture.facts(folder))
    assert torture.checksums(back) == torture.checksums(folder)
    assert torture.hard_links(back) == torture.hard_links(folder)
    capability = torture.attributes(folder)["setuid"]
    assert torture.attributes(back) == {"setuid": capability}
    judged = operator.ask("verify", backup["id"], "--deep")
    assert judged.code == 0, judged.document
    assert volumes.left() == []


def test_a_restore_in_place(boxtui: Boxtui, engine: RunningEngine, volumes: Volumes,
                            boxes: Boxes) -> None:  # fmt: skip
    volume = volumes.make()
    folder = volumes.folder(volume)
    (folder / "kept").write_text("first")
    first = backed_up(boxtui, volume)
    (folder / "kept").write_text("second")
    (folder / "extra").write_text("later")
    box = boxes.run(options=["-v", f"{volume}:/data"])

    refused = boxtui("restore", first["id"], "--yes", "--json")
    assert (refused.code, refused.error["code"]) == (4, "in-use")
    engine.docker("stop", "-t", "0", box)
    refused = boxtui("restore", first["id"], "--json")
    assert (refused.code, refused.error["code"]) == (4, "unconfirmed")
    assert (folder / "extra").exists()

    operation = asked(boxtui("restore", first["id"], "--yes", "--json"), "operation")
    assert operation["state"] == "done"
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"kept": "first"}
    engine.docker("start", box)
    assert engine.docker("exec", box, "cat", "/data/kept") == "first"
    assert volumes.there() == {volume}
    assert volumes.left() == []

    engine.docker("stop", "-t", "0", box)
    asked(boxtui("restore", operation["backup"], "--yes", "--json"), "operation")
    assert {p.name: p.read_text() for p in folder.iterdir()} == {"kept": "second", "extra": "later"}


def test_paths_to_this_machine(boxtui: Boxtui, volumes: Volumes, tmp_path: Path) -> None:
    volume = volumes.make()
    folder = volumes.folder(volume)
    torture.build(folder, many=20)
    backup = backed_up(boxtui, volume)
    into = tmp_path / "into"
    taken = asked(
        boxtui("backups", "extract", backup["id"], "/many/3", "--into", str(into), "--json"),
        "extracted",
    )
    assert taken["files"] == len(torture.facts(folder / "many" / "3"))
    assert torture.checksums(into / "3") == torture.checksums(folder / "many" / "3")
    again = boxtui("backups", "extract", backup["id"], "many/3", "--into", str(into), "--json")
    assert again.code == 4
    assert [p.name for p in into.iterdir()] == ["3"]
    # the other name of a file is elsewhere in the backup
    asked(boxtui("restore", backup["id"], "--path", "sub", "--into", str(into), "--json"),
          "operation")  # fmt: skip
    assert torture.checksums(into / "sub") == torture.checksums(folder / "sub")
    missing = boxtui("backups", "extract", backup["id"], "nope", "--into", str(into), "--json")
    assert (missing.code, missing.error["code"]) == (2, "not-found")
    listed = asked(boxtui("backups", "files", backup["id"], "--json"), "files")
    told = subprocess.check_output(["find", ".", "-printf", r"/%P\0"], cwd=folder)
    assert {f["path"] for f in listed} == set(
        told.decode("utf-8", "surrogateescape").split("\0")[:-1]
    )


def test_what_is_damaged_is_named_and_never_restored(boxtui: Boxtui, volumes: Volumes) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(100_000))
    backup = backed_up(boxtui, volume)
    verdict = asked(boxtui("verify", backup["id"], "--json"), "verify")
    assert (verdict["ok"], verdict["parts"]) == (
        True, [{"name": volume, "ok": True, "problem": None}],
    )  # fmt: skip
    file = Path(backup["location"], backup["parts"][0]["file"])
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    verdict = asked(boxtui("verify", backup["id"], "--json"), "verify", code=3)
    assert [p["name"] for p in verdict["parts"] if not p["ok"]] == [volume]
    target = volumes.name("new")
    refused = boxtui("restore", backup["id"], "--volume", f"{volume}={target}", "--json")
    assert (refused.code, refused.error["code"]) == (4, "damaged")
    assert volumes.there() == {volume}
    assert volumes.left() == []


def test_one_at_a_time(boxtui: Boxtui, volumes: Volumes) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(200_000_000))
    first = boxtui.start("backup", "--volume", volume, "--progress", "json", "--json")
    assert first.stderr is not None
    for line in first.stderr:
        told = json.loads(line)
        if told.get("step") == "read":
            break
    second = boxtui("backup", "--volume", volume, "--json")
    assert (second.code, second.error["code"]) == (4, "busy")
    assert told["operation"] in second.error["message"]
    _, rest = first.communicate()
    assert first.returncode == 0, rest


def started(boxtui: Boxtui, *words: str, until: str) -> tuple["subprocess.Popen[bytes]", int]:
    """Start a change and follow it to the first line about a step; gives the runner's pid too."""
    running = boxtui.start(*words, "--progress", "json", "--json")
    assert running.stderr is not None
    for line in running.stderr:
        told = json.loads(line)
        if told.get("step") == until:
            return running, told["pid"]
    raise AssertionError(f"it ended with {running.wait()} before {until}")


def leftovers(boxtui: Boxtui) -> list[str]:
    """What lies in the backup folder that is no backup."""
    return [f.name for f in (boxtui.home / STORE).iterdir() if f.name.startswith(".")]


def test_cancelled_while_reading(boxtui: Boxtui, volumes: Volumes) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(200_000_000))
    running, _ = started(boxtui, "backup", "--volume", volume, until="read")
    running.send_signal(signal.SIGINT)
    running.communicate()
    assert running.returncode == 128 + signal.SIGINT
    assert asked(boxtui("backups", "--json"), "backups") == []
    assert leftovers(boxtui) == []
    assert volumes.left() == []


def test_its_runner_killed_while_reading(boxtui: Boxtui, volumes: Volumes) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(200_000_000))
    running, pid = started(boxtui, "backup", "--volume", volume, until="read")
    os.kill(pid, signal.SIGKILL)
    running.communicate()
    assert running.returncode == 1
    assert asked(boxtui("backups", "--json"), "backups") == []
    assert volumes.left() == []
    backed_up(boxtui, volume)
    assert leftovers(boxtui) == []


def test_both_killed_while_reading(boxtui: Boxtui, volumes: Volumes) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(200_000_000))
    running, pid = started(boxtui, "backup", "--volume", volume, until="read")
    running.kill()
    os.kill(pid, signal.SIGKILL)
    running.communicate()
    listed = asked(boxtui("recover", "--list", "--json"), "operations")
    assert [o["state"] for o in listed if o["box"]["name"] == volume] == ["needs-recovery"]
    recovered = asked(boxtui("recover", "--json"), "operations")
    assert [o["state"] for o in recovered if o["box"]["name"] == volume] == ["rolled-back"]
    assert volumes.left() == []
    assert asked(boxtui("recover", "--json"), "operations") == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGKILL])
def test_without_its_console_it_runs_on(
    boxtui: Boxtui, volumes: Volumes, engine: RunningEngine, number: int
) -> None:
    volume = volumes.make()
    (volumes.folder(volume) / "data").write_bytes(os.urandom(100_000_000))
    with engine.docker.popen(
        "events", "--filter", "event=destroy", "--filter", "type=container",
        "--format", "{{.Actor.Attributes.name}}", stdout=subprocess.PIPE,
    ) as events:  # fmt: skip
        assert events.stdout is not None
        running, _ = started(boxtui, "backup", "--volume", volume, until="read")
        running.send_signal(number)
        running.communicate()
        for line in events.stdout:
            if line.startswith(f"{volume}.boxtui-".encode()):
                break
        events.kill()
    [kept] = asked(boxtui("backups", "--json"), "backups")
    assert kept["target"] == volume
    assert asked(boxtui("verify", kept["id"], "--json"), "verify")["ok"]
    [told] = [v for v in boxtui("volumes", "--json").document["volumes"] if v["name"] == volume]
    assert told["last_backup"] == kept["created"]


# fails on an engine without any container: the plan then takes the engine for a remote one
@pytest.mark.full
@pytest.mark.parametrize("step", ["lock", "create", "fill", "compare", "switch", "remove-old"])
def test_a_restore_killed_at_a_step(boxtui: Boxtui, volumes: Volumes, step: str) -> None:
    volume = volumes.make()
    folder = volumes.folder(volume)
    (folder / "data").write_text("former")
    backup = backed_up(boxtui, volume)
    (folder / "data").write_text("present")
    running, pid = started(boxtui, "restore", backup["id"], "--yes", until=step)
    os.kill(pid, signal.SIGKILL)
    output, _ = running.communicate()
    operation = json.loads(output)["operation"]
    done = operation["state"] == "done"
    assert running.returncode == (0 if done else 1)
    # wherever it was killed: the one or the other, whole, as the exit code says
    assert (folder / "data").read_text() == ("former" if done else "present")
    assert volumes.there() == {volume}
    assert volumes.left() == []
    if step not in {"switch", "remove-old"}:
        assert not done
