"""The holder as a process: started by the first console that needs it, gone with its last terminal.

The lock file makes it one a user; it is held as long as the process lives. The console that starts
it waits on a pipe until the socket is there.
"""

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import boxtui
from boxtui.errors import InternalError
from boxtui.holder import place
from boxtui.holder.server import Connect, Console, Holder

VERB = "_holder"
"""The hidden verb of the holder's own process."""
_READY = b"ready\n"
_PATIENCE = 30.0
"""Seconds in which the first console has to come."""


def run(connect: Connect) -> int:
    """Serve until there is nothing left to hold; tells standard output when it is ready."""
    folder = place.folder()
    lock = os.open(folder / place.LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # another console was quicker: its holder serves us too, as soon as it listens
        fcntl.flock(lock, fcntl.LOCK_SH)
        return 0
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    path = folder / place.SOCKET
    path.unlink(missing_ok=True)
    try:
        asyncio.run(_serve(connect, path))
    finally:
        # from here on a console finds no socket and starts a holder of its own
        path.unlink(missing_ok=True)
    return 0


async def _serve(connect: Connect, path: Path) -> None:
    loop = asyncio.get_running_loop()
    holder = Holder(connect)
    listening = socket.socket(socket.AF_UNIX)
    previous = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(previous)
    server = await loop.create_unix_server(lambda: Console(holder), sock=listening)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, holder.idle.set)
    # the console that started us may have died meanwhile
    loop.call_later(_PATIENCE, holder.end_if_idle)
    _say_ready()
    async with server:
        await holder.idle.wait()
    holder.close()


def _say_ready() -> None:
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), _READY)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def connect_socket() -> socket.socket:
    """Reach the holder, starting it where there is none; InternalError with its own words."""
    folder = place.folder()
    for _ in range(3):
        connection = _try(folder / place.SOCKET)
        if connection is not None:
            return connection
        _start(folder)
    raise InternalError(
        "the process that keeps terminals alive does not start",
        reason=(folder / place.LOG).read_text(errors="replace").strip()[-500:] or None,
    )


def running() -> socket.socket | None:
    """Reach the holder if there is one."""
    return _try(place.folder() / place.SOCKET)


def _try(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    if not place.peer_is_us(connection):
        connection.close()
        raise InternalError(f"{path} is served by somebody else")
    return connection


def _start(folder: Path) -> None:
    # -P: no module of the working directory's is ever run in our place
    package = str(Path(boxtui.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    with (folder / place.LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "boxtui", VERB],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": path},
        )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
