"""A unix socket before an engine's: records what is asked, and breaks what it is told to break."""

import json
import re
import shutil
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.engines import relay
from tests.engines.relay import Buffered, ClosedError, Head, Request

READS = ("GET", "HEAD")
Callback = Callable[[Request], None]


@dataclass
class _Rule:
    """What happens to requests of a method whose path matches; `times` counts down to 0."""

    method: str
    path: re.Pattern[str]
    times: int
    request: Callback | None = None
    """Before the engine gets it; may raise ClosedError or _Answer."""
    reply: Callback | None = None
    """After the engine has acted, before the client hears of it; may raise ClosedError."""
    body_limit: int | None = None
    """Bytes of the reply's body after which the connection breaks."""


class _AnswerError(Exception):
    """The proxy answers by itself."""


class Proxy:
    """Use as a context manager; `url` is what the client is given."""

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream
        self._folder = Path(tempfile.mkdtemp(prefix="boxtui-proxy-"))
        self.socket = self._folder / "docker.sock"
        self.url = f"unix://{self.socket}"
        self.requests: list[Request] = []
        """In the order in which they came."""
        self._lock = threading.Condition()
        self._rules: list[_Rule] = []
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._flowing = threading.Event()
        self._flowing.set()
        self._closed = threading.Event()
        self._delay = 0.0
        self._rate: float | None = None

    def __enter__(self) -> Self:
        self.accept()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._flowing.set()
        self.refuse()
        self.cut()
        shutil.rmtree(self._folder, ignore_errors=True)

    # what was asked

    @property
    def counts(self) -> Counter[str]:
        """Requests by method."""
        return Counter(request.method for request in list(self.requests))

    @property
    def changes(self) -> list[Request]:
        """All requests but GET and HEAD."""
        return [request for request in list(self.requests) if request.method not in READS]

    def matching(self, method: str, path: str) -> list[Request]:
        """Give the requests of a method whose whole path fits a pattern."""
        pattern = re.compile(path)
        found = [r for r in list(self.requests) if r.method == method]
        return [request for request in found if pattern.fullmatch(request.path)]

    def wait_for(
        self,
        method: str,
        path: str,
        *,
        count: int = 1,
        answered: bool = False,
        seconds: float = 30,
    ) -> None:
        """Wait until so many such requests have come, or the heads of their replies have gone."""

        def came() -> bool:
            found = self.matching(method, path)
            return sum(request.answered or not answered for request in found) >= count

        with self._lock:
            there = self._lock.wait_for(came, seconds)
        assert there, f"no {method} {path} came in {seconds} s; there were {self.requests}"

    # what is broken

    def cut(self) -> None:
        """Break all connections that are open now."""
        with self._lock:
            doomed = list(self._open)
        for sock in doomed:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def refuse(self) -> None:
        """Take no new connections, as an engine that is down; those that are open live on."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self.socket.unlink(missing_ok=True)
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def accept(self) -> None:
        """Take connections (again)."""
        if self._listener is None:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(self.socket))
            listener.listen(128)
            self._listener = listener
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def stall(self) -> None:
        """Let nothing through, in any connection, without closing one."""
        self._flowing.clear()

    def resume(self) -> None:
        """End stall()."""
        self._flowing.set()

    def delay(self, seconds: float) -> None:
        """Hold each request for so long before the engine gets it."""
        self._delay = seconds

    def limit(self, bytes_per_second: float | None) -> None:
        """Carry bodies and raw streams no faster than this."""
        self._rate = bytes_per_second

    def drop_request(self, method: str, path: str, *, times: int = 1) -> None:
        """Break the connection instead of passing the request on: the engine never hears of it."""
        self._rules.append(_Rule(method, re.compile(path), times, request=_closed))

    def drop_reply(self, method: str, path: str, *, times: int = 1) -> None:
        """Break the connection after the engine has acted: the client never hears of it."""
        self._rules.append(_Rule(method, re.compile(path), times, reply=_closed))

    def cut_reply(self, method: str, path: str, *, after: int, times: int = 1) -> None:
        """Break the connection after so many bytes of the reply's body."""
        self._rules.append(_Rule(method, re.compile(path), times, body_limit=after))

    def fail(self, method: str, path: str, status: int, message: str, *, times: int = 1) -> None:
        """Answer with an error instead of asking the engine."""

        def answer(_request: Request) -> None:
            raise _AnswerError(status, message)

        self._rules.append(_Rule(method, re.compile(path), times, request=answer))

    def before(self, method: str, path: str, call: Callback, *, times: int = 1) -> None:
        """Call back before the engine gets such a request, in the proxy's own thread."""
        self._rules.append(_Rule(method, re.compile(path), times, request=call))

    def after(self, method: str, path: str, call: Callback, *, times: int = 1) -> None:
        """Call back once the engine has acted, before the client hears of it."""
        self._rules.append(_Rule(method, re.compile(path), times, reply=call))

    # the carrying

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # refuse() closed it
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        upstream = socket.socket(socket.AF_UNIX)
        with self._lock:
            self._open |= {client, upstream}
        try:
            upstream.connect(str(self._upstream))
            incoming, outgoing = Buffered(client, upstream), Buffered(upstream, client)
            while self._exchange(incoming, outgoing):
                pass
        except (OSError, ClosedError):
            pass  # either side has gone, or was cut: both are closed below
        finally:
            with self._lock:
                self._open -= {client, upstream}
            for sock in (client, upstream):
                with suppress(OSError):  # makes the other end see it at once
                    sock.shutdown(socket.SHUT_RDWR)
                sock.close()

    def _exchange(self, client: Buffered, upstream: Buffered) -> bool:
        """Carry one request and its reply; False where the connection is used up."""
        head = client.head()
        request = relay.parse_request(head)
        body = None
        if head.is_json and head.length is not None:
            body = list(client.body(head, reply=False))
            request.body = b"".join(body)
        self._record(request)
        rules = self._rules_for(request)
        self._gate(self._delay)
        try:
            for rule in rules:
                if rule.request:
                    rule.request(request)
        except _AnswerError as error:
            client.sock.sendall(_answer(*error.args))
            return False
        self._send_request(client, upstream, head, body)
        return self._send_reply(client, upstream, request, rules)

    def _send_request(
        self, client: Buffered, upstream: Buffered, head: Head, body: list[bytes] | None
    ) -> None:
        # an engine that refuses early closes before it has read all: its reply counts
        with suppress(BrokenPipeError, ConnectionResetError):
            upstream.sock.sendall(head.raw)
            for part in client.body(head, reply=False) if body is None else body:
                self._pass(part)
                upstream.sock.sendall(part)

    def _send_reply(
        self, client: Buffered, upstream: Buffered, request: Request, rules: list[_Rule]
    ) -> bool:
        reply = upstream.head()
        while reply.status == 100:
            client.sock.sendall(reply.raw)
            reply = upstream.head()
        request.status = reply.status
        for rule in rules:
            if rule.reply:
                rule.reply(request)
        self._gate()
        client.sock.sendall(reply.raw)
        with self._lock:
            request.answered = True
            self._lock.notify_all()
        if relay.takes_over(reply):
            client.sock.sendall(upstream.take())
            upstream.sock.sendall(client.take())
            ends = (client.sock, upstream.sock)
            relay.pump([ends, ends[::-1]], self._pass)
            return False
        if relay.has_body(request, reply):
            limits = [rule.body_limit for rule in rules if rule.body_limit is not None]
            self._send_body(client, upstream, reply, min(limits, default=None))
        return reply.headers.get("connection", "").lower() != "close"

    def _send_body(
        self, client: Buffered, upstream: Buffered, reply: Head, left: int | None
    ) -> None:
        for part in upstream.body(reply, reply=True):
            self._pass(part)
            if left is not None and len(part) >= left:
                client.sock.sendall(part[:left])
                raise ClosedError
            client.sock.sendall(part)
            left = None if left is None else left - len(part)

    def _pass(self, data: bytes) -> None:
        self._gate(len(data) / self._rate if self._rate else 0.0)

    def _gate(self, seconds: float = 0.0) -> None:
        if seconds:
            self._closed.wait(seconds)
        self._flowing.wait()

    def _record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            self._lock.notify_all()

    def _rules_for(self, request: Request) -> list[_Rule]:
        found = []
        with self._lock:
            for rule in self._rules:
                fits = rule.method == request.method and rule.path.fullmatch(request.path)
                if fits and rule.times > 0:
                    rule.times -= 1
                    found.append(rule)
        return found


def _closed(_request: Request) -> None:
    raise ClosedError


def _answer(status: int, message: str) -> bytes:
    body = json.dumps({"message": message}).encode()
    head = f"HTTP/1.1 {status} Proxy\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
