"""An engine behind TLS: the same calls, streams and terminals, and plain words when it fails."""

import hashlib
import os
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from boxtui.engine.adapter import connect
from boxtui.errors import NoEngineError
from boxtui.model.ports import EndCause, TerminalRequest
from tests.engine.sessions import WAIT, Program, Session
from tests.engines.fixtures import EngineFactory
from tests.engines.running import PrivateEngine

pytestmark = pytest.mark.engine


@dataclass
class Secured:
    """A private engine that listens with TLS, and what its clients need."""

    engine: PrivateEngine
    url: str
    folder: Path


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def _certificates(folder: Path) -> None:
    """Make ca.pem, and key and certificate of server and client, as docker's documentation does."""
    request = ["req", "-newkey", "rsa:2048", "-nodes"]
    ca = ["-keyout", folder / "ca-key.pem", "-out", folder / "ca.pem", "-subj", "/CN=ca"]
    _openssl(*request, "-x509", *ca)
    for name, extension in (
        ("server", "subjectAltName=IP:127.0.0.1"),
        ("client", "extendedKeyUsage=clientAuth"),
    ):
        key = folder / ("key.pem" if name == "client" else "server-key.pem")
        out = folder / ("cert.pem" if name == "client" else "server.pem")
        wish = folder / f"{name}.csr"
        _openssl(*request, "-keyout", key, "-out", wish, "-subj", f"/CN={name}")
        (folder / f"{name}.ext").write_text(extension)
        _openssl(
            "x509", "-req", "-in", wish, "-CA", folder / "ca.pem", "-CAkey",
            folder / "ca-key.pem", "-CAcreateserial", "-out", out,
            "-extfile", folder / f"{name}.ext",
        )  # fmt: skip


@pytest.fixture(scope="module")
def secured(engine_factory: EngineFactory, tmp_path_factory: pytest.TempPathFactory) -> Secured:
    folder = tmp_path_factory.mktemp("tls")
    _certificates(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    engine = engine_factory(
        [
            f"--host=tcp://127.0.0.1:{port}", "--tlsverify", f"--tlscacert={folder}/ca.pem",
            f"--tlscert={folder}/server.pem", f"--tlskey={folder}/server-key.pem",
        ]
    )  # fmt: skip
    engine.docker("run", "-d", "--init", "--name", "box", "busybox", "sleep", "100000")
    return Secured(engine, f"tcp://127.0.0.1:{port}", folder)


@pytest.fixture(autouse=True)
def trusted(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(secured.folder))
    # other programs' CAs must not replace the engine's own
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/hosts")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/etc/hosts")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")


def test_calls_and_streams(secured: Secured) -> None:
    engine = connect(secured.url)
    assert [c.name for c in engine.list_containers()] == ["box"]
    assert engine.info().host == secured.url
    stream = engine.events()
    ended = threading.Event()

    def read() -> None:
        for _ in stream:
            pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    stream.close()
    assert ended.wait(WAIT)
    assert sum(map(len, engine.export("box"))) > 1_000_000
    assert engine.run("box", ["sh", "-c", "echo out; exit 3"]).exit_code == 3
    engine.close()


def test_a_terminal(secured: Secured) -> None:
    engine = connect(secured.url)
    session = Session(engine, TerminalRequest("box", columns=99, lines=33))
    session.terminal.write(b"stty size; exit 5\r")
    session.until(b"33 99\r\n")
    assert session.end().code == 5
    engine.close()


def test_megabytes_both_ways(secured: Secured) -> None:
    engine = connect(secured.url)
    payload = os.urandom(1 << 20).hex().encode() + b"\n"
    script = f"stty raw -echo; echo up; head -c {len(payload)} | tee /in; sha256sum /in"
    session = Session(engine, TerminalRequest("box", argv=("sh", "-c", script)))
    session.until(b"up")
    session.terminal.write(payload)
    session.until(hashlib.sha256(payload).hexdigest().encode())
    assert session.end().code == 0
    assert payload in session.output
    engine.close()


def test_hanging_up_and_closing(secured: Secured) -> None:
    engine = connect(secured.url)
    before = set(threading.enumerate())
    session = Session(engine, TerminalRequest("box", argv=("sh", "-c", "echo up; sleep 5000")))
    session.until(b"up")
    session.terminal.hang_up()
    assert session.end().cause is EndCause.HUNG_UP
    other = Session(engine, TerminalRequest("box", argv=("sh", "-c", "echo up; sleep 5001")))
    other.until(b"up")
    other.terminal.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(WAIT)
        assert not thread.is_alive()
    top = secured.engine.docker("top", "box", "-eo", "pid,args")
    assert "sleep 5000" not in top
    assert "sleep 5001" in top
    engine.close()


def test_the_end_of_input_goes_through_tls(secured: Secured) -> None:
    engine = connect(secured.url)
    payload = os.urandom(2_000_000)
    program = Program(engine, TerminalRequest("box", argv=("cat",)))
    program.session.write(payload)
    program.session.close_input()
    assert program.end().code == 0
    assert hashlib.sha256(program.out).digest() == hashlib.sha256(payload).digest()
    engine.close()


def test_an_engine_that_another_authority_vouches_for(
    secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _certificates(tmp_path)
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(NoEngineError) as caught:
        connect(secured.url)
    assert "certificate verify failed" in str(caught.value.reason)


def test_a_client_without_a_certificate(
    secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ca.pem").write_bytes((secured.folder / "ca.pem").read_bytes())
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(NoEngineError) as caught:
        connect(secured.url)
    assert "certificate" in str(caught.value.reason)


def test_plain_http_to_an_engine_that_wants_tls(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_TLS_VERIFY")
    with pytest.raises(Exception, match="no Docker engine") as caught:
        connect(secured.url)
    assert "HTTPS" in str(getattr(caught.value, "reason", ""))
