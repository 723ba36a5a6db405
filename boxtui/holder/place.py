"""Where the holder's socket lies: a folder of the user's own, and proof that it is."""

import os
import socket
import stat
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

from boxtui.errors import UnsupportedError

SOCKET = "holder.sock"
LOCK = "holder.lock"
LOG = "holder.log"


def folder(environment: Mapping[str, str] = os.environ) -> Path:
    """$XDG_RUNTIME_DIR/boxtui, or else a 0700 folder in the temporary directory.

    Made if it is not there; UnsupportedError if somebody else could have put it there.
    """
    runtime = environment.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK | os.X_OK):
        return _own(Path(runtime) / "boxtui")
    return _own(Path(tempfile.gettempdir()) / f"boxtui-{os.getuid()}")


def _own(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        raise UnsupportedError(
            f"{path} belongs to somebody else", hint="set XDG_RUNTIME_DIR to a folder of your own"
        )
    if stat.S_IMODE(facts.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def peer_is_us(connection: socket.socket) -> bool:
    """Whether the process at the other end is the same user's."""
    form = struct.Struct("3i")
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size)
    _pid, uid, _gid = form.unpack(told)
    return bool(uid == os.getuid())
