"""What the rooms above may ask of an engine; the engine room and the tests' fake one answer it.

Every method raises EngineError with the engine's own words in `reason`, NotFoundError for an
object that is not there, and NoEngineError where the engine does not answer.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from boxtui.model.container import Container
from boxtui.model.event import EngineEvent
from boxtui.model.host import EngineInfo
from boxtui.model.image import Image
from boxtui.model.log import LogLine
from boxtui.model.network import Network
from boxtui.model.volume import Volume

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the engine's diff: kind A (added), C (changed) or D (deleted)."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class PathStat:
    """What HEAD archive tells of a path; `mode` is st_mode in the system's own bits."""

    name: str
    size: int
    mode: int
    mtime: float
    link_target: str


@dataclass(frozen=True, slots=True)
class ExecResult:
    """A finished exec; the exit code is never unknown: where the engine has none it is an error."""

    exit_code: int
    stdout: bytes
    stderr: bytes


class ByteStream(Protocol):
    """Bytes from the engine, in chunks; close() gives the connection up at any time."""

    def __iter__(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class EventStream(Protocol):
    """Events until close(); an end that nobody asked for raises NoEngineError."""

    def __iter__(self) -> Iterator[EngineEvent]: ...
    def close(self) -> None: ...


class LogStream(Protocol):
    """Lines in batches, as they arrive; close() ends it at once, from any thread.

    One that follows ends when the box does; any other end that nobody asked for raises
    NoEngineError.
    """

    def __iter__(self) -> Iterator[Sequence[LogLine]]: ...
    def close(self) -> None: ...


class Logs(Protocol):
    """What boxes have written to their output."""

    def logs(
        self,
        ref: str,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        tail: int | None = None,
        timestamps: bool = True,
        follow: bool = False,
    ) -> LogStream:
        """The last `tail` lines, or all, of between two moments (both may be among them)."""


class Reads(Protocol):
    """Questions that change nothing."""

    def info(self) -> EngineInfo: ...
    def list_containers(
        self,
        *,
        running_only: bool = False,
        ids: Collection[str] | None = None,
        label: str | None = None,
    ) -> list[Container]:
        """`label` is "key" or "key=value"."""

    def inspect_container(self, ref: str) -> Container:
        """With details."""

    def list_volumes(self) -> list[Volume]: ...
    def list_images(self) -> list[Image]: ...
    def list_networks(self) -> list[Network]: ...
    def raw(self, kind: str, ref: str, *, size: bool = False) -> JSON:
        """The engine's own inspect document; kind container|volume|image|network|exec."""

    def volume_sizes(self) -> Mapping[str, int]:
        """Bytes by volume name; slow on big engines."""

    def processes(self, ref: str) -> list[tuple[int, str]]:
        """(pid on the engine's host, command line) of a running container."""

    def ping(self) -> None:
        """Have the engine say anything at all, within seconds."""

    def events(self, *, since_ns: int | None = None) -> EventStream: ...


class Files(Protocol):
    """Questions about what lies in a container."""

    def changes(self, ref: str) -> Iterator[Change]:
        """The engine's diff, parsed as it arrives."""

    def stat_path(self, ref: str, path: str) -> PathStat: ...
    def get_archive(self, ref: str, path: str) -> ByteStream:
        """A tar; locks a running container until it is drained: for stopped or paused ones."""

    def export(self, ref: str) -> ByteStream: ...


class Lifecycle(Protocol):
    """One-step changes of containers."""

    def start(self, ref: str) -> None: ...
    def stop(self, ref: str, *, timeout: int | None = None) -> None: ...
    def restart(self, ref: str, *, timeout: int | None = None) -> None: ...
    def pause(self, ref: str) -> None: ...
    def unpause(self, ref: str) -> None: ...
    def kill(self, ref: str, signal: str) -> None: ...
    def rename(self, ref: str, name: str) -> None: ...
    def update(self, ref: str, body: Mapping[str, Any]) -> None:
        """POST /containers/ID/update, such as {"RestartPolicy": {"Name": "no"}}."""

    def remove_container(self, ref: str, *, volumes: bool = False, force: bool = False) -> None: ...
    def create_container(
        self, name: str, body: Mapping[str, Any], *, platform: str | None = None
    ) -> str:
        """The new id; the body is the engine's own (Config, HostConfig, NetworkingConfig)."""

    def connect(self, network: str, ref: str, endpoint: Mapping[str, Any]) -> None: ...


class Stores(Protocol):
    """Changes of volumes, images and networks."""

    def create_volume(
        self,
        name: str,
        *,
        driver: str = "local",
        labels: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Volume: ...
    def remove_volume(self, name: str, *, force: bool = False) -> None: ...
    def commit(
        self,
        ref: str,
        *,
        repository: str | None = None,
        tag: str | None = None,
        pause: bool = True,
        body: Mapping[str, Any] | None = None,
    ) -> str:
        """The new image's id; takes as long as it takes."""

    def load_image(self, tar: BinaryIO | Iterator[bytes]) -> Sequence[str]:
        """The lines the engine answered with."""

    def save_image(self, ref: str) -> ByteStream: ...
    def pull(self, ref: str) -> Iterator[JSON]:
        """The engine's progress lines; an error line raises EngineError."""

    def create_network(self, name: str, *, labels: Mapping[str, str] | None = None) -> str:
        """A new bridge network's id; EngineError where the name is taken."""

    def remove_network(self, ref: str) -> None: ...
    def tag_image(self, ref: str, repository: str, tag: str) -> None: ...
    def remove_image(self, ref: str, *, force: bool = False) -> None: ...
    def prune(self, kind: str, *, filters: Mapping[str, list[str]] | None = None) -> JSON:
        """Kind containers|images|volumes|networks; the engine's own answer."""

    def put_archive(self, ref: str, path: str, tar: BinaryIO | Iterator[bytes] | bytes) -> None: ...


class Execs(Protocol):
    """Programs run in a box."""

    def run(
        self,
        ref: str,
        argv: Sequence[str],
        *,
        user: str | None = None,
        working_dir: str | None = None,
        environment: Mapping[str, str] | None = None,
        limit: int = 64 << 20,
    ) -> ExecResult:
        """Wait for a program without a terminal; more than `limit` bytes of output is an error."""


@dataclass(frozen=True, slots=True)
class TerminalRequest:
    """A program to run on a terminal of a box; no `argv` means the box's own shell."""

    container: str
    argv: tuple[str, ...] = ()
    user: str | None = None
    working_dir: str | None = None
    environment: tuple[str, ...] = ()
    """KEY=value."""
    columns: int = 80
    lines: int = 24
    shell: str | None = None
    """Where there is no argv: tried before $SHELL, bash, zsh, fish, ash and sh."""


class EndCause(StrEnum):
    """Why a terminal's program is no longer there, or no longer to be seen."""

    EXITED = "exited"
    NOT_STARTED = "not-started"
    BOX_ENDED = "box-ended"
    LOST = "lost"
    """The connection broke: the program may still run."""
    HUNG_UP = "hung-up"


NO_STATUS = 125
"""The exit code of what ran a program, where the program's own is not known."""


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How a terminal's program ended: its exit code, or None and why there is none."""

    code: int | None
    reason: str
    """For people: "exited", "killed by signal 9", "the box was killed", "no such program" …"""
    cause: EndCause = EndCause.EXITED

    @property
    def status(self) -> int:
        """The program's own exit code, or NO_STATUS: a missing one is never a success."""
        if self.code is None or self.cause is EndCause.NOT_STARTED:
            return NO_STATUS
        return self.code


class TerminalSession(Protocol):
    """One program on a terminal of a box; the methods never block and may be called anywhere."""

    @property
    def exec_id(self) -> str:
        """The engine's id of it."""

    @property
    def pid(self) -> int | None:
        """The program's pid inside the box, once it has told."""

    def write(self, data: bytes) -> None:
        """Queue input; all of it arrives in order, however slowly the program reads."""

    def resize(self, columns: int, lines: int) -> None:
        """Tell the program; of several at once the last one counts."""

    @property
    def unsent(self) -> int:
        """Bytes written that the program has not taken yet."""

    def pause_reading(self) -> None:
        """Leave output with the engine until resume_reading(); input still goes."""

    def resume_reading(self) -> None:
        """Take output again."""

    def hang_up(self) -> None:
        """Send SIGHUP (then SIGKILL) to all that the terminal holds; on_end follows.

        Background jobs that ignore SIGHUP (nohup) are left. Where it fails the end says so.
        """

    def close(self) -> None:
        """Let go of the connection and leave the program as it is; no callback comes any more."""


class ProgramSession(Protocol):
    """A program in a box without a terminal; the methods never block."""

    @property
    def exec_id(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def unsent(self) -> int:
        """Bytes written that the program has not taken yet: wait while there are many."""

    def write(self, data: bytes) -> None: ...
    def close_input(self) -> None:
        """Let the program see the end of its input, once all that was written has gone."""

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...
    def hang_up(self) -> None:
        """Send SIGHUP (then SIGKILL) to the program and its children; on_end follows."""

    def close(self) -> None: ...


class Terminals(Protocol):
    """Terminals in boxes, and programs whose input and output are streams."""

    def open_program(
        self,
        request: TerminalRequest,
        *,
        on_stdout: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> ProgramSession:
        """Start `request.argv` without a terminal, input open; callbacks as of open_terminal."""

    def open_terminal(
        self,
        request: TerminalRequest,
        *,
        on_output: Callable[[bytes], None],
        on_end: Callable[[SessionEnd], None],
    ) -> TerminalSession:
        """Start it; raises where the engine refuses (stopped or paused box).

        The callbacks come from a thread of the session's; while `on_output` blocks, nothing more
        is read. `on_end` comes once, after the last output.
        """


class Engine(Reads, Logs, Files, Lifecycle, Stores, Execs, Terminals, Protocol):
    """A whole engine over one connection pool; thread-safe."""

    def close(self) -> None: ...
