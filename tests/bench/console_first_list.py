"""From exec to the list on screen: the console against a bare Textual table, in one run.

    python -m tests.bench.console_first_list [ROUNDS [IDLE_SECONDS]]

A canned engine serves 1,000 containers, 200 of them running, on a unix socket. The bare programs
fill a DataTable through docker-py: once by `containers.list(all=True)`, which inspects each, as
docker-py's users get it, and once by its sparse list. All run under a pseudo-terminal of 120x36,
interleaved. The time ends when a box's name has been written to the terminal; the processor time
is that of the program alone, up to then, and says more on a busy machine.
Then: what the console writes and costs while nothing changes, and its memory.
"""

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BARE = """
import sys, docker
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("NAME", "STATE", "STATUS", "IMAGE", "PORTS")
        client = docker.DockerClient(base_url=sys.argv[1])
        for box in client.containers.list(all=True, sparse=sys.argv[2] == "sparse"):
            attrs = box.attrs
            state = attrs["State"]
            status = attrs.get("Status", "")
            if isinstance(state, dict):
                state, status = state["Status"], state["StartedAt"]
            name = (attrs.get("Name") or attrs["Names"][0])[1:]
            image = attrs["Image"]
            ports = attrs.get("Ports") or attrs["NetworkSettings"].get("Ports") or ()
            table.add_row(name, state, status, image, str(len(ports)))
Bare().run()
"""
_NEEDLE = b"box-0000"
_PATIENCE = 60.0
_TICK = os.sysconf("SC_CLK_TCK")
_IDLE_AFTER = 10.0
"""Seconds after which all that follows a start has been done."""


class Run:
    """A program on a pseudo-terminal."""

    def __init__(self, argv: list[str], state: str) -> None:
        self.begun = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            environ = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
            environ |= {"BOXTUI_STATE_DIR": state, "COLUMNS": "120", "LINES": "36"}
            os.execve(argv[0], argv, environ)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """Give what it writes next, b"" if it writes nothing for so long."""
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        return os.read(self._terminal, 65536) if ready else b""

    def until(self, needle: bytes) -> tuple[float, float, int]:
        """Wait for a text; gives seconds, processor seconds and bytes written until then."""
        seen = b""
        while needle not in seen:
            if time.perf_counter() - self.begun > _PATIENCE:
                raise TimeoutError(f"no {needle!r} in {_PATIENCE} s: {seen[-500:]!r}")
            try:
                seen += self.read(1.0)
            except OSError:
                raise RuntimeError(f"it has ended: {seen[-2000:].decode()}") from None
        return time.perf_counter() - self.begun, self.cpu(), len(seen)

    def cpu(self) -> float:
        """Processor seconds so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def drain(self, seconds: float) -> int:
        """Count what it writes for so long."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self.read(left))
        return count

    def memory(self) -> str:
        """Give its resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s*(\d+)", status)
        return f"{int(found[1]) / 1024:.0f} MiB" if found else "unknown"

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


@contextmanager
def canned_engine(folder: str) -> Iterator[str]:
    """Serve; gives the URL."""
    path = Path(folder, "engine.sock")
    engine = subprocess.Popen([sys.executable, "-m", "tests.bench.canned_engine", str(path)])
    try:
        while not path.exists():
            time.sleep(0.05)
        yield f"unix://{path}"
    finally:
        engine.kill()
        engine.wait()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    idle = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    with tempfile.TemporaryDirectory() as state, canned_engine(state) as url:
        bare = [sys.executable, "-c", BARE, url]
        boxtui = [sys.executable, "-m", "boxtui", "-H", url, "--state-dir", state]
        commands = {
            "bare, docker-py list": [*bare, "full"],
            "bare, sparse list": [*bare, "sparse"],
            "boxtui": boxtui,
        }
        for argv in commands.values():
            first_list(argv, state)  # what is first read from the disk is not counted
        compare(commands, rounds, state)
        if idle:
            rest(boxtui, idle, state)


def first_list(argv: list[str], state: str) -> tuple[float, float, int]:
    """Run a program up to its list: seconds, processor seconds, bytes."""
    run = Run(argv, state)
    try:
        return run.until(_NEEDLE)
    finally:
        run.end()


def compare(commands: dict[str, list[str]], rounds: int, state: str) -> None:
    """Print the medians of interleaved runs, and the ratios to each bare program."""
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            taken[name].append(first_list(argv, state))
    medians = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in taken.items()
    }
    for name, (wall, cpu, written) in medians.items():
        raw = " ".join(f"{row[0]:.2f}" for row in taken[name])
        print(f"{name:<22} {wall:.3f} s, cpu {cpu:.2f} s, {written / 1000:.0f} kB   [{raw}]")
    wall, cpu, _ = medians["boxtui"]
    for name, (bare_wall, bare_cpu, _) in medians.items():
        if name != "boxtui":
            print(f"boxtui / {name:<22} {wall / bare_wall:.2f}x, cpu {cpu / bare_cpu:.2f}x")


def rest(boxtui: list[str], seconds: float, state: str) -> None:
    """Print what the console does while nothing changes."""
    run = Run(boxtui, state)
    try:
        run.until(_NEEDLE)
        run.drain(_IDLE_AFTER)
        before, started = run.cpu(), time.perf_counter()
        written = run.drain(seconds)
        share = (run.cpu() - before) / (time.perf_counter() - started)
        print(
            f"idle for {seconds:.0f} s: {written} bytes written, {share:.2%} of a core, "
            f"memory {run.memory()}"
        )
    finally:
        run.end()


if __name__ == "__main__":
    main()
