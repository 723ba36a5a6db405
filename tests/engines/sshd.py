"""A private sshd on loopback that lets in by one key, and an `ssh` that knows it."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest


class Sshd:
    """Runs for the `with` block; whoever holds `key` may log in, as any user of this machine."""

    def __init__(self) -> None:
        if not Path("/usr/sbin/sshd").exists():
            pytest.fail("needs sshd: apt-get install openssh-server", pytrace=False)
        # not below pytest's folders: an unprivileged user must get at the authorized key
        self._folder = Path(tempfile.mkdtemp(prefix="boxtui-sshd-", dir="/run"))
        self._folder.chmod(0o711)
        self.key = self._folder / "user"
        for key in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._folder / key],
                check=True,
            )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        public = (self._folder / "host.pub").read_text()
        self.known_host = f"[127.0.0.1]:{self.port} {public}"
        (self._folder / "known").write_text(self.known_host)
        self.path = self._client()
        self._daemon: subprocess.Popen[bytes] | None = None

    def url(self, socket_path: Path | str, user: str = "root") -> str:
        """Give the ssh:// address of a socket of this machine."""
        return f"ssh://{user}@127.0.0.1:{self.port}{socket_path}"

    def start(self) -> None:
        """Start it (again) on the same port; back when it listens."""
        Path("/run/sshd").mkdir(exist_ok=True)
        options = {
            "Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": self._folder / "host",
            "AuthorizedKeysFile": self._folder / "user.pub", "StrictModes": "no",
            "PermitRootLogin": "yes", "UsePAM": "no", "PidFile": "none",
            "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no",
        }  # fmt: skip
        config = self._folder / "config"
        config.write_text("".join(f"{key} {value}\n" for key, value in options.items()))
        log = self._folder / "log"
        # it ends with us, also when we are killed
        argv = ["setpriv", "--pdeathsig", "TERM", "/usr/sbin/sshd", "-D", "-e", "-f", config]
        with log.open("wb") as words:
            self._daemon = subprocess.Popen(argv, stderr=words, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._daemon.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)  # sshd tells nobody that it listens
        raise TimeoutError(log.read_text())

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait()
            self._daemon = None

    def _client(self) -> str:
        """Write an ssh that is deaf to the operator's own configuration; a PATH with it."""
        programs = self._folder / "bin"
        programs.mkdir()
        script = (
            f"#!/bin/sh\nexec /usr/bin/ssh -F none -o IdentityFile={self.key} "
            f'-o UserKnownHostsFile={self._folder}/known -o IdentitiesOnly=yes "$@"\n'
        )
        (programs / "ssh").write_text(script)
        (programs / "ssh").chmod(0o755)
        return f"{programs}:{os.environ['PATH']}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)
