"""boxtui as an unprivileged user, on an engine behind ssh: nothing of root's is within reach."""

import pytest

from tests.engines.boxes import Boxes
from tests.engines.operator import Operator
from tests.engines.running import RunningEngine
from tests.integration.faults import Box
from tests.integration.test_map_routes import Expected, corpus, expected

pytestmark = [pytest.mark.engine, pytest.mark.root]


def test_the_socket_opens_only_after_a_login(operator: Operator, engine: RunningEngine) -> None:
    alone = operator.ask("-H", engine.url, "ps")
    assert (alone.code, alone.document["error"]["code"]) == (1, "no-engine")
    assert "ermission denied" in alone.document["error"]["reason"]
    reached = operator.ask("ps")
    assert reached.code == 0, reached.words
    assert reached.document["engine"]["host"] == operator.url
    assert reached.document["engine"]["version"] == engine.version


def test_the_lists(operator: Operator, engine: RunningEngine, boxes: Boxes) -> None:
    volume = boxes.volume()
    box = boxes.run(options=["-v", f"{volume}:/data"])
    engine.docker("exec", box, "sh", "-c", "head -c 70000 /dev/urandom > /data/blob")
    found = {c["id"]: c for c in operator.ask("ps").document["containers"]}
    listed = set(engine.docker.lines("ps", "-q", "--no-trunc", "--filter", "label=boxtui.test"))
    assert box in listed & set(found)
    assert found[box]["name"] == engine.docker("inspect", "--format", "{{.Name}}", box)[1:]
    (mount,) = found[box]["mounts"]
    assert (mount["source"], mount["target"]) == (volume, "/data")
    volumes = operator.ask("volumes", "--size")
    assert volumes.code == 0, volumes.words
    (held,) = [v for v in volumes.document["volumes"] if v["name"] == volume]
    assert held["bytes"] == 70000
    assert held["orphan"] is False


Site = tuple[RunningEngine, Boxes]


@pytest.fixture
def site(engine: RunningEngine, boxes: Boxes) -> Site:
    return engine, boxes


ROUTES = [
    ("running", ("--allow-exec",), "in-box"),
    ("running", ("--yes",), "helper"),
    ("running", (), "diff"),
    ("stopped", (), "archive"),
]


@pytest.mark.parametrize(("state", "allowed", "method"), ROUTES)
def test_the_map(
    operator: Operator, site: Site, state: str, allowed: tuple[str, ...], method: str
) -> None:
    engine, boxes = site
    box = corpus(engine, boxes, hostile=method != "diff")
    if state == "stopped":
        engine.docker("stop", box)
    done = operator.ask("map", box, "--fresh", *allowed)
    assert done.code == 0, done.words
    document = done.document
    assert document["method"] == method
    check(document, expected(engine, box, changed_directories=1))
    assert engine.docker("ps", "-aq", "--filter", "label=boxtui.temporary=1") == ""


def test_what_nobody_has_looked_into_is_looked_into_once_that_is_allowed(
    operator: Operator, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run(options=["-v", "/anonymous"])
    engine.docker("exec", box, "sh", "-c", "echo four > /anonymous/file")
    afar = operator.ask("map", box).document
    assert [(e["path"], e["bytes"]) for e in afar["entries"]] == [("/anonymous", None)]
    assert afar["complete"]
    inside = operator.ask("map", box, "--allow-exec").document
    assert [(e["bytes"], e["files"]) for e in inside["entries"]] == [(5, 1)]


def check(document: dict[str, object], truth: Expected) -> None:
    totals = document["totals"]
    assert isinstance(totals, dict)
    names = ("bytes", "files", "links", "other", "directories", "deleted")
    assert {name: totals[name] for name in names} == {name: getattr(truth, name) for name in names}
    assert totals["allocated_bytes"] in {truth.allocated, None}


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, operator: Operator) -> Box:
    made = Box.make(engine.docker, boxes, operator.home / "state" / boxes.name())
    made.user = operator
    return made


def test_recreate(box: Box, operator: Operator) -> None:
    done = box.recreate()
    assert done.code == 0, done.words
    assert box.check_whole() == "new"
    assert done.document["engine"]["host"] == operator.url


def test_recreate_is_undone_where_the_new_box_fails(box: Box) -> None:
    failing = box.boxes.image("busybox", 'ENTRYPOINT ["false"]')
    done = box.recreate(words=("--image", failing))
    assert done.code == 1, (done.document, done.words)
    assert box.check_whole() == "old"
    assert box.recover().document["operations"] == []
