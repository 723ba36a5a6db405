"""Programs of a box that listen, and whether they run from its writable layer."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from boxtui.errors import BoxtuiError, EngineError
from boxtui.model.container import Container, State
from boxtui.model.ports import Engine
from boxtui.model.scan import Entry, Flag
from boxtui.persistence.boundary import ancestors
from boxtui.persistence.flags import mark
from boxtui.persistence.overlay_place import owns

_LISTEN = "0A"
_MOST_ARGUMENTS = 16
_FIELDS = 10

_SCRIPT = r"""
for p in /proc/[0-9]*; do
  printf 'P%s\0E%s\0C%s\0' "${p#/proc/}" "$(readlink "$p/exe")" "$(readlink "$p/cwd")"
  printf 'A'; tr '\0' '\n' < "$p/cmdline"; printf '\0'
  for f in "$p"/fd/*; do
    t=$(readlink "$f"); case "$t" in socket:*) printf 'S%s\0' "$t";; esac
  done
done 2>/dev/null
printf 'T'; cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; printf '\0'
"""


@dataclass(slots=True)
class Process:
    """One process; paths as the box sees them."""

    pid: int
    exe: str = ""
    cwd: str = ""
    arguments: Sequence[str] = ()
    sockets: set[str] = field(default_factory=set)
    """Inodes."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A process that listens, and the paths that it runs from."""

    pid: int
    ports: tuple[int, ...]
    paths: frozenset[str]
    folder: str
    """Its working directory."""

    @property
    def words(self) -> str:
        """For people."""
        ports = ", ".join(f":{port}" for port in self.ports)
        return f"pid {self.pid} listens on {ports} from here"


def on_this_host(engine: Engine, container: Container) -> list[Listener]:
    """Read from /proc as root; only processes that are proven to be the box's."""
    if not container.running:
        return []
    found: list[Listener] = []
    tables: dict[str, Mapping[str, int]] = {}
    for pid, _ in engine.processes(container.id):
        if not owns(pid, container.id):
            continue
        try:
            space = str(Path(f"/proc/{pid}/ns/net").readlink())
            if space not in tables:
                tables[space] = _ports(_tables(pid))
            found.extend(_listening([_of_host(pid)], tables[space]))
        except OSError:
            continue  # it has ended
    return found


def _tables(pid: int) -> str:
    files = (Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6"))
    return "\n".join(file.read_text() for file in files if file.exists())


def _of_host(pid: int) -> Process:
    links = [_link(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
    return Process(
        pid,
        _link(Path(f"/proc/{pid}/exe")),
        _link(Path(f"/proc/{pid}/cwd")),
        os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0"),
        {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")},
    )


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def in_the_box(engine: Engine, container: Container) -> list[Listener] | None:
    """Read by a script run in the box; None where that cannot be."""
    if container.state is not State.RUNNING:
        return []
    try:
        result = engine.run(container.id, ["sh", "-c", _SCRIPT], user="0", working_dir="/")
    except EngineError:
        return None
    text = os.fsdecode(result.stdout)
    if "\0T" not in f"\0{text}":
        return None
    processes, table = _parsed(text)
    return list(_listening(processes, _ports(table)))


def _parsed(text: str) -> tuple[list[Process], str]:
    processes: list[Process] = []
    table = ""
    for part in text.split("\0"):
        kind, value = part[:1], part[1:]
        if kind == "P" and value.isdigit():
            processes.append(Process(int(value)))
        elif kind == "T":
            table = value
        elif processes:
            _take(processes[-1], kind, value)
    return processes, table


def _take(process: Process, kind: str, value: str) -> None:
    if kind == "E":
        process.exe = value
    elif kind == "C":
        process.cwd = value
    elif kind == "A":
        process.arguments = value.split("\n")
    elif kind == "S":
        process.sockets.add(value[len("socket:[") : -1])


def _ports(table: str) -> dict[str, int]:
    """Ports that are listened on, by the socket's inode, from /proc/net/tcp and tcp6."""
    ports = {}
    for line in table.splitlines():
        fields = line.split()
        if len(fields) >= _FIELDS and fields[3] == _LISTEN:
            ports[fields[9]] = int(fields[1].rpartition(":")[2], 16)
    return ports


def _listening(processes: Iterable[Process], ports: Mapping[str, int]) -> Iterator[Listener]:
    for process in processes:
        held = sorted({ports[inode] for inode in process.sockets if inode in ports})
        if not held:
            continue
        folder = process.cwd or "/"
        named = [a for a in process.arguments[:_MOST_ARGUMENTS] if a and not a.startswith("-")]
        paths = {posixpath.normpath(posixpath.join(folder, argument)) for argument in named}
        paths.add(process.exe.removesuffix(" (deleted)"))
        yield Listener(process.pid, tuple(held), frozenset(paths), folder)


def mark_listeners(
    entries: Sequence[Entry], listeners: Sequence[Listener], common: frozenset[str]
) -> list[Entry]:
    """Flag entries from which a program listens: its file, its arguments, or its directory.

    `common` are directories that say nothing as a working directory, such as a home.
    """

    def told(entry: Entry) -> str | None:
        if Flag.SHADOWED in entry.flags or not (entry.files or entry.bytes):
            return None
        for listener in listeners:
            if _runs_from(listener, entry.path, common):
                return listener.words
        return None

    return mark(entries, Flag.LISTENER, told)


def _runs_from(listener: Listener, path: str, common: frozenset[str]) -> bool:
    for program in listener.paths:
        if path == program or path in ancestors(program):
            return True
    folder = listener.folder
    if folder in common:
        return False
    return path == folder or path in ancestors(folder) or path.startswith(f"{folder}/")


def listeners_of(
    engine: Engine, container: Container, *, local: bool, allow_exec: bool
) -> list[Listener] | None:
    """Who listens in a box; None where nobody may look."""
    try:
        if local:
            return on_this_host(engine, container)
        return in_the_box(engine, container) if allow_exec else None
    except BoxtuiError:
        return None
