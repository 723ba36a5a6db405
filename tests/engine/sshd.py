"""A private sshd on loopback, and an `ssh` that knows its keys."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

import pytest


class Sshd:
    """Runs for the `with` block; `path` has an ssh that finds host key and identity."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("sshd") is None and not Path("/usr/sbin/sshd").exists():
            pytest.skip("needs openssh-server")
        self._folder = folder
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        for key in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True
            )
        shutil.copy(folder / "user.pub", folder / "authorized")
        (folder / "authorized").chmod(0o600)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        public = (folder / "host.pub").read_text()
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {public}")
        self.path = self._client(folder)
        self._daemon: subprocess.Popen[bytes] | None = None

    def _client(self, folder: Path) -> str:
        programs = folder / "bin"
        programs.mkdir()
        script = (
            f"#!/bin/sh\nexec /usr/bin/ssh -F none -o IdentityFile={folder}/user "
            f'-o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes "$@"\n'
        )
        (programs / "ssh").write_text(script)
        (programs / "ssh").chmod(0o755)
        return f"{programs}:{os.environ['PATH']}"

    def url(self, socket_path: str) -> str:
        return f"ssh://root@127.0.0.1:{self.port}{socket_path}"

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        options = {
            "Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": self._folder / "host",
            "AuthorizedKeysFile": self._folder / "authorized", "StrictModes": "no",
            "PermitRootLogin": "yes", "UsePAM": "no", "PidFile": "none",
            "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no",
        }  # fmt: skip
        config = self._folder / "config"
        config.write_text("".join(f"{key} {value}\n" for key, value in options.items()))
        self._daemon = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", config],
            stderr=(self._folder / "log").open("wb"),
            start_new_session=True,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)  # sshd tells nobody that it listens
        raise TimeoutError((self._folder / "log").read_text())

    def stop(self) -> None:
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait()
            self._daemon = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
