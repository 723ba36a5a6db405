"""Engines that run: what a test is given of one, and one that it may stop and kill."""

import os
import signal
from functools import cached_property
from pathlib import Path

from boxtui.demo import daemon, processes
from tests.engines.docker_cli import DockerCLI


class RunningEngine:
    """An engine that answers, with the docker CLI for it."""

    def __init__(self, url: str, docker: DockerCLI) -> None:
        self.url = url
        self.docker = docker

    @property
    def socket(self) -> Path:
        """The path of its unix socket."""
        scheme, _, path = self.url.partition("://")
        assert scheme == "unix", f"{self.url} has no socket on this machine"
        return Path(path)

    @cached_property
    def data_root(self) -> Path:
        """DockerRootDir, on this machine."""
        return Path(self.docker("info", "--format", "{{.DockerRootDir}}"))

    @cached_property
    def version(self) -> str:
        return self.docker("version", "--format", "{{.Server.Version}}")


class PrivateEngine(RunningEngine):
    """An engine of the test's own: it may be stopped, killed and started again."""

    def __init__(self, own: daemon.Daemon, config: Path) -> None:
        super().__init__(own.url, DockerCLI(own.url, config))
        self.daemon = own

    @property
    def pid(self) -> int:
        pid = self.daemon.pid()
        assert pid is not None, "the private engine does not run"
        return pid

    def start(self) -> None:
        """Start it (again); back when it answers."""
        daemon.start(self.daemon)

    def stop(self) -> None:
        """Stop it and its boxes, as `systemctl stop docker` does."""
        daemon.stop(self.daemon)

    def kill(self) -> None:
        """SIGKILL dockerd alone; back when it is gone. Its boxes run on until start() or stop()."""
        processes.end_now(self.pid)

    def freeze(self) -> None:
        """SIGSTOP: it accepts connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


class TLSEngine(RunningEngine):
    """An engine behind TLS that wants a certificate of its clients."""

    def __init__(self, url: str, config: Path, certificates: Path) -> None:
        self.certificates = certificates
        self.environment = {
            "DOCKER_HOST": url,
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(certificates),
        }
        super().__init__(url, DockerCLI(url, config, self.environment))
