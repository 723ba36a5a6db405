"""Sockets that tests put in an engine's place, or between an engine and boxtui."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self


class Server:
    """Accepts on a unix socket, a thread a connection; ends with the `with` block."""

    def __init__(self, path: Path, serve: Callable[[socket.socket], None]) -> None:
        self.url = f"unix://{path}"
        self._serve = serve
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self._guarded, args=(connection,), daemon=True).start()

    def _guarded(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            self._serve(connection)

    def cut(self) -> None:
        """Break every connection there is; new ones are taken."""
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()


def http(status: str, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def read_request(connection: socket.socket) -> str | None:
    """The request line; headers are thrown away. None at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(65536)
        if not received:
            return None
        data += received
    return data.split(b"\r\n", 1)[0].decode()


def scripted(path: Path, answers: dict[str, bytes]) -> Server:
    """An engine that knows its version, and what `answers` has by the path's last part.

    An answer of b"" leaves the question unanswered; one that ends with b"cut" closes the line.
    """

    def serve(connection: socket.socket) -> None:
        while request := read_request(connection):
            target = request.split()[1].partition("?")[0]
            answer = answers.get(target.rpartition("/")[2])
            if target.endswith("/version") and answer is None:
                answer = http("200 OK", b'{"ApiVersion": "1.41"}')
            if answer is None:
                answer = http("404 Not Found", b"{}")
            connection.sendall(answer.removesuffix(b"cut"))
            if answer.endswith(b"cut"):
                return

    return Server(path, serve)


class Proxy(Server):
    """Stands before an engine's unix socket, and keeps every byte that goes up."""

    def __init__(self, path: Path, upstream: str) -> None:
        self._upstream = upstream
        self.requests: list[str] = []
        self.delay: Callable[[], None] = lambda: None
        """Called before each piece that comes down."""
        super().__init__(path, self._forward)

    def _forward(self, down: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as up:
            up.connect(self._upstream)
            self.connections.append(up)
            back = threading.Thread(target=self._back, args=(up, down), daemon=True)
            back.start()
            while data := down.recv(65536):
                if data.partition(b" ")[0] in {b"GET", b"HEAD", b"POST", b"PUT", b"DELETE"}:
                    self.requests.append(data.split(b"\r\n", 1)[0].decode())
                up.sendall(data)
            with suppress(OSError):
                up.shutdown(socket.SHUT_WR)
            back.join()

    def _back(self, up: socket.socket, down: socket.socket) -> None:
        with suppress(OSError):
            while data := up.recv(65536):
                self.delay()
                down.sendall(data)
        with suppress(OSError):
            down.shutdown(socket.SHUT_WR)
