"""The console's end: a copy of each watched terminal, kept true by the holder's bytes."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from boxtui.errors import BoxtuiError, InternalError, kind_of
from boxtui.holder import frames
from boxtui.holder.frames import Frame, Kind
from boxtui.holder.process import connect_socket
from boxtui.model.ports import SessionEnd, TerminalRequest
from boxtui.terminal import Terminal

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class HeldTerminal:
    """What lists show of a terminal; see Held.to_json."""

    number: int
    endpoint: str
    request: TerminalRequest
    box: str
    name: str
    title: str
    bell: bool
    unseen: bool
    exec_id: str | None
    ended: SessionEnd | None

    @property
    def container(self) -> str:
        """The container's id; the box may have another one by now."""
        return self.request.container


@dataclass(slots=True)
class Watched:
    """A terminal that this console shows; `terminal` is None until its state has come."""

    number: int
    on_change: Callable[[], None]
    terminal: Terminal | None = None
    ended: SessionEnd | None = None


class HolderClient(asyncio.Protocol):
    """One connection to the holder; all methods run on the loop that opened it."""

    def __init__(self, on_list: Callable[[], None]) -> None:
        self._on_list = on_list
        self._decoder = frames.Decoder()
        self._frames: deque[Frame] = deque()
        self._tags = itertools.count(1)
        self._pending: dict[int, asyncio.Future[int]] = {}
        self._watched: dict[int, Watched] = {}
        self.terminals: dict[int, HeldTerminal] = {}
        self.lost: str | None = None
        """Why the holder is gone, once it is."""
        self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, on_list: Callable[[], None]) -> "HolderClient":
        """Reach the holder, starting it if need be; `on_list` is called when `terminals` change."""
        for attempt in range(_ATTEMPTS):
            connection = await asyncio.to_thread(connect_socket)
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            _, client = await loop.create_unix_connection(lambda: cls(on_list), sock=connection)
            try:
                await client.welcome
            except InternalError:
                # it may have ended with its last terminal just as we came
                if client.lost is None or attempt == _ATTEMPTS - 1:
                    raise
            else:
                return client
        raise AssertionError

    # -- what the console asks -------------------------------------------------------------------

    async def start(
        self,
        request: TerminalRequest,
        *,
        host: str | None,
        context: str | None,
        box: str,
        name: str,
    ) -> int:
        """Open a terminal in a box; gives its number, raises in the engine's words."""
        tag = next(self._tags)
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pending[tag] = answer
        facts: Mapping[str, object] = {
            "tag": tag,
            "request": asdict(request),
            "host": host,
            "context": context,
            "box": box,
            "name": name,
        }
        self._send("open", 0, **facts)
        return await answer

    def watch(
        self, number: int, *, columns: int, lines: int, on_change: Callable[[], None]
    ) -> Watched:
        """Show a terminal; `on_change` is called after each piece of output was parsed."""
        watched = self._watched[number] = Watched(number, on_change)
        self._send("watch", number, columns=columns, lines=lines)
        return watched

    def unwatch(self, number: int) -> None:
        if self._watched.pop(number, None):
            self._send("unwatch", number)

    def write(self, number: int, data: bytes) -> None:
        self._transport.write(frames.encode(Kind.DATA, number, data))

    def resize(self, number: int, columns: int, lines: int) -> None:
        """The copy follows when the holder has done it, in order with the output."""
        self._send("resize", number, columns=columns, lines=lines)

    def rename(self, number: int, name: str) -> None:
        self._send("rename", number, name=name)

    def hang_up(self, number: int) -> None:
        """End a running program; drop a terminal that has ended."""
        self._send("hang-up", number)

    def close(self) -> None:
        """Leave; the holder keeps every terminal."""
        self._transport.close()

    # -- the connection --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        idle = not self._frames
        self._frames.extend(self._decoder.feed(data))
        if idle and self._frames:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = str(exc) if exc else "the process that kept the terminals has ended"
        for pending in self._pending.values():
            if not pending.done():
                pending.set_exception(InternalError(self.lost))
        if not self.welcome.done():
            self.welcome.set_exception(InternalError(self.lost))
        self._on_list()

    def _next(self) -> None:
        """Take one frame; the screen and the keyboard get their turn before the next."""
        frame = self._frames.popleft()
        if frame.kind is Kind.MESSAGE:
            self._take(frame.terminal, frame.message)
        elif watched := self._watched.get(frame.terminal):
            self._show(watched, frame)
        if self._frames:
            asyncio.get_running_loop().call_soon(self._next)

    def _show(self, watched: Watched, frame: Frame) -> None:
        if frame.kind is Kind.SNAPSHOT:
            watched.terminal = Terminal.from_snapshot(frame.body)
        elif watched.terminal is not None:
            watched.terminal.feed(frame.body)
            # the holder has answered the program already
            watched.terminal.take_replies()
            self._send("ack", frame.terminal, bytes=len(frame.body))
        watched.on_change()

    def _take(self, number: int, told: dict[str, Any]) -> None:
        match told["op"]:
            case "welcome":
                self._hello(told)
            case "changed":
                self.terminals[number] = _held(told)
                self._on_list()
            case "removed":
                self.terminals.pop(number, None)
                self._watched.pop(number, None)
                self._on_list()
            case "resized" if watched := self._watched.get(number):
                if watched.terminal:
                    watched.terminal.resize(columns=told["columns"], lines=told["lines"])
                    watched.on_change()
            case "ended" if watched := self._watched.get(number):
                watched.ended = frames.end_of(told)
                watched.on_change()
            case "opened":
                self._settle(told).set_result(number)
            case "error" if told["tag"] in self._pending:
                self._settle(told).set_exception(_error(told))

    def _settle(self, told: dict[str, Any]) -> "asyncio.Future[int]":
        return self._pending.pop(told["tag"])

    def _hello(self, told: dict[str, Any]) -> None:
        if told["version"] != frames.VERSION:
            self.welcome.set_exception(
                InternalError(
                    "the terminals are held by another version of boxtui",
                    hint="end them there first: its process ends with its last terminal",
                )
            )
            return
        self.terminals = {t["terminal"]: _held(t) for t in told["terminals"]}
        self.welcome.set_result(None)

    def _send(self, op: str, terminal: int, **facts: object) -> None:
        self._transport.write(frames.message(op, terminal, facts))


def _held(told: dict[str, Any]) -> HeldTerminal:
    end = told["ended"]
    return HeldTerminal(
        number=told["terminal"],
        endpoint=told["endpoint"],
        request=frames.request_of(told["request"]),
        box=told["box"],
        name=told["name"],
        title=told["title"],
        bell=told["bell"],
        unseen=told["unseen"],
        exec_id=told["exec_id"],
        ended=frames.end_of(end) if end else None,
    )


def _error(told: dict[str, Any]) -> BoxtuiError:
    return kind_of(told["code"])(told["message"], reason=told["reason"], hint=told["hint"])
