"""The docker CLI, pointed at one engine and deaf to the operator's own configuration."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class DockerFailedError(AssertionError):
    """The docker CLI ended with an exit code other than 0."""


@dataclass(frozen=True)
class DockerCLI:
    """`cli("ps", "-a")` runs `docker ps -a` on the engine at `url`."""

    url: str
    config: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
        return kept | {
            "DOCKER_HOST": self.url,
            "DOCKER_CONFIG": str(self.config),
            "DOCKER_BUILDKIT": "0",  # the engine's own builder needs no frontend from a registry
            **self.extra,
        }

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None) -> str:
        """Give stdout, stripped; raise with stderr where the command failed."""
        done = self.attempt(*arguments, stdin=stdin)
        if done.returncode != 0:
            words = done.stderr.decode(errors="replace").strip()
            raise DockerFailedError(f"docker {' '.join(map(str, arguments))}: {words}")
        return done.stdout.decode(errors="surrogateescape").strip()

    def attempt(
        self, *arguments: str | Path, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run it; the exit code is the caller's to judge."""
        argv = ["docker", *map(str, arguments)]
        # an empty stdin, never the terminal of whoever runs the tests
        return subprocess.run(
            argv, input=stdin or b"", capture_output=True, env=self.environment, check=False
        )

    def json(self, *arguments: str | Path) -> Any:
        """Parse stdout, such as of `inspect`."""
        return json.loads(self(*arguments))

    def lines(self, *arguments: str | Path) -> list[str]:
        """Give the lines of stdout."""
        return self(*arguments).splitlines()

    def popen(self, *arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
        """Start it and leave it running: the caller ends it."""
        return subprocess.Popen(["docker", *map(str, arguments)], env=self.environment, **options)
