"""Sockets of our own to an engine: for streams that go both ways, and begin with any byte."""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from boxtui.engine.endpoint import TLS, Endpoint
from boxtui.engine.pools import keep_alive
from boxtui.engine.tls_channel import TLSChannel

Connection = socket.socket | TLSChannel
_HEAD_LIMIT = 64 << 10
_DEFAULT_PORTS = {"http": 80, "https": 443, "tcp": 2375}


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A connection that has left HTTP behind; `first` came along with the answer's head."""

    socket: Connection
    first: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """The engine said no: its status, and its own words."""

    status: int
    words: str


def dial(endpoint: Endpoint, unix_path: str | None, timeout: float) -> Connection:
    """Connect, through TLS where the endpoint has it; OSError where nobody answers."""
    if unix_path is not None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(unix_path)
        except OSError:
            connection.close()
            raise
        return connection
    parts = urlsplit(endpoint.url)
    host = parts.hostname or "localhost"
    port = parts.port or (2376 if endpoint.tls else _DEFAULT_PORTS.get(parts.scheme, 2375))
    connection = socket.create_connection((host, port), timeout)
    for option in keep_alive():
        connection.setsockopt(*option)
    if endpoint.tls is None:
        return connection
    try:
        return TLSChannel(connection, _tls_context(endpoint.tls), host)
    except OSError:
        connection.close()
        raise


def upgrade(connection: Connection, path: str, document: Mapping[str, Any]) -> Upgraded | Refusal:
    """POST, and take the connection over; OSError where the line breaks first."""
    body = json.dumps(document).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = connection.recv(65536)
        if not received or len(answer) > _HEAD_LIMIT:
            raise ConnectionResetError("the engine closed the connection without an answer")
        answer += received
    top, _, rest = answer.partition(b"\r\n\r\n")
    status = _status(top)
    # 101 of engines that upgrade, 200 of podman and of old ones: the stream begins either way
    if status in {101, 200}:
        return Upgraded(connection, rest)
    return Refusal(status, _words(rest + _remainder(connection, top, rest)))


def _status(head: bytes) -> int:
    try:
        return int(head.split(None, 2)[1])
    except (IndexError, ValueError) as error:
        raise ConnectionResetError("what answers is no HTTP server") from error


def _remainder(connection: Connection, head: bytes, rest: bytes) -> bytes:
    length = _HEAD_LIMIT
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = min(int(value), _HEAD_LIMIT)
    got = b""
    while len(rest) + len(got) < length:
        received = connection.recv(65536)
        if not received:
            break
        got += received
    return got


def _words(body: bytes) -> str:
    text = body.decode(errors="replace").strip()
    start, end = text.find("{"), text.rfind("}")
    try:
        # between them where the body is chunked: its sizes stand around the object
        return str(json.loads(text[start : end + 1])["message"])
    except (ValueError, KeyError, TypeError):
        return text


def _tls_context(tls: TLS) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(tls.ca) if tls.ca else None)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert and tls.key:
        context.load_cert_chain(tls.cert, tls.key)
    return context
