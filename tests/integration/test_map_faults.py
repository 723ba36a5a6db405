"""A scan meets a box that goes away, a cancel, and hostile content, and says so plainly."""

import threading
from collections.abc import Iterator

import pytest

from boxtui.engine.adapter import connect
from boxtui.engine.client import DockerEngine
from boxtui.errors import BoxtuiError, CancelledError, NotFoundError, UnsupportedError
from boxtui.model.scan import Method
from boxtui.persistence import ScanOptions, scan
from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = [pytest.mark.engine, pytest.mark.root]

MANY = "mkdir -p /root/n; i=0; while [ $i -lt 3000 ]; do : > /root/n/$i; i=$((i+1)); done"


@pytest.fixture
def connected(engine: RunningEngine) -> Iterator[DockerEngine]:
    made = connect(engine.url)
    yield made
    made.close()


def test_a_box_removed_during_a_scan(
    connected: DockerEngine, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    engine.docker("exec", box, "sh", "-c", MANY)
    container = connected.inspect_container(box)
    gone = threading.Event()

    def progress(_count: int) -> None:
        if not gone.is_set():
            engine.docker("rm", "-f", box)
            gone.set()

    with pytest.raises(NotFoundError):
        scan(connected, container, progress=progress)
    assert gone.is_set()


@pytest.mark.parametrize("method", [Method.DIFF, Method.IN_BOX])
def test_a_box_removed_during_a_scan_from_afar(
    proxy: Proxy, engine: RunningEngine, boxes: Boxes, method: Method
) -> None:
    box = boxes.run()
    engine.docker("exec", box, "sh", "-c", MANY)
    through = connect(proxy.url)
    container = through.inspect_container(box)
    proxy.before("GET", ".*/containers/.*/changes", lambda _request: engine.docker("rm", "-f", box))
    with pytest.raises(BoxtuiError):
        scan(through, container, ScanOptions(method=method, allow_exec=True))
    through.close()


def test_a_scan_is_cancelled(connected: DockerEngine, engine: RunningEngine, boxes: Boxes) -> None:
    box = boxes.run()
    engine.docker("exec", box, "sh", "-c", MANY)
    container = connected.inspect_container(box)
    for method in (Method.OVERLAY_DIR, Method.DIFF):
        cancel = threading.Event()
        with pytest.raises(CancelledError):
            scan(
                connected,
                container,
                ScanOptions(method=method),
                progress=lambda _count, cancel=cancel: cancel.set(),
                cancel=cancel,
            )


@pytest.mark.parametrize(
    "case", [(Method.IN_BOX, "busybox"), (Method.IN_BOX, "realistic"), (Method.HELPER, "busybox")]
)
def test_a_cancel_ends_the_find_that_runs_for_it(
    connected: DockerEngine,
    engine: RunningEngine,
    boxes: Boxes,
    realistic: str,
    case: tuple[Method, str],
) -> None:
    method, image = case
    box = boxes.run(realistic if image == "realistic" else image)
    engine.docker("exec", box, "sh", "-c", MANY)
    container = connected.inspect_container(box)
    cancel = threading.Event()
    seen = []

    def progress(count: int) -> None:
        seen.append(count)
        cancel.set()

    options = ScanOptions(method=method, allow_exec=True, allow_helper=True)
    with pytest.raises(CancelledError):
        scan(connected, container, options, progress=progress, cancel=cancel)
    assert seen
    assert seen[0] < 3000
    assert "find" not in engine.docker("top", box)
    assert engine.docker("ps", "-aq", "--filter", f"name={container.name}.boxtui-") == ""


def test_a_scan_that_may_change_nothing_sends_only_reads(
    proxy: Proxy, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    engine.docker("exec", box, "sh", "-c", "echo x > /root/x")
    through = connect(proxy.url, read_only=True)
    for method in (None, Method.DIFF):
        scan(through, through.inspect_container(box), ScanOptions(method=method))
    assert proxy.changes == []
    through.close()


def test_a_route_that_cannot_read_the_box_says_why(connected: DockerEngine, boxes: Boxes) -> None:
    container = connected.inspect_container(boxes.create())
    with pytest.raises(UnsupportedError, match="no route") as refusal:
        scan(connected, container, ScanOptions(method=Method.IN_BOX, allow_exec=True))
    assert "does not run" in (refusal.value.reason or "")


def test_a_helper_leaves_nothing_behind_where_find_fails(
    connected: DockerEngine, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    before = set(engine.docker.lines("volume", "ls", "-q"))
    container = connected.inspect_container(box)
    scan(connected, container, ScanOptions(method=Method.HELPER, allow_helper=True))
    helpers = engine.docker("ps", "-aq", "--filter", f"name={container.name}.boxtui-")
    assert helpers == ""
    assert set(engine.docker.lines("volume", "ls", "-q")) <= before | {""}


def test_a_passwd_that_is_a_pipe_or_a_link_is_not_waited_for(
    connected: DockerEngine, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run()
    engine.docker("exec", box, "sh", "-c", "rm -f /etc/passwd; mkfifo /etc/passwd; echo x > /x")
    assert scan(connected, connected.inspect_container(box)).totals.files >= 1


def test_a_deep_tree(connected: DockerEngine, engine: RunningEngine, boxes: Boxes) -> None:
    box = boxes.run()
    script = (
        "mkdir /root/d; cd /root/d; i=0; while [ $i -lt 1500 ]; do mkdir level-$i;"
        " cd -P ./level-$i 2>/dev/null || exit 9; i=$((i+1)); done; : > bottom"
    )
    done = engine.docker.attempt("exec", box, "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    result = scan(connected, connected.inspect_container(box))
    assert result.totals.directories == 1501
    assert result.totals.files == 1
