"""TLS over a socket whose bytes we carry ourselves.

Python's own TLS socket cannot end its sending half: its goodbye reads too, and fails where the
other side still has something to say. Here it reads from a buffer that is known to be empty.
"""

import socket
import ssl
from contextlib import suppress

_CHUNK = 64 << 10
WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TLSChannel:
    """Behaves as a socket for whoever sends and receives; for one thread at a time."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._socket = connection
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsent = b""
        self._shake_hands()

    def fileno(self) -> int:
        """The socket's, for selectors."""
        return self._socket.fileno()

    def settimeout(self, seconds: float) -> None:
        """As of a socket."""
        self._socket.settimeout(seconds)

    def setblocking(self, blocking: bool) -> None:
        """As of a socket."""
        self._socket.setblocking(blocking)

    @property
    def buffered(self) -> bool:
        """Whether recv() may give something although the socket has nothing."""
        return self._tls.pending() > 0 or self._incoming.pending > 0

    @property
    def unsent(self) -> bool:
        """Whether bytes that were taken wait for the socket: flush() once it is writable."""
        return bool(self._unsent) or self._outgoing.pending > 0

    def recv(self, limit: int) -> bytes:
        """As of a socket; b"" at the end."""
        while True:
            try:
                return self._tls.read(limit)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLWantReadError:
                received = self._socket.recv(_CHUNK)
                if not received:
                    return b""
                self._incoming.write(received)

    def send(self, data: memoryview | bytes) -> int:
        """Encrypt some; BlockingIOError while earlier bytes wait for the socket."""
        self.flush()
        if self.unsent:
            raise BlockingIOError
        taken = self._tls.write(data[:_CHUNK])
        self.flush()
        return taken

    def sendall(self, data: bytes) -> None:
        """As of a blocking socket."""
        self._tls.write(data)
        self._socket.sendall(self._outgoing.read())

    def flush(self) -> None:
        """Pass on what the socket takes now."""
        self._unsent += self._outgoing.read()
        with suppress(BlockingIOError):
            while self._unsent:
                self._unsent = self._unsent[self._socket.send(self._unsent) :]

    def finish(self) -> None:
        """Say that nothing more is sent; nothing may be buffered. Reading goes on."""
        with suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self.flush()

    def close(self) -> None:
        """As of a socket."""
        self._socket.close()

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._socket.sendall(self._outgoing.read())
                received = self._socket.recv(_CHUNK)
                if not received:
                    raise ConnectionResetError("the other side ended the handshake") from None
                self._incoming.write(received)
            else:
                self._socket.sendall(self._outgoing.read())
                return
