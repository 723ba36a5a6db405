"""The watcher on real engines: every change arrives, every loss is told and mended."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from boxtui.engine import reads
from boxtui.engine.adapter import connect
from boxtui.model.container import Container, Health, State
from boxtui.model.inventory import Inventory
from boxtui.watch.watcher import IDLE_PING, Watcher
from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import PrivateEngine, RunningEngine
from tests.engines.sshd import Sshd
from tests.watch.seen import Seen, names

pytestmark = pytest.mark.engine


@contextmanager
def watching(url: str, *, idle_ping: float = IDLE_PING) -> Iterator[tuple[Seen, Watcher]]:
    engine = connect(url)
    seen = Seen()
    watcher = Watcher(engine, seen.on_change, seen.items.put, idle_ping=idle_ping)
    watcher.start()
    try:
        yield seen, watcher
    finally:
        watcher.stop()
        engine.close()


def box(inventory: Inventory, name: str) -> Container | None:
    return next((c for c in inventory.containers.values() if c.name == name), None)


def state(name: str, wanted: State):  # noqa: ANN201 - a condition
    def holds(inventory: Inventory) -> bool:
        found = box(inventory, name)
        return found is not None and found.state is wanted

    return holds


def test_each_change_arrives(engine: RunningEngine, boxes: Boxes) -> None:
    docker, name = engine.docker, boxes.name("watched")
    with watching(engine.url) as (seen, _):
        seen.until(lambda i: bool(i.images))
        boxes.run(
            "busybox", name=name, options=["--health-cmd=test -e /ok", "--health-interval=1s"]
        )
        seen.until(state(name, State.RUNNING))
        docker("pause", name)
        seen.until(state(name, State.PAUSED))
        docker("unpause", name)
        docker("exec", name, "touch", "/ok")
        seen.until(lambda i: getattr(box(i, name), "health", None) is Health.HEALTHY)
        docker("kill", name)
        seen.until(state(name, State.EXITED))
        docker("rename", name, f"{name}-b")
        seen.until(lambda i: box(i, f"{name}-b") is not None and box(i, name) is None)
        network = boxes.network()
        seen.until(lambda i: network in {n.name for n in i.networks.values()})
        docker("network", "connect", network, f"{name}-b")
        docker("start", f"{name}-b")
        seen.until(lambda i: network in getattr(box(i, f"{name}-b"), "networks", ()))
        volume = boxes.volume()
        seen.until(lambda i: volume in i.volumes)
        docker("volume", "rm", volume)
        seen.until(lambda i: volume not in i.volumes)
        docker("tag", "busybox", f"{name}:tag")
        seen.until(lambda i: any(f"{name}:tag" in m.tags for m in i.images.values()))
        docker("rmi", f"{name}:tag")
        seen.until(lambda i: not any(f"{name}:tag" in m.tags for m in i.images.values()))
        docker("rm", "-f", f"{name}-b")
        seen.until(lambda i: box(i, f"{name}-b") is None)


def test_exec_and_idling_ask_the_engine_nothing(
    engine: RunningEngine, boxes: Boxes, proxy: Proxy
) -> None:
    """What other tests do meanwhile is heard too: only what follows from it may be asked."""
    name = boxes.name("quiet")
    boxes.run("busybox", name=name)
    with watching(proxy.url) as (seen, _):
        first = seen.until(lambda i: bool(i.images))
        own = next(i for i, c in first.containers.items() if c.name == name)
        # the stream begins with what has just happened: once this is seen, that is over
        settled = boxes.name("settled")
        boxes.run("busybox", name=settled)
        seen.until(state(settled, State.RUNNING))
        before = len(proxy.requests)
        for _ in range(5):
            engine.docker("exec", name, "true")
        marker = boxes.name("marker")
        boxes.run("busybox", name=marker)
        seen.until(state(marker, State.RUNNING))
    asked = [r for r in proxy.requests[before:] if own in str(r)]
    assert asked == []
    assert proxy.changes == []


def test_a_restart_of_the_engine(private_engine: PrivateEngine) -> None:
    private_engine.docker("run", "-d", "--name", "stays", "busybox", "sleep", "1000")
    with watching(private_engine.url) as (seen, watcher):
        seen.until(lambda i: names(i) == {"stays"})
        private_engine.stop()
        assert seen.offline()
        assert names(watcher.inventory) == {"stays"}
        private_engine.start()
        private_engine.docker("run", "-d", "--name", "new", "busybox", "sleep", "1000")
        watcher.retry_now()
        seen.until(lambda i: state("new", State.RUNNING)(i) and state("stays", State.EXITED)(i))


def test_a_frozen_engine(private_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "PING_TIMEOUT", 1.0)
    with watching(private_engine.url, idle_ping=0.5) as (seen, watcher):
        private_engine.docker("run", "-d", "--name", "marker", "busybox", "sleep", "1000")
        seen.until(state("marker", State.RUNNING))
        private_engine.freeze()
        try:
            assert "no answer in time" in seen.offline()
        finally:
            private_engine.thaw()
        watcher.retry_now()
        seen.until(lambda i: bool(i.images))


def test_a_cut_stream(engine: RunningEngine, boxes: Boxes, proxy: Proxy) -> None:
    with watching(proxy.url) as (seen, watcher):
        seen.until(lambda i: bool(i.images))
        proxy.refuse()
        proxy.cut()
        assert seen.offline()
        name = boxes.name("unheard")
        boxes.run("busybox", name=name)
        proxy.accept()
        watcher.retry_now()
        seen.until(lambda i: name in names(i))


def test_a_killed_ssh_is_told_and_started_again(
    engine: RunningEngine,
    boxes: Boxes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Sshd() as sshd:
        monkeypatch.setenv("PATH", sshd.path)
        with watching(sshd.url(engine.socket)) as (seen, watcher):
            seen.until(lambda i: bool(i.images))
            for pid in _clients(sshd.port):
                os.kill(pid, signal.SIGKILL)
            assert seen.offline()
            name = boxes.name("later")
            boxes.run("busybox", name=name)
            watcher.retry_now()
            seen.until(lambda i: name in names(i))
            assert len(_clients(sshd.port)) == 1
        assert _clients(sshd.port) == [], "ssh ends with the adapter"


def test_ssh_to_a_host_that_is_down_says_why_in_its_own_words(
    engine: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sshd() as sshd:
        monkeypatch.setenv("PATH", sshd.path)
        with watching(sshd.url(engine.socket)) as (seen, watcher):
            seen.until(lambda i: bool(i.images))
            sshd.stop()
            for pid in _clients(sshd.port):
                os.kill(pid, signal.SIGKILL)
            seen.offline()
            watcher.retry_now()
            # ssh, killed above, may still be told of once more
            while "Connection refused" not in seen.offline():
                watcher.retry_now()
            sshd.start()
            watcher.retry_now()
            seen.until(lambda i: bool(i.images))


def _clients(port: int) -> list[int]:
    """The ssh processes that hold a forward to our sshd."""
    done = subprocess.run(
        ["pgrep", "-f", f"^/usr/bin/ssh .*-N.*-p {port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in done.stdout.split()]


def test_five_hundred_events_a_second(engine: RunningEngine, boxes: Boxes) -> None:
    """Renames come as fast as the engine makes them; the last state is the right one."""
    first = boxes.name("busy")
    boxes.run("busybox", name=first)
    control = connect(engine.url)
    with watching(engine.url) as (seen, _):
        seen.until(lambda i: first in names(i))
        for _ in range(250):
            control.rename(first, f"{first}-x")
            control.rename(f"{first}-x", first)
        control.rename(first, f"{first}-end")
        seen.until(lambda i: f"{first}-end" in names(i))
    boxes.adopt("container", f"{first}-end")
    control.close()
