"""A private dockerd: its own socket, bridge, data root, exec root and containerd namespace.

It changes nothing of the machine's network but its bridge: no iptables rule, no forwarding.
Published ports work through dockerd's own proxy; boxes reach each other and the host.
"""

import fcntl
import hashlib
import http.client
import os
import select
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boxtui.demo import bridge, leftovers, processes
from boxtui.demo.progress import Report, silent
from boxtui.errors import NoEngineError

READY_SECONDS = 120.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Daemon:
    """The dockerd whose images and boxes lie in `folder`; sockets are short paths in /run."""

    folder: Path
    arguments: tuple[str, ...] = ()
    """More of dockerd's own flags, such as another -H."""

    @property
    def tag(self) -> str:
        """What tells this engine's traces from those of others, in eight characters."""
        return hashlib.sha256(os.fsencode(self.folder.absolute())).hexdigest()[:8]

    @property
    def runtime(self) -> Path:
        """The folder of sockets and process ids, gone after a reboot."""
        return Path(f"/run/boxtui-{self.tag}")

    @property
    def socket(self) -> Path:
        return self.runtime / "docker.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "dockerd.log"

    @property
    def pid_file(self) -> Path:
        return self.runtime / "dockerd.pid"

    @property
    def bridge(self) -> str:
        return f"bx{self.tag}"

    @property
    def namespace(self) -> str:
        """The containerd namespace: the system's containerd is shared where one runs."""
        return f"boxtui-{self.tag}"

    def argv(self) -> list[str]:
        """Give the whole command line."""
        return [
            "dockerd",
            *("--host", self.url),
            *("--data-root", str(self.data)),
            *("--exec-root", str(self.runtime / "exec")),
            *("--pidfile", str(self.pid_file)),
            *("--containerd-namespace", self.namespace),
            *("--containerd-plugins-namespace", f"{self.namespace}-plugins"),
            *("--bridge", self.bridge),
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
            *self.arguments,
        ]

    def pid(self) -> int | None:
        """Give the id of the running dockerd; None where the file is stale or missing."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        found = processes.read(pid)
        return pid if found is not None and str(self.data) in found.argv else None


def start(daemon: Daemon, report: Report = silent) -> bool:
    """Start the engine and wait until it answers; False where it ran already."""
    _require(daemon)
    with _locked(daemon):
        if daemon.pid() is not None:
            _ask_ping(daemon)
            return False
        sweep(daemon)
        daemon.runtime.mkdir(mode=0o711, exist_ok=True)
        daemon.data.mkdir(mode=0o711, exist_ok=True)
        bridge.ensure(daemon.bridge)
        report(f"starting dockerd on {daemon.url}")
        _launch(daemon)
        _ask_ping(daemon)
    return True


def stop(daemon: Daemon, report: Report = silent) -> None:
    """Stop the engine and its boxes; its data stays. Nothing happens where it does not run."""
    pid = daemon.pid()
    if pid is not None:
        report(f"stopping dockerd (pid {pid})")
        processes.end(pid, patience=STOP_SECONDS)
    sweep(daemon)


def sweep(daemon: Daemon) -> None:
    """Take away what a run leaves that can't go on: processes, mounts, sockets, the bridge."""
    words = {str(daemon.runtime), str(daemon.folder.absolute()), daemon.namespace}
    leftovers.end_processes(words)
    leftovers.unmount([daemon.folder.absolute(), daemon.runtime])
    if shutil.which("ip"):
        bridge.remove(daemon.bridge)
    shutil.rmtree(daemon.runtime, ignore_errors=True)


def clean(daemon: Daemon, report: Report = silent) -> None:
    """Stop the engine and remove every trace of it: data, sockets, mounts, bridges."""
    stop(daemon, report)
    report(f"removing {daemon.folder}")
    for link in leftovers.network_links(daemon.data):
        bridge.remove(link)
    if daemon.folder.exists():
        shutil.rmtree(daemon.folder)


def last_words(log: Path) -> str | None:
    """Give the reason of a dockerd that ended: the last line of its log that says so."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    telling = [line for line in lines if "failed" in line or "level=fatal" in line]
    return (telling or lines or [""])[-1] or None


def _require(daemon: Daemon) -> None:
    if os.geteuid() != 0:
        raise NoEngineError(
            "a private engine needs root", hint="run this as root, or name an engine with -H"
        )
    if shutil.which("dockerd") is None:
        raise NoEngineError(
            "dockerd is not installed", hint="on Debian and Ubuntu: apt-get install docker.io"
        )
    daemon.folder.mkdir(parents=True, mode=0o700, exist_ok=True)


@contextmanager
def _locked(daemon: Daemon) -> Iterator[None]:
    with (daemon.folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _launch(daemon: Daemon) -> None:
    """Run dockerd apart from this session; back when it says READY, as to systemd."""
    notify = daemon.runtime / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready, daemon.log.open("wb") as log:
        ready.bind(str(notify))
        process = subprocess.Popen(
            daemon.argv(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env=_environment() | {"NOTIFY_SOCKET": str(notify)},
        )
        if wait_ready(ready, process.pid, READY_SECONDS):
            return
        died = process.poll() is not None
    reason = last_words(daemon.log)
    sweep(daemon)
    process.wait()
    raise NoEngineError(
        "the private dockerd ended at its start"
        if died
        else f"the private dockerd was not ready after {READY_SECONDS:.0f} seconds",
        reason=reason,
        hint=f"the whole of its words: {daemon.log}",
    )


def _environment() -> dict[str, str]:
    """The engine must not inherit which engine the operator's own commands use."""
    dropped = ("DOCKER_", "LISTEN_")
    return {key: value for key, value in os.environ.items() if not key.startswith(dropped)}


def wait_ready(ready: socket.socket, pid: int, seconds: float) -> bool:
    """Wait for READY=1 on a notify socket; False once the process ended, or after `seconds`."""
    handle = os.pidfd_open(pid)
    try:
        while True:
            readable, _, _ = select.select([ready.fileno(), handle], [], [], seconds)
            if ready.fileno() not in readable:
                return False
            if b"READY=1" in ready.recv(4096).split(b"\n"):
                return True
    finally:
        os.close(handle)


def _ask_ping(daemon: Daemon) -> None:
    try:
        answer = get(daemon.socket, "/_ping")
    except (OSError, http.client.HTTPException) as error:
        raise NoEngineError(
            f"the private dockerd on {daemon.url} does not answer", reason=str(error)
        ) from error
    if answer != b"OK":
        raise NoEngineError(f"what answers on {daemon.url} is no engine", reason=repr(answer[:80]))


def get(path: Path, target: str, *, seconds: float = 30.0) -> bytes:
    """Ask one question of a socket, below the engine room."""
    connection = http.client.HTTPConnection("localhost", timeout=seconds)
    connection.sock = socket.socket(socket.AF_UNIX)
    with connection.sock:
        connection.sock.settimeout(seconds)
        connection.sock.connect(str(path))
        connection.request("GET", target)
        return connection.getresponse().read()
