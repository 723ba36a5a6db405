"""Newer engines out of other Debian roots, each in a mount namespace of its own: for tests/full."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from boxtui.demo import daemon, leftovers, processes, roots
from tests.engines.docker_cli import DockerCLI
from tests.engines.images import locked
from tests.engines.running import RunningEngine

# $1 the root, $2 a folder of the host's that has the same path inside, as it has for an engine that
# is installed on its host; the rest is the engine
_ENTER = """
root=$1 shared=$2; shift 2
mount --bind "$root" "$root"
cd "$root"
mkdir -p "./$shared" .outside
for tree in proc sys dev; do mount --rbind "/$tree" "$tree"; done
umount sys/fs/cgroup/unified 2>/dev/null || true
mount --bind "$shared" "./$shared"
pivot_root . .outside
umount --lazy /.outside
exec "$@"
"""


@dataclass(frozen=True)
class Kind:
    """An engine of a Debian suite; SHARED in `argv` stands for its folder."""

    name: str
    suite: str
    packages: tuple[str, ...]
    argv: tuple[str, ...]
    root: str = ""
    """Another kind whose root it runs in."""


_DOCKERD = (
    *("dockerd", "--host", "unix://SHARED/engine.sock", "--data-root", "SHARED/data"),
    *("--exec-root", "SHARED/exec", "--pidfile", "SHARED/engine.pid"),
    *("--bridge", "none", "--iptables=false", "--ip6tables=false"),
)
_SNAPSHOTTER = (*_DOCKERD, "--feature", "containerd-snapshotter=true")
"""Images and layers kept by containerd, as in a fresh Docker 29: inspect has no GraphDriver."""
_PODMAN = (
    *("podman", "--root", "SHARED/data", "--runroot", "SHARED/exec"),
    *("--cgroup-manager", "cgroupfs", "--storage-driver", "overlay"),
    *("system", "service", "--time=0", "unix://SHARED/engine.sock"),
)
_DOCKER = ("docker.io", "ca-certificates", "iptables")
KINDS = {
    kind.name: kind
    for kind in (
        Kind("trixie", "trixie", _DOCKER, _DOCKERD),
        Kind("sid", "sid", _DOCKER, _DOCKERD),
        Kind("containerd", "sid", _DOCKER, _SNAPSHOTTER, root="sid"),
        Kind("podman", "trixie", ("podman", "ca-certificates", "iptables"), _PODMAN),
    )
}


class NewerEngine(RunningEngine):
    """Runs between start() and stop(); its boxes have no network."""

    def __init__(self, kind: Kind, cache: Path, shared: Path, config: Path) -> None:
        socket_path = shared / "engine.sock"
        super().__init__(f"unix://{socket_path}", DockerCLI(f"unix://{socket_path}", config))
        self._kind = kind
        self._root = cache / f"root-{kind.root or kind.name}"
        self._shared = shared
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data_root(self) -> Path:  # type: ignore[override]  # as this machine sees it
        return self._shared / "data"

    def start(self) -> None:
        """Start it, its root made where it is missing; back when it answers."""
        self._ensure_root()
        self._shared.mkdir(parents=True, exist_ok=True)
        notify = self._shared / "notify"
        notify.unlink(missing_ok=True)
        log = self._shared / "engine.log"
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "NOTIFY_SOCKET": str(notify),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }
        argv = [word.replace("SHARED", str(self._shared)) for word in self._kind.argv]
        enter = ("unshare", "--mount", "--propagation", "private", "sh", "-ec", _ENTER, "sh")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready, log.open("wb") as words:
            ready.bind(str(notify))
            self._process = subprocess.Popen(
                [*enter, self._root, self._shared, *argv],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
            told = daemon.wait_ready(ready, self._process.pid, 120)
        if not told:
            self.stop()
            raise RuntimeError(f"{self._kind.name} did not start: {log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it and all that it started."""
        if self._process is None:
            return
        processes.end(self._process.pid, patience=30)
        self._process.wait()
        self._process = None
        # its processes are told by their root
        for process in list(processes.everyone()):
            if self._lives_inside(process.pid):
                processes.kill_tree(process.pid)
        leftovers.unmount([self._shared])

    def _lives_inside(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/root").samefile(self._root)
        except OSError:
            return False

    def _ensure_root(self) -> None:
        with locked(self._root.with_suffix(".lock")):
            if (self._root / ".complete").exists():
                return
            if self._root.exists():
                subprocess.run(["rm", "-rf", self._root], check=True)
            roots.bootstrap(self._root, include=self._kind.packages, suite=self._kind.suite)
            (self._root / ".complete").touch()
