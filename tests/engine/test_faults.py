"""Engines that lie, break off, stay silent or are not there: one clear error each."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from boxtui.engine import wire
from boxtui.engine.adapter import connect
from boxtui.errors import (
    BoxtuiError,
    EngineError,
    InUseError,
    NoEngineError,
    NoSpaceError,
    NotFoundError,
    ReadOnlyError,
)
from tests.engine.servers import Proxy, http, scripted


def ask(tmp_path: Path, call: str, answers: dict[str, bytes]) -> BoxtuiError:
    with scripted(tmp_path / "s.sock", answers) as server:
        engine = connect(server.url)
        with pytest.raises(BoxtuiError) as caught:
            list(getattr(engine, call)(*(["box"] if "changes" in call else [])) or ())
        engine.close()
    return caught.value


@pytest.mark.parametrize("body", [b"<html>", b"", b"[{]", b'{"a":1}', b"[5]", b'"x"', b"[" * 5000])
def test_a_list_that_is_none(tmp_path: Path, body: bytes) -> None:
    error = ask(tmp_path, "list_containers", {"json": http("200 OK", body)})
    assert isinstance(error, EngineError)
    assert error.reason


def test_an_answer_cut_off_is_a_lost_engine(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{cut"
    error = ask(tmp_path, "list_containers", {"json": cut})
    assert isinstance(error, EngineError | NoEngineError)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("404 Not Found", "No such container: box", NotFoundError),
        ("409 Conflict", "volume is in use - [abc]", InUseError),
        ("409 Conflict", "You cannot remove a running container", EngineError),
        ("500 Internal Server Error", "write /x: no space left on device", NoSpaceError),
        ("500 Internal Server Error", "boom", EngineError),
    ],
)
def test_the_engines_own_words_are_kept(
    tmp_path: Path, status: str, words: str, kind: type[BoxtuiError]
) -> None:
    answer = http(status, b'{"message": "%s"}' % words.encode())
    error = ask(tmp_path, "list_volumes", {"volumes": answer})
    assert type(error) is kind
    assert error.reason == words
    if isinstance(error, EngineError):
        assert error.status == int(status[:3])


def test_errors_in_plain_text_are_words_too(tmp_path: Path) -> None:
    error = ask(tmp_path, "list_volumes", {"volumes": http("502 Bad Gateway", b"bad gateway\n")})
    assert error.reason == "bad gateway"


@pytest.mark.parametrize(
    "answer", [http("200 OK", b"hello"), http("200 OK", b"{}"), b"cut", b"x\n"]
)
def test_what_listens_there_is_no_engine(tmp_path: Path, answer: bytes) -> None:
    with scripted(tmp_path / "s.sock", {"version": answer}) as server:
        with pytest.raises((EngineError, NoEngineError)) as caught:
            connect(server.url)
        assert caught.value.reason


def test_no_socket(tmp_path: Path) -> None:
    with pytest.raises(NoEngineError, match="no engine answers at unix") as caught:
        connect(f"unix://{tmp_path}/none.sock")
    assert caught.value.reason == "No such file or directory"
    assert "boxtui demo" in str(caught.value.hint)


def test_nobody_listens() -> None:
    with pytest.raises(NoEngineError) as caught:
        connect("tcp://127.0.0.1:1")
    assert caught.value.reason == "Connection refused"


def test_a_silent_engine_does_not_hang_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CONNECT_TIMEOUT", 1.0)
    with (
        scripted(tmp_path / "s.sock", {"version": b""}) as server,
        pytest.raises(NoEngineError) as caught,
    ):
        connect(server.url)
    assert caught.value.reason == "no answer in time"


def test_read_only_sends_no_change(tmp_path: Path) -> None:
    with (
        scripted(tmp_path / "s.sock", {"json": http("200 OK", b"[]")}) as real,
        Proxy(tmp_path / "p.sock", real.url.removeprefix("unix://")) as proxy,
    ):
        engine = connect(proxy.url, read_only=True)
        engine.list_containers()
        for change in (
            lambda: engine.start("x"),
            lambda: engine.remove_container("x"),
            lambda: engine.put_archive("x", "/", b""),
            lambda: engine.run("x", ["true"]),
            lambda: engine.prune("volumes"),
            lambda: list(engine.pull("x")),
            lambda: engine.create_volume("x"),
        ):
            with pytest.raises(ReadOnlyError):
                change()
        engine.close()
    assert {line.partition(" ")[0] for line in proxy.requests} == {"GET"}
    assert proxy.requests


def test_allow_exec_lifts_the_refusal_for_exec_alone(tmp_path: Path) -> None:
    with scripted(tmp_path / "s.sock", {}) as server:
        engine = connect(server.url, read_only=True, allow_exec=True)
        with pytest.raises(NotFoundError):
            engine.run("x", ["true"])
        with pytest.raises(ReadOnlyError):
            engine.kill("exec", "HUP")
        engine.close()


def test_a_cut_event_stream_is_a_lost_engine(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answers = {"events": head, "_ping": http("200 OK", b"OK")}
    with scripted(tmp_path / "s.sock", answers) as server:
        engine = connect(server.url)
        stream = engine.events()
        threading.Timer(0.2, server.cut).start()
        with pytest.raises(NoEngineError):
            list(stream)
        engine.close()


def test_a_whole_end_of_events_is_a_lost_engine_too(tmp_path: Path) -> None:
    body = b'{"Type":"container","Action":"start","Actor":{"ID":"x"}}\n'
    answers = {"events": http("200 OK", body), "_ping": http("200 OK", b"OK")}
    with scripted(tmp_path / "s.sock", answers) as server:
        engine = connect(server.url)
        stream = iter(engine.events())
        assert next(stream).action == "start"
        with pytest.raises(NoEngineError, match="broke"):
            next(stream)
        engine.close()


def test_close_ends_a_waiting_stream_at_once(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answers = {"events": head, "_ping": http("200 OK", b"OK")}
    with scripted(tmp_path / "s.sock", answers) as server:
        engine = connect(server.url)
        stream = engine.events()
        ended = threading.Event()

        def read() -> None:
            assert list(stream) == []
            ended.set()

        thread = threading.Thread(target=read)
        thread.start()
        stream.close()
        thread.join(10)
        assert ended.is_set()
        engine.close()


def test_many_threads_share_the_pool(tmp_path: Path) -> None:
    with scripted(tmp_path / "s.sock", {"json": http("200 OK", b"[]")}) as server:
        engine = connect(server.url)
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for n in range(50):
                    engine.list_containers(ids=[f"{number:02x}{n:02x}"])
            except BaseException as error:
                failures.append(error)
                raise

        threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert len(server.connections) <= 64, "connections are used again"
        engine.close()


def test_the_door_does_not_load_docker() -> None:
    code = (
        "import sys, boxtui.engine.adapter; sys.exit(bool({'docker', 'requests'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
