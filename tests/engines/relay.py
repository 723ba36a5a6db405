"""HTTP/1.1 between two sockets, one message at a time: what the proxy is made of."""

import re
import select
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CHUNK = 64 << 10
_TARGET = re.compile(r"^(?:/v[0-9.]+)?(/[^?]*)(?:\?(.*))?$")


class ClosedError(Exception):
    """The other side has closed the connection between two messages, or within one."""


@dataclass
class Request:
    """One request as the proxy saw it; the path has neither version nor query."""

    method: str
    path: str
    query: str
    body: bytes = field(default=b"", repr=False)
    """Of a JSON body of known length, all; of others, nothing."""
    status: int | None = None
    """What the engine answered; None until it did."""
    answered: bool = False
    """Whether the client has been sent the head of the reply."""


@dataclass
class Head:
    """A start line with its header lines."""

    start: str
    headers: dict[str, str]
    raw: bytes

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])

    @property
    def length(self) -> int | None:
        value = self.headers.get("content-length")
        return None if value is None else int(value)

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()


class Buffered:
    """A socket read through a buffer, with an eye on its counterpart."""

    def __init__(self, sock: socket.socket, other: socket.socket) -> None:
        self.sock = sock
        self.other = other
        self.buffer = b""

    def head(self) -> Head:
        """Read up to the empty line."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        raw, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        start, *lines = raw.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Head(start, headers, raw + b"\r\n\r\n")

    def body(self, head: Head, *, reply: bool) -> Iterator[bytes]:
        """Give the raw bytes of a body as they come, chunk heads included."""
        if head.chunked:
            yield from self._chunks()
        elif head.length is not None:
            yield from self._exactly(head.length)
        elif reply:
            yield from self._to_the_end()

    def take(self) -> bytes:
        """Give what is buffered already."""
        taken, self.buffer = self.buffer, b""
        return taken

    def _more(self) -> None:
        readable, _, _ = select.select([self.sock, self.other], [], [])
        if self.sock not in readable and not self.other.recv(1, socket.MSG_PEEK):
            raise ClosedError
        # where the other has spoken ahead of its turn, only this side is of interest
        data = self.sock.recv(CHUNK)
        if not data:
            raise ClosedError
        self.buffer += data

    def _exactly(self, count: int) -> Iterator[bytes]:
        while count > 0:
            if not self.buffer:
                self._more()
            part, self.buffer = self.buffer[:count], self.buffer[count:]
            count -= len(part)
            yield part

    def _line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line + b"\r\n"

    def _chunks(self) -> Iterator[bytes]:
        while True:
            line = self._line()
            size = int(line.split(b";")[0], 16)
            yield line
            if size == 0:
                break
            yield from self._exactly(size + 2)
        while (line := self._line()) != b"\r\n":  # trailers
            yield line
        yield line

    def _to_the_end(self) -> Iterator[bytes]:
        while True:
            if self.buffer:
                yield self.take()
            try:
                self._more()
            except ClosedError:
                return


def parse_request(head: Head) -> Request:
    """Give what a request asks for."""
    method, target, _ = head.start.split(" ", 2)
    found = _TARGET.match(target)
    assert found is not None, target
    return Request(method, found[1], found[2] or "")


def has_body(request: Request, reply: Head) -> bool:
    """Whether a reply has a body by HTTP's rules."""
    return request.method != "HEAD" and reply.status not in {101, 204, 304}


def takes_over(reply: Head) -> bool:
    """Whether the connection is a raw stream from here on, as of exec and attach."""
    raw = reply.headers.get("content-type", "").startswith("application/vnd.docker.")
    plain = reply.length is None and not reply.chunked
    return reply.status == 101 or (raw and plain)


def pump(pairs: list[tuple[socket.socket, socket.socket]], passed: Callable[[bytes], None]) -> None:
    """Carry raw bytes both ways, half-closed ends included, until both are done."""
    ways = dict(pairs)
    while ways:
        readable, _, _ = select.select(list(ways), [], [])
        for source in readable:
            target = ways[source]
            data = source.recv(CHUNK)
            if data:
                passed(data)
                target.sendall(data)
            else:
                del ways[source]
                target.shutdown(socket.SHUT_WR)
