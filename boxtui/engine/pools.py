"""Connection pools: one a host, large, with keep-alive on sockets that cross a network."""

import socket
from typing import Any

from docker.transport import UnixHTTPAdapter
from docker.transport.unixconn import UnixHTTPConnectionPool
from requests.adapters import HTTPAdapter

POOL_SIZE = 32
"""Idle connections kept; more may be open at once."""


class UnixAdapter(UnixHTTPAdapter):
    """One pool for the socket.

    docker-py keeps a pool for each URL and closes the oldest of 25, under the hands of a thread
    that has just picked it; and a connection is never used again for another URL.
    """

    def __init__(self, path: str) -> None:
        self._pool = UnixHTTPConnectionPool("http+docker://localhost", path, maxsize=POOL_SIZE)
        super().__init__(f"http+unix://{path}", max_pool_size=POOL_SIZE)

    def get_connection(
        self,
        url: Any,  # noqa: ARG002 - whatever the URL, there is one socket
        proxies: Any = None,  # noqa: ARG002 - likewise
    ) -> UnixHTTPConnectionPool:
        """Give the one pool there is."""
        return self._pool

    def close(self) -> None:
        """Close the idle connections."""
        super().close()
        self._pool.close()


class TCPAdapter(HTTPAdapter):
    """Connections that notice a dead line also while nothing is sent."""

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=POOL_SIZE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools with our socket options."""
        super().init_poolmanager(*args, socket_options=keep_alive(), **kwargs)


def keep_alive() -> list[tuple[int, int, int]]:
    """Socket options by which a line that is dead or half open is known within 45 seconds."""
    options = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ]
    # not every system has all of them
    wanted = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 45000}
    for name, value in wanted.items():
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options
