"""The engine refuses, falls silent, or acts and is not heard: at every step that changes it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.relay import Request
from tests.engines.running import PrivateEngine, RunningEngine
from tests.integration.faults import REQUESTS, Box, arm, kill, lines, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full]

EVERY_CHANGE = pytest.mark.parametrize("step", list(REQUESTS))


@pytest.fixture
def box(engine: RunningEngine, boxes: Boxes, tmp_path: Path) -> Box:
    return Box.make(engine.docker, boxes, tmp_path / "state")


@EVERY_CHANGE
def test_the_engine_refuses(box: Box, proxy: Proxy, step: str) -> None:
    arm(proxy, step, lambda m, p: proxy.fail(m, p, 500, "the disk is on fire"))
    done = box.recreate(url=proxy.url)
    if step == "unlock":
        # too late to go back: it is tried again on the way forward
        assert done.code == 0
    else:
        assert done.code == 1
        assert done.document["error"]["reason"] == "the disk is on fire"
        assert done.document["operation"]["state"] == (
            "failed" if step == "lock" else "rolled-back"
        )
    box.check_outcome(done)


@EVERY_CHANGE
def test_the_reply_is_lost(box: Box, proxy: Proxy, step: str) -> None:
    """The engine has acted; boxtui finds out by asking, and goes on."""
    arm(proxy, step, proxy.drop_reply)
    done = box.recreate(url=proxy.url)
    assert done.code == 0, done.document
    box.check_outcome(done)


@EVERY_CHANGE
def test_the_request_is_lost(box: Box, proxy: Proxy, step: str) -> None:
    arm(proxy, step, proxy.drop_request)
    done = box.recreate(url=proxy.url)
    assert done.code == 0, done.document
    box.check_outcome(done)


@EVERY_CHANGE
def test_the_line_breaks_for_a_while(box: Box, proxy: Proxy, step: str) -> None:
    def outage(request: Request) -> None:
        proxy.refuse()
        proxy.cut()
        time.sleep(1.5)
        proxy.accept()

    arm(proxy, step, lambda m, p: proxy.after(m, p, outage))
    done = box.recreate(url=proxy.url)
    assert done.code == 0, done.document
    box.check_outcome(done)


@EVERY_CHANGE
def test_the_runner_dies_over_a_request(box: Box, proxy: Proxy, step: str) -> None:
    """The engine has the request and acts on it after its sender is gone."""
    runner: list[int] = []

    def strike(_request: Request) -> None:
        kill(runner[0])
        time.sleep(0.3)

    arm(proxy, step, lambda m, p: proxy.before(m, p, strike))
    done = box.recreate(
        once_at("lock", "start", lambda told, _: runner.append(told["pid"])), url=proxy.url
    )
    box.check_outcome(done)


@pytest.mark.parametrize(("step", "state"), list(lines()))
@pytest.mark.parametrize("way", ["killed", "stopped"])
def test_the_engine_restarts(
    engine_own: PrivateEngine, tmp_path: Path, step: str, state: str, way: str
) -> None:
    boxes = Boxes(engine_own)
    box = Box.make(engine_own.docker, boxes, tmp_path / "state")

    def restart(_told: dict[str, Any], _pid: int) -> None:
        if way == "killed":
            engine_own.kill()
        else:
            engine_own.stop()
        engine_own.start()

    try:
        done = box.recreate(once_at(step, state, restart))
        assert done.code in {0, 1}, (done.code, done.document, done.words)
        assert box.check_whole(one_writer=False) == ("new" if done.code == 0 else "old")
    finally:
        boxes.clean()


@pytest.fixture(scope="module")
def engine_own(engine_factory: Callable[..., PrivateEngine]) -> PrivateEngine:
    return engine_factory()
