"""Moves bytes both ways over one socket, plain or TLS, in a thread of its own."""

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from boxtui.engine.tls_channel import WOULD_BLOCK, TLSChannel

_CHUNK = 128 << 10


class Pump:
    """Reads into `on_data` and writes from a queue, until an end or close().

    `on_data` and `on_end` run in the pump's thread; `on_end` comes once, and not after close().
    """

    def __init__(
        self,
        connection: socket.socket | TLSChannel,
        on_data: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        connection.setblocking(False)
        self._socket = connection
        self._on_data = on_data
        self._on_end = on_end
        self._queue: deque[memoryview] = deque()
        self._lock = threading.Lock()
        self._waker, self._wakened = socket.socketpair()
        self._waker.setblocking(False)
        self._wakened.setblocking(False)
        # only a plain socket bears two threads
        self._tls = connection if isinstance(connection, TLSChannel) else None
        self._reading = True
        self._closed = False
        self._finishing = False
        self._thread = threading.Thread(target=self._run, name="exec-pump", daemon=True)

    def start(self, first: bytes) -> None:
        """Begin, with the bytes that were read before the socket was ours."""
        self._first = first
        self._thread.start()

    @property
    def unsent(self) -> int:
        """Bytes that wait for the other side."""
        with self._lock:
            return sum(len(part) for part in self._queue)

    def write(self, data: bytes) -> None:
        """Send what goes at once, and queue the rest."""
        part = memoryview(data)
        with self._lock:
            if self._closed or not part:
                return
            if self._tls is None and not self._queue:
                with suppress(OSError):  # the reader meets the same error, and tells it
                    part = part[self._socket.send(part) :]
            if not part:
                return
            self._queue.append(part)
        self._wake()

    def finish_writing(self) -> None:
        """Tell the other side, after all that is queued, that nothing more comes."""
        with self._lock:
            self._finishing = True
            if self._tls is None and not self._queue:
                self._half_close()
        self._wake()

    def pause(self) -> None:
        """Stop reading; writing goes on."""
        self._reading = False
        self._wake()

    def resume(self) -> None:
        """Read again."""
        self._reading = True
        self._wake()

    def close(self) -> None:
        """End it; the thread is gone when this returns, unless it calls this itself."""
        with self._lock:
            self._closed = True
        self._wake()
        if threading.current_thread() is not self._thread and self._thread.is_alive():
            self._thread.join(timeout=5)

    def _wake(self) -> None:
        # full: it will wake anyway; closed: it has ended
        with suppress(OSError):
            self._waker.send(b"\0")

    def _run(self) -> None:
        if self._first:
            self._on_data(self._first)
        with selectors.DefaultSelector() as selector:
            selector.register(self._wakened, selectors.EVENT_READ)
            selector.register(self._socket, selectors.EVENT_READ)
            ended = False
            while not ended and not self._closed:
                ready = self._await(selector)
                ended = self._turn(ready)
        with self._lock:
            self._socket.close()
            self._waker.close()
            self._wakened.close()
            closed, self._closed = self._closed, True
        if not closed:
            self._on_end()

    def _await(self, selector: selectors.BaseSelector) -> int:
        """Events of the socket, once there are any; the waker's are swallowed."""
        wanted = selectors.EVENT_READ if self._reading else 0
        if self._queue or self._owes():
            wanted |= selectors.EVENT_WRITE
        self._watch(selector, wanted)
        if self._tls is not None and self._tls.buffered and self._reading:
            return selectors.EVENT_READ
        events = 0
        for key, mask in selector.select():
            if key.fileobj is self._wakened:
                with suppress(BlockingIOError):
                    self._wakened.recv(4096)
            else:
                events |= mask
        return events

    def _owes(self) -> bool:
        """Whether TLS has bytes of its own to send, or its goodbye."""
        if self._tls is None:
            return False
        return self._tls.unsent or (self._finishing and not self._tls.buffered)

    def _watch(self, selector: selectors.BaseSelector, wanted: int) -> None:
        watched = self._socket in selector.get_map()
        if wanted and watched:
            selector.modify(self._socket, wanted)
        elif wanted:
            selector.register(self._socket, wanted)
        elif watched:
            selector.unregister(self._socket)

    def _turn(self, events: int) -> bool:
        """Read and write what goes; True at the end."""
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ:
            return False
        try:
            data = self._socket.recv(_CHUNK)
        except WOULD_BLOCK:
            return False
        except OSError:
            return True
        if data and not self._closed:
            self._on_data(data)
        return not data

    def _flush(self) -> None:
        with self._lock:
            try:
                while self._queue:
                    sent = self._socket.send(self._queue[0][:_CHUNK])
                    self._queue[0] = self._queue[0][sent:]
                    if not self._queue[0]:
                        self._queue.popleft()
                if self._tls is not None:
                    self._tls.flush()
                self._half_close()
            except WOULD_BLOCK:
                return
            except OSError:
                # the reader meets the same error, and tells it
                self._queue.clear()
                self._finishing = False

    def _half_close(self) -> None:
        """Needs the lock, and for TLS the pump's own thread."""
        if self._queue or not self._finishing or self._closed:
            return
        if not isinstance(self._socket, TLSChannel):
            self._finishing = False
            with suppress(OSError):  # the reader meets the same error, and tells it
                self._socket.shutdown(socket.SHUT_WR)
        elif not self._socket.buffered:
            # what is buffered is read first, at the next turn
            self._finishing = False
            self._socket.finish()
