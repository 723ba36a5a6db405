"""Boxes, volumes, networks and images for one test, taken away after it."""

import itertools
import os
from collections.abc import Sequence

from tests.engines.running import RunningEngine

STAYS = ("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done")
"""What a box runs that is only to be there: it ends at once at SIGTERM."""
LABEL = "boxtui.test"
_counter = itertools.count(1)


class Boxes:
    """Makes things on an engine, and remembers them for `clean`."""

    def __init__(self, engine: RunningEngine) -> None:
        self._docker = engine.docker
        self._made: list[tuple[str, str]] = []

    def name(self, word: str = "box") -> str:
        """Give a name that nobody else has, on an engine that others share."""
        return f"t{os.getpid()}-{next(_counter)}-{word}"

    def run(
        self,
        image: str = "busybox",
        *argv: str,
        options: Sequence[str] = (),
        name: str | None = None,
    ) -> str:
        """`docker run -d`; the new id. Without argv it stays until it is told to end."""
        return self._new("run", "-d", image=image, argv=argv, options=options, name=name)

    def create(
        self,
        image: str = "busybox",
        *argv: str,
        options: Sequence[str] = (),
        name: str | None = None,
    ) -> str:
        """`docker create`; the new id."""
        return self._new("create", image=image, argv=argv, options=options, name=name)

    def volume(self, name: str | None = None, *options: str) -> str:
        """`docker volume create`; the name."""
        name = name or self.name("vol")
        self.adopt("volume", name)
        return self._docker("volume", "create", "--label", LABEL, *options, name)

    def network(self, name: str | None = None, *options: str) -> str:
        """`docker network create`; the name."""
        name = name or self.name("net")
        self._docker("network", "create", "--label", LABEL, *options, name)
        return self.adopt("network", name)

    def image(self, base: str, *lines: str, ref: str | None = None) -> str:
        """Build from a Dockerfile of these lines on a base; the reference."""
        ref = ref or f"{self.name('image')}:latest"
        dockerfile = "\n".join((f"FROM {base}", *lines, ""))
        self._docker("build", "--quiet", "--tag", ref, "-", stdin=dockerfile.encode())
        return self.adopt("image", ref)

    def adopt(self, kind: str, ref: str) -> str:
        """Have something removed after the test too; kind container|volume|network|image."""
        self._made.append((kind, ref))
        return ref

    def clean(self) -> None:
        """Remove all of it: boxes first, with their anonymous volumes."""
        removals = {
            "container": ("rm", "--force", "--volumes"),
            "volume": ("volume", "rm", "--force"),
            "network": ("network", "rm"),
            "image": ("image", "rm", "--force"),
        }
        for kind, command in removals.items():
            refs = [ref for made, ref in self._made if made == kind]
            for ref in dict.fromkeys(refs):
                # what the test itself removed is gone already
                self._docker.attempt(*command, ref)
        self._made.clear()

    def _new(
        self,
        *command: str,
        image: str,
        argv: Sequence[str],
        options: Sequence[str],
        name: str | None,
    ) -> str:
        name = self.adopt("container", name or self.name())
        labels = ("--label", LABEL)
        return self._docker(*command, "--name", name, *labels, *options, image, *(argv or STAYS))
