"""An engine behind ssh: the system's OpenSSH carries a unix socket of ours to the engine's."""

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from boxtui.engine.endpoint import DEFAULT_SOCKET
from boxtui.errors import NoEngineError, UsageError

READY_TIMEOUT = 20.0
_CONNECT_TIMEOUT = 10
_OPTIONS = {
    "BatchMode": "yes",
    "ConnectTimeout": str(_CONNECT_TIMEOUT),
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
    "ExitOnForwardFailure": "yes",
    "StreamLocalBindUnlink": "yes",
    "StreamLocalBindMask": "0177",
    # a master of the user's would outlive us, or take the forward over
    "ControlMaster": "no",
    "ControlPath": "none",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "RequestTTY": "no",
    "ClearAllForwardings": "no",
    # ssh runs it once its forwards listen: how readiness is told
    "PermitLocalCommand": "yes",
    "LocalCommand": "echo ready",
}
# ssh must end with us, also when we are killed: the pipe on descriptor 3 closes then
_GUARD = """
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
(cat <&3 >/dev/null 2>&1; kill "$child" 2>/dev/null) >/dev/null 2>&1 &
exec 3<&-
wait "$child"
"""


class Forward:
    """`ssh -N -L` in a 0700 folder; started when first needed, and again when it has died."""

    def __init__(self, url: str, *, program: str = "ssh") -> None:
        self._target, self._remote = _parse(url)
        self._url = url
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="boxtui-ssh-"))
        self.socket = self._folder / "docker.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._attempt = 0
        self._last: NoEngineError | None = None
        self._closed = False

    def ensure(self) -> None:
        """Have ssh running and its socket listening; whoever waited shares one failure."""
        process = self._process
        if process is not None and process.poll() is None:
            return
        attempt = self._attempt
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            if attempt != self._attempt and self._last is not None:
                # another thread has just tried, while this one waited for it
                raise self._last
            self._attempt += 1
            self._last = None
            try:
                self._start()
            except NoEngineError as error:
                self._last = error
                raise

    def failure(self) -> NoEngineError | None:
        """Give why ssh is gone, in its own words; None while it runs."""
        process = self._process
        if process is None:
            return None
        # the line breaks a moment before the process is gone
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
        if process.poll() is None:
            return self._unreachable_engine()
        return self._error("ssh ended", self._words())

    def close(self) -> None:
        """End ssh and remove the folder."""
        with self._lock:
            self._closed = True
            self._end()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        if self._closed:
            raise self._error("the connection has been closed", "")
        self._end()
        self.socket.unlink(missing_ok=True)
        command = [self._program, "-N", "-T", "-L", f"{self.socket}:{self._remote}"]
        for key, value in _OPTIONS.items():
            command += ["-o", f"{key}={value}"]
        command += [*self._target[:-1], "--", self._target[-1]]
        with (self._folder / "stderr").open("wb") as errors:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        self._process = process
        if not _ready(process):
            running = process.poll() is None
            self._end()
            reason = "no connection in time" if running else self._words()
            raise self._error("ssh could not connect", reason)

    def _end(self) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def _words(self) -> str:
        try:
            text = (self._folder / "stderr").read_text(errors="replace")
        except OSError:
            return ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return "; ".join(lines[-4:])

    def _unreachable_engine(self) -> NoEngineError | None:
        words = self._words()
        if "open failed" not in words:
            return None
        return NoEngineError(
            f"ssh reached {self._target[-1]}, but no engine answers there",
            reason=words,
            hint=f"may your user open {self._remote} on that host?",
        )

    def _error(self, what: str, reason: str) -> NoEngineError:
        return NoEngineError(
            f"no engine answers at {self._url}: {what}",
            reason=reason or "ssh said nothing",
            hint=f"try `ssh -o BatchMode=yes {' '.join(self._target)} docker version`: "
            "keys, host key and agent must work without a question",
        )


def _ready(process: subprocess.Popen[bytes]) -> bool:
    """Await the line that ssh has written once it listens; False where it ended or took long."""
    assert process.stdout is not None
    deadline = time.monotonic() + READY_TIMEOUT
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            told = os.read(process.stdout.fileno(), 4096)
            if b"ready" in told:
                return True
            if not told:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=1)
                return False
    return False


def _parse(url: str) -> tuple[list[str], str]:
    """Split into the arguments for the host, and the socket's path over there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url!r} is no ssh address", reason=str(error)) from error
    host = parts.hostname
    if not host or parts.password is not None or host.startswith("-"):
        raise UsageError(
            f"{url!r} is no ssh address",
            hint="give ssh://user@host[:port][/path/to/docker.sock]; keys and agents, no password",
        )
    # the host's own spelling: an alias of the user's ssh config may have capitals
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}").strip("[]")
    target = ["-p", str(port)] if port else []
    if parts.username:
        target += ["-l", unquote(parts.username)]
    return [*target, host], unquote(parts.path).rstrip("/") or DEFAULT_SOCKET
