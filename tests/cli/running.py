"""boxtui as scripts run it: a process of its own, with a home of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OURS = ("DOCKER_", "BOXTUI_", "XDG_")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user who has set nothing up."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS) and k != "NO_COLOR"}
    return kept | {"HOME": str(home), "TERM": "xterm-256color"} | more


@dataclass(frozen=True)
class Outcome:
    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document; fails where there is anything else on stdout."""
        assert self.stdout.endswith("\n")
        loaded = json.loads(self.stdout)
        assert isinstance(loaded, dict)
        return loaded

    @property
    def error(self) -> dict[str, Any]:
        error = self.document["error"]
        assert isinstance(error, dict)
        return error


class Boxtui:
    """Runs boxtui; `host` is the engine where the arguments name none."""

    def __init__(self, home: Path, host: str | None = None) -> None:
        self.home = home
        self._host = [] if host is None else ["-H", host]

    def __call__(self, *words: str | bytes, **environ: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "boxtui", *self._host, *words],
            env=environment(self.home, **environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str, **environ: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "boxtui", *self._host, *words],
            env=environment(self.home, **environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
