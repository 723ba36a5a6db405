"""Logs: the fake engine and a real one alike, against `docker logs`, and cut anywhere."""

import itertools
import re
import struct
import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.engine.adapter import connect
from boxtui.engine.client import DockerEngine
from boxtui.engine.logs import Framed, Raw
from boxtui.errors import EngineError, NoEngineError, NotFoundError
from boxtui.model.log import MOST_BYTES, LogLine, nanoseconds
from boxtui.model.ports import Engine, LogStream
from tests.engine.conftest import Docker, box_body
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine
from tests.fakes.engine import FakeEngine

STAMP = b"2026-11-21T12:00:00.123456789Z"
CUTS = st.lists(st.integers(min_value=0), max_size=10)


def made(engine: Engine, name: str, script: str, **config: object) -> str:
    box = engine.create_container(name, {**box_body("sh", "-c", script), **config})
    engine.start(box)
    return box


def lines_of(stream: LogStream) -> list[LogLine]:
    return [line for batch in stream for line in batch]


def saying(engine: Engine, name: str, *words: str) -> str:
    """A box that has said these words, and runs on."""
    box = made(engine, name, f"printf '%s\\n' {' '.join(words)}; sleep 1000")
    if isinstance(engine, FakeEngine):
        engine.log(box, *words)
    stream = engine.logs(box, follow=True)
    seen: list[LogLine] = []
    for batch in stream:
        seen += batch
        if len(seen) == len(words):
            break
    stream.close()
    return box


# -- the fake and the real one alike ---------------------------------------------------------------


def test_tail_since_until_and_stamps(any_engine: Engine, name: str) -> None:
    box = saying(any_engine, name, "one", "two", "three")
    everything = lines_of(any_engine.logs(box))
    assert [line.data for line in everything] == [b"one", b"two", b"three"]
    moments = [nanoseconds(line.stamp) for line in everything]
    assert None not in moments
    assert lines_of(any_engine.logs(box, tail=1)) == everything[2:]
    assert lines_of(any_engine.logs(box, tail=0)) == []
    again = lines_of(any_engine.logs(box, since_ns=moments[2]))
    assert again == everything[2:], "the moment itself is among them"
    assert lines_of(any_engine.logs(box, until_ns=(moments[0] or 0) - 1)) == []
    assert {line.stamp for line in lines_of(any_engine.logs(box, timestamps=False))} == {b""}


def test_closing_ends_a_reader_at_once(any_engine: Engine, name: str) -> None:
    box = saying(any_engine, name, "one")
    stream = any_engine.logs(box, follow=True)
    begun, ended = threading.Event(), threading.Event()

    def read() -> None:
        for _ in stream:
            begun.set()
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    assert begun.wait(20)
    stream.close()
    assert ended.wait(20)


def test_no_log_of_what_is_not_there(any_engine: Engine, name: str) -> None:
    with pytest.raises(NotFoundError):
        any_engine.logs(name)


# -- a real one ------------------------------------------------------------------------------------


@pytest.mark.engine
def test_both_streams_as_docker_logs_tells_them(
    real: DockerEngine, docker: Docker, name: str
) -> None:
    script = "for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf 'no end'; printf x >&2"
    box = made(real, name, script)
    docker("wait", name)
    told = subprocess.run(
        ["docker", "-H", docker.url, "logs", "-t", name], capture_output=True, check=True
    )
    found = lines_of(real.logs(box))
    for stderr, output in ((False, told.stdout), (True, told.stderr)):
        lines = [x.stamp + b" " + x.data for x in found if x.stderr is stderr]
        assert lines == output.splitlines()
        assert len(lines) == 4


@pytest.mark.engine
def test_a_box_with_a_terminal(real: DockerEngine, docker: Docker, name: str) -> None:
    box = made(real, name, "echo out; echo err >&2; printf 'a\\033[31mb\\n\\n'; printf z", Tty=True)
    docker("wait", name)
    found = lines_of(real.logs(box))
    assert [line.data for line in found] == [b"out", b"err", b"a\x1b[31mb", b"", b"z"]
    assert not any(line.stderr for line in found)
    told = docker("logs", "-t", name).splitlines()
    assert [line.stamp.decode() for line in found] == [line.split()[0] for line in told]


@pytest.mark.engine
@pytest.mark.parametrize("terminal", [False, True])
def test_a_line_of_ten_megabytes(
    real: DockerEngine, docker: Docker, name: str, terminal: bool
) -> None:
    script = "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo after"
    box = made(real, name, script, Tty=terminal)
    docker("wait", name)
    long, after = lines_of(real.logs(box))
    assert (long.data, long.cut) == (b"x" * MOST_BYTES, True)
    assert (after.data, after.cut) == (b"after", False)


@pytest.mark.engine
def test_what_is_followed_ends_with_its_box(real: DockerEngine, docker: Docker, name: str) -> None:
    box = made(real, name, "echo one; sleep 1000")
    stream = real.logs(box, follow=True)
    batches = iter(stream)
    assert next(batches)[0].data == b"one"
    docker("kill", name)
    assert list(batches) == []


@pytest.mark.engine
def test_a_cut_line_is_told(engine: RunningEngine, proxy: Proxy, name: str) -> None:
    through = connect(proxy.url)
    made(through, name, "echo one; sleep 1000")
    batches = iter(through.logs(name, follow=True))
    assert next(batches)[0].data == b"one"
    proxy.refuse()
    proxy.cut()
    with pytest.raises(NoEngineError):
        next(batches)
    through.close()


@pytest.mark.engine
def test_a_log_that_cannot_be_read(real: DockerEngine, name: str) -> None:
    body = {**box_body("true"), "HostConfig": {"LogConfig": {"Type": "none"}}}
    box = real.create_container(name, body)
    real.start(box)
    with pytest.raises(EngineError) as caught:
        lines_of(real.logs(box))
    assert re.search("does not support reading", str(caught.value.reason))


# -- frames, cut anywhere --------------------------------------------------------------------------


def frame(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(data)) + data


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(at)]


TEXT = st.binary(max_size=30).map(lambda b: b.replace(b"\n", b"").rstrip(b"\r"))


@given(lines=st.lists(st.tuples(st.booleans(), TEXT), max_size=10), cuts=CUTS)
def test_frames_in_any_chunks(lines: list[tuple[bool, bytes]], cuts: list[int]) -> None:
    data = b"".join(frame(1 + err, STAMP + b" " + text + b"\n") for err, text in lines)
    reader = Framed("read", stamped=True)
    found = [line for chunk in pieces(data, cuts) for line in reader.feed(chunk)]
    assert found == [LogLine(text, err, STAMP) for err, text in lines]
    assert reader.finish() == []


@given(lines=st.lists(TEXT, max_size=10), cuts=CUTS)
def test_terminals_in_any_chunks(lines: list[bytes], cuts: list[int]) -> None:
    data = b"".join(STAMP + b" " + text + b"\r\n" for text in lines)
    reader = Raw(stamped=True)
    found = [line for chunk in pieces(data, cuts) for line in reader.feed(chunk)]
    assert found == [LogLine(text, False, STAMP) for text in lines]
    assert reader.finish() == []


def test_pieces_of_two_streams_are_joined_apart() -> None:
    reader = Framed("read", stamped=True)
    parts = [(1, b"ab"), (2, b"x"), (1, b"cd\n"), (2, b"y")]
    data = b"".join(frame(stream, STAMP + b" " + text) for stream, text in parts)
    assert reader.feed(data) == [LogLine(b"abcd", False, STAMP)]
    assert reader.finish() == [LogLine(b"xy", True, STAMP)]


def test_a_frame_that_claims_gigabytes_is_not_waited_for() -> None:
    reader = Framed("read", stamped=False)
    reader.feed(struct.pack(">BxxxL", 1, 4 << 20))
    for _ in range(4):
        reader.feed(b"x" * (1 << 20))
    (line,) = reader.feed(frame(1, b"\n"))
    assert (line.data, line.cut) == (b"x" * MOST_BYTES, True)


def test_nonsense_and_the_engines_own_words_are_errors() -> None:
    with pytest.raises(EngineError, match="makes no sense"):
        Framed("read", stamped=True).feed(frame(9, b"x"))
    with pytest.raises(EngineError) as caught:
        Framed("read", stamped=True).feed(frame(3, b"Error grabbing logs: gone\n"))
    assert caught.value.reason == "Error grabbing logs: gone"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        (b"1970-01-01T00:00:01.5Z", 1_500_000_000),
        (b"1970-01-01T01:00:01.000000001+01:00", 1_000_000_001),
        (b"1970-01-01T00:00:02Z", 2_000_000_000),
        (b"1970-13-01T00:00:02Z", None),
        (b"hello", None),
    ],
)
def test_stamps(stamp: bytes, moment: int | None) -> None:
    assert nanoseconds(stamp) == moment
