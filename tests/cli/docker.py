"""The docker CLI: what expected values are taken from."""

import json
import os
import secrets
import subprocess
from typing import Any


class Docker:
    """docker on one engine; every box, volume and image made here is removed by `clean`."""

    def __init__(self, url: str) -> None:
        self._argv = ["docker", "-H", url]
        self.tag = f"cli-{secrets.token_hex(3)}"
        """The beginning of every name made by this test."""
        self.environment: dict[str, str] = {}
        """Beside this process's own."""
        self._images: list[str] = []

    def __call__(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self._argv, *words],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert not check or done.returncode == 0, f"docker {words}: {done.stderr}"
        return done.stdout.strip()

    def name(self, suffix: str) -> str:
        return f"{self.tag}-{suffix}"

    def create(self, suffix: str, *words: str, image: str = "busybox", command: str = "") -> str:
        """A container that is not started; gives its name."""
        name = self.name(suffix)
        self("create", "--name", name, *words, image, *(["sh", "-c", command] if command else []))
        return name

    def run(
        self, suffix: str, *words: str, image: str = "busybox", command: str = "sleep 1000"
    ) -> str:
        """A container that runs `command`; gives its name."""
        name = self.name(suffix)
        self("run", "-d", "--name", name, *words, image, "sh", "-c", command)
        return name

    def image(self, source: str, suffix: str) -> str:
        """Another name for an image."""
        name = f"{self.name('image')}:{suffix}"
        self("tag", source, name)
        self._images.append(name)
        return name

    def inspect(self, kind: str, name: str) -> dict[str, Any]:
        loaded: list[dict[str, Any]] = json.loads(self(kind, "inspect", name))
        return loaded[0]

    def clean(self) -> None:
        ours = self("ps", "-aq", "--filter", f"name={self.tag}").split()
        if ours:
            self("rm", "-fv", *ours)
        volumes = self("volume", "ls", "-q", "--filter", f"name={self.tag}").split()
        if volumes:
            self("volume", "rm", *volumes)
        for image in self._images:
            self("rmi", image, check=False)
