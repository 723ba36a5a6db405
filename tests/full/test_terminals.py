"""Terminals in numbers: sizes, first bytes, and a hundred opened and closed."""

import threading
from pathlib import Path

import pytest

from boxtui.engine.adapter import connect
from boxtui.model.ports import EndCause, TerminalRequest
from tests.engine.sessions import WAIT, Session
from tests.engines.boxes import Boxes
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = [pytest.mark.engine, pytest.mark.full]
TIMES = 50


def test_the_first_size_is_right_every_time(engine: RunningEngine, boxes: Boxes) -> None:
    box = boxes.run("busybox")
    client = connect(engine.url)
    for n in range(TIMES):
        request = TerminalRequest(box, argv=("stty", "size"), columns=81 + n, lines=25 + n)
        session = Session(client, request)
        assert session.end().code == 0
        assert session.output == b"%d %d\r\n" % (25 + n, 81 + n)
    client.close()


def test_the_first_byte_is_never_lost(boxes: Boxes, proxy: Proxy) -> None:
    box = boxes.run("busybox")
    proxy.delay(0.02)
    client = connect(proxy.url)
    for n in range(TIMES):
        session = Session(client, TerminalRequest(box, argv=("echo", f"first-{n}")))
        assert session.end().code == 0
        assert session.output == b"first-%d\r\n" % n
    client.close()


def test_a_hundred_terminals_leave_nothing(engine: RunningEngine, boxes: Boxes) -> None:
    box = boxes.run("busybox", options=["--init"])
    idle = engine.docker("top", box, "-eo", "pid,args")
    client = connect(engine.url)
    client.list_containers()
    threads = set(threading.enumerate())
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(10):
        sessions = [Session(client, TerminalRequest(box)) for _ in range(10)]
        for session in sessions:
            session.until(b"# ")
        for session in sessions:
            session.terminal.hang_up()
        assert {session.end().cause for session in sessions} == {EndCause.HUNG_UP}
    for thread in set(threading.enumerate()) - threads:
        thread.join(WAIT)
        assert not thread.is_alive()
    assert engine.docker("top", box, "-eo", "pid,args") == idle
    client.close()
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors
