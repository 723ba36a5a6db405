"""A box with data to lose, boxtui run on it as a program, and what must be true afterwards."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.boxes import Boxes
from tests.engines.docker_cli import DockerCLI
from tests.engines.operator import Operator
from tests.engines.proxy import Proxy

ROOT = Path(__file__).parents[2]

FILL = (
    "for d in /data /anonymous /root; do "
    "mkdir -p $d/deep; head -c 300000 /dev/urandom > $d/blob; echo $d > $d/deep/note; "
    "ln -s blob $d/link; chmod 600 $d/blob; chown 7:8 $d/deep; done"
)


def boxtui(*words: str, state: Path) -> list[str]:
    return [
        sys.executable, "-m", "boxtui", "--state-dir", str(state), "--json", *words,
    ]  # fmt: skip


@dataclass
class Finished:
    """A boxtui that has ended."""

    code: int
    document: dict[str, Any]
    progress: list[dict[str, Any]]
    words: str


@dataclass
class Box:
    """A running box on an engine, and all that was true of it."""

    docker: DockerCLI
    boxes: Boxes
    url: str
    state: Path
    name: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)
    since: str = ""
    user: Operator | None = None
    """Who runs boxtui, from afar; nobody: whoever runs the tests."""

    @classmethod
    def make(
        cls, docker: DockerCLI, boxes: Boxes, state: Path, *, url: str | None = None,
        policy: str = "always",
    ) -> "Box":  # fmt: skip
        box = cls(docker, boxes, url or docker.url, state, boxes.name())
        box.volumes = [boxes.volume()]
        options = [
            "--restart", policy, "--stop-timeout", "2", "-e", "TOKEN=hunter2",
            "-v", f"{box.volumes[0]}:/data", "-v", "/anonymous",
        ]  # fmt: skip
        box.since = docker("info", "--format", "{{.SystemTime}}")
        boxes.run(options=options, name=box.name)
        docker("exec", box.name, "sh", "-c", FILL)
        box.before = box.inspect()
        box.volumes += [m["Name"] for m in box.before["Mounts"] if m["Name"] not in box.volumes]
        box.sums = box.checksums()
        return box

    def inspect(self) -> dict[str, Any]:
        found: dict[str, Any] = self.docker.json("inspect", self.name)[0]
        return found

    def checksums(self) -> dict[str, str]:
        """Sum up every part of its data, by tar and sha256sum."""
        script = "tar c -C / {} | sha256sum"
        return {
            part: self.docker("exec", self.name, "sh", "-c", script.format(part))
            for part in ("data", "anonymous", "root")
        }

    def command(self, *words: str, state: Path | None = None) -> list[str]:
        argv = boxtui(*words, state=state or self.state)
        return argv if self.user is None else self.user.command(argv)

    def environment(self, url: str) -> dict[str, str]:
        if self.user is None:
            return {**os.environ, "DOCKER_HOST": url}
        return {**self.user.environment, "DOCKER_HOST": self.user.url}

    def start(self, *words: str, url: str | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*words, "--progress", "json"),
            env=self.environment(url or self.url),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, cwd=ROOT,
        )  # fmt: skip

    def recreate(
        self, on_step: Callable[[dict[str, Any], int], None] = lambda _told, _pid: None,
        *, url: str | None = None, words: tuple[str, ...] = (),
    ) -> Finished:  # fmt: skip
        """Run a recreate to its end; `on_step` is given each line of progress and boxtui's pid."""
        words = ("recreate", self.name, "--confirm", self.name, "--grace", "0.3", *words)
        return follow(self.start(*words, url=url), on_step)

    def recover(self, *words: str, state: Path | None = None) -> Finished:
        done = subprocess.run(
            self.command("recover", *words, state=state), capture_output=True, text=True, cwd=ROOT,
            check=False, env=self.environment(self.docker.url),
        )  # fmt: skip
        return Finished(done.returncode, json.loads(done.stdout), [], done.stderr)

    def leftovers(self) -> list[str]:
        names = self.docker.lines(
            "ps", "-a", "--filter", f"name={self.name}", "--format", "{{.Names}}"
        )
        volumes = self.docker.lines("volume", "ls", "-q", "--filter", f"name={self.name}.boxtui-")
        return [n for n in names if n != self.name] + volumes

    def check_whole(self, *, one_writer: bool = True) -> str:
        """Assert that nothing is lost or left over; says which box runs: old or new."""
        now = self.inspect()
        which = "old" if now["Id"] == self.before["Id"] else "new"
        assert now["State"]["Status"] == "running", now["State"]
        assert now["HostConfig"] == {**self.before["HostConfig"], "Mounts": now["HostConfig"].get(
            "Mounts")} if which == "new" else self.before["HostConfig"]  # fmt: skip
        assert now["HostConfig"]["RestartPolicy"] == self.before["HostConfig"]["RestartPolicy"]
        assert {m["Destination"]: m["Name"] for m in now["Mounts"]} == {
            m["Destination"]: m["Name"] for m in self.before["Mounts"]
        }
        sums = self.checksums()
        kept = ["data", "anonymous", "root"] if which == "old" else ["data", "anonymous"]
        assert {k: sums[k] for k in kept} == {k: self.sums[k] for k in kept}
        if one_writer:
            self.check_one_writer()
        assert self.leftovers() == []
        return which

    def check_one_writer(self) -> None:
        """Assert, by the engine's own events, that two of its containers never ran at once."""
        until = self.docker("info", "--format", "{{.SystemTime}}")
        options = ["--since", self.since, "--until", until, "--format", "{{json .}}"]
        running: set[str] = set()
        for line in self.docker.lines("events", "--filter", "type=container", *options):
            event = json.loads(line)
            if not event["Actor"]["Attributes"].get("name", "").startswith(self.name):
                continue
            if event["Action"] == "start":
                running.add(event["Actor"]["ID"])
                assert len(running) == 1, f"two boxes ran at once: {running}"
            elif event["Action"] == "die":
                running.discard(event["Actor"]["ID"])

    def check_outcome(self, done: Finished) -> None:
        """Assert that the exit code tells the truth, and that the box is whole."""
        assert done.code in {0, 1}, (done.code, done.document, done.words)
        assert self.check_whole() == ("new" if done.code == 0 else "old"), done.document
        state = (done.document.get("operation") or {}).get("state")
        assert state in {None, "done" if done.code == 0 else "rolled-back", "failed"}


def follow(
    process: subprocess.Popen[str], on_step: Callable[[dict[str, Any], int], None]
) -> Finished:
    assert process.stderr is not None
    assert process.stdout is not None
    progress, words = [], []
    for line in process.stderr:
        if line.startswith('{"event"'):
            told = json.loads(line)
            progress.append(told)
            if told["event"] == "step":
                on_step(told, process.pid)
        else:
            words.append(line)
    output = process.stdout.read()
    code = process.wait()
    document = json.loads(output) if output.strip() else {}
    return Finished(code, document, progress, "".join(words))


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def guard_of(runner: int) -> int:
    """Find the guard: the one process that the runner has started."""
    children = Path(f"/proc/{runner}/task/{runner}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


def once_at(
    step: str, state: str, act: Callable[[dict[str, Any], int], None]
) -> Callable[[dict[str, Any], int], None]:
    """Act at the first line of progress for a step in a state."""
    done: list[bool] = []

    def on_step(told: dict[str, Any], pid: int) -> None:
        if (told["step"], told["state"]) == (step, state) and not done:
            done.append(True)
            act(told, pid)

    return on_step


STEPS = (
    "lock", "create", "check", "hold", "stop", "set-aside", "take-name", "start", "verify",
    "remove-old", "unlock",
)  # fmt: skip

REQUESTS = {
    "lock": ("POST", "(/v[0-9.]+)?/containers/create.*", 0),
    "create": ("POST", "(/v[0-9.]+)?/containers/create.*", 1),
    "hold": ("POST", "(/v[0-9.]+)?/containers/[^/]+/update", 0),
    "stop": ("POST", "(/v[0-9.]+)?/containers/[^/]+/stop.*", 0),
    "set-aside": ("POST", "(/v[0-9.]+)?/containers/[^/]+/rename.*", 0),
    "take-name": ("POST", "(/v[0-9.]+)?/containers/[^/]+/rename.*", 1),
    "start": ("POST", "(/v[0-9.]+)?/containers/[^/]+/start", 0),
    "remove-old": ("DELETE", "(/v[0-9.]+)?/containers/.*", 0),
    "unlock": ("DELETE", "(/v[0-9.]+)?/containers/.*", 1),
}
"""Each step's one change of the engine: method, path, and how many such come before it."""


def lines() -> Iterator[tuple[str, str]]:
    """Every line of progress that a smooth recreate tells."""
    for step in STEPS:
        yield step, "start"
        yield step, "done"


def arm(proxy: Proxy, step: str, fault: Callable[[str, str], None]) -> None:
    """Have the fault strike the one request by which a step changes the engine.

    `fault` is given the request's method and the pattern of its path.
    """
    method, path, before = REQUESTS[step]
    if before:
        # the one that comes before is let pass, and arms it
        proxy.after(method, path, lambda _request: fault(method, path))
    else:
        fault(method, path)


def meanwhile(proxy: Proxy, step: str, act: Callable[[], object]) -> list[Any]:
    """Act while the engine is about to be asked for a step; gives what acting gave."""
    given: list[Any] = []
    arm(proxy, step, lambda m, p: proxy.before(m, p, lambda _request: given.append(act())))
    return given
