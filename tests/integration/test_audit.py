"""The failures of the mission on a real engine, as `boxtui audit` and `boxtui ps` tell of them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.running import RunningEngine

pytestmark = [pytest.mark.engine, pytest.mark.root]


@pytest.fixture
def boxtui(engine: RunningEngine, tmp_path: Path) -> Any:
    config = tmp_path / "config.toml"
    config.write_text("")

    def run(*words: str, code: int = 0) -> dict[str, Any]:
        command = [sys.executable, "-m", "boxtui", "-H", engine.url, "--json"]
        command += ["--state-dir", str(tmp_path / "state"), "--config", str(config), *words]
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BOXTUI_")}
        done = subprocess.run(command, capture_output=True, env=kept, check=False)
        assert done.returncode == code, done.stderr.decode()
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    run.config = config  # type: ignore[attr-defined]
    return run


def told(document: dict[str, Any]) -> dict[str, str]:
    return {f["rule"]: f["severity"] for f in document["findings"]}


def test_a_box_that_forgets(boxtui: Any, engine: RunningEngine, boxes: Boxes) -> None:
    name = boxes.name("forgets")
    options = ["-v", f"{boxes.volume()}:/root/.claude", "-v", "/var/lib/postgresql/data"]
    boxes.run(options=[*options, "-e", "GH_TOKEN=secretvalue"], name=name)
    script = "echo '{}' > /root/.claude.json; ln -s /root/.claude/repos /root/repos"
    engine.docker("exec", name, "sh", "-c", script)
    document = boxtui("audit", name, "--fail-on", "critical", code=3)
    rules = told(document)
    assert rules["overlay-credentials"] == "critical"
    assert rules["database-without-volume"] == "critical"
    assert rules["sibling-of-mount"] == "high"
    assert rules["link-into-volume"] == "medium"
    assert rules["anonymous-volume"] == "medium"
    assert rules["secret-in-env"] == "medium"
    assert rules["no-restart-policy"] == "low"
    assert "secretvalue" not in json.dumps(document)
    assert document["summary"] == {
        s: sum(f["severity"] == s for f in document["findings"])
        for s in ("info", "low", "medium", "high", "critical")
    }
    (box,) = [c for c in boxtui("ps")["containers"] if c["name"] == name]
    assert box["verdict"] == "at-risk"
    mapped = boxtui("map", name)
    assert (box["at_risk_bytes"], box["at_risk_files"]) == (
        sum(e["bytes"] or 0 for e in mapped["entries"] if e["kind"] == "overlay"),
        sum(e["files"] or 0 for e in mapped["entries"] if e["kind"] == "overlay"),
    )


def test_a_box_without_fault(boxtui: Any, boxes: Boxes) -> None:
    name = boxes.name("fine")
    boxes.run(options=["--restart", "unless-stopped"], name=name)
    assert boxtui("audit", name, "--fail-on", "info")["findings"] == []
    (box,) = [c for c in boxtui("ps")["containers"] if c["name"] == name]
    assert (box["verdict"], box["at_risk_bytes"], box["at_risk_files"]) == ("safe", 0, 0)


def test_a_change_after_a_scan_is_seen(boxtui: Any, engine: RunningEngine, boxes: Boxes) -> None:
    name = boxes.name("changes")
    boxes.run(options=["--restart", "always"], name=name)
    assert boxtui("map", name)["totals"]["files"] == 0
    first = boxtui("map", name)["scanned_at"]
    assert boxtui("map", name)["scanned_at"] == first
    engine.docker("exec", name, "sh", "-c", "echo x > /root/x")
    assert boxtui("map", name)["totals"]["files"] == 1


def test_what_the_user_knows_accepts_and_silences(
    boxtui: Any, engine: RunningEngine, boxes: Boxes
) -> None:
    name = boxes.name("own")
    boxes.run(options=["--restart", "always"], name=name)
    engine.docker("exec", name, "sh", "-c", "mkdir /root/lab; echo x > /root/lab/x; echo y > /y")
    assert set(told(boxtui("audit", name))) == {"overlay-state"}
    boxtui.config.write_text(
        '[[paths]]\npattern = "~/lab"\nkind = "cred"\nseverity = 4\n'
        '[accept]\n"/y" = "made anew each day"\n'
        '[[findings.silence]]\nrule = "overlay-credentials"\nreason = "a copy is kept"\n'
    )
    document = boxtui("audit", name, "--fail-on", "info")
    (finding,) = document["findings"]
    assert (finding["rule"], finding["silenced"]) == ("overlay-credentials", "a copy is kept")
    entries = {e["path"]: e for e in boxtui("map", name)["entries"]}
    assert (entries["/root/lab"]["class"], entries["/root/lab"]["severity"]) == ("cred", 4)
    assert entries["/y"]["severity"] == 0


def test_a_bind_whose_source_is_gone_and_shared_writers(
    boxtui: Any, boxes: Boxes, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    volume = boxes.volume()
    options = ["--restart", "always", "-v", f"{volume}:/v"]
    one, two = boxes.name("one"), boxes.name("two")
    boxes.run(options=[*options, "-v", f"{gone}:/gone"], name=one)
    boxes.run(options=options, name=two)
    gone.rmdir()
    rules = told(boxtui("audit", one))
    assert rules["bind-source-missing"] == rules["shared-writers"] == "high"


def test_an_orphan_volume(boxtui: Any, boxes: Boxes) -> None:
    volume = boxes.volume()
    found = boxtui("audit")["findings"]
    orphans = [f["object"]["name"] for f in found if f["rule"] == "orphan-volume"]
    assert volume in orphans


def test_an_unknown_box(boxtui: Any) -> None:
    document = boxtui("audit", "no-such-box", code=2)
    assert document["error"]["code"] == "not-found"
    assert document["findings"] is None
