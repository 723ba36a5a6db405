"""The holder: one process a user that keeps terminals alive while consoles come and go."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from boxtui.errors import BoxtuiError, InternalError, NotFoundError
from boxtui.holder import frames
from boxtui.holder.frames import Frame, Kind
from boxtui.holder.held import Facts, Held
from boxtui.holder.place import peer_is_us
from boxtui.model.ports import EndCause, TerminalRequest, Terminals, TerminalSession


class HoldersEngine(Terminals, Protocol):
    """An engine, as far as the holder needs one."""

    def close(self) -> None: ...


Connect = Callable[[str | None, str | None], HoldersEngine]
"""Host and context to an engine with connections of its own."""


class Holder:
    """All terminals of one user; ends when the last one has ended and no console is there."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._engines: dict[tuple[str | None, str | None], HoldersEngine] = {}
        self._held: dict[int, Held] = {}
        self._consoles: set[Console] = set()
        self._numbers = itertools.count(1)
        self._opening = 0
        self.idle = asyncio.Event()
        """Set when there is nothing left to hold and nobody to hold it for."""

    def enter(self, console: "Console") -> None:
        self._consoles.add(console)
        self.idle.clear()

    def leave(self, console: "Console") -> None:
        self._consoles.discard(console)
        for held in self._held.values():
            held.unwatch(console)
        self._drop_ended()

    def list(self) -> dict[str, Any]:
        """All terminals, oldest first."""
        return {"terminals": [held.to_json() for held in self._held.values()]}

    def get(self, number: int) -> Held:
        """One terminal by its number."""
        if number not in self._held:
            raise NotFoundError(f"there is no terminal {number}")
        return self._held[number]

    async def open(self, told: dict[str, Any]) -> Held:
        """Start a program on a terminal of its own; raises in the engine's words."""
        request = frames.request_of(told["request"])
        host, context = told.get("host"), told.get("context")
        now = datetime.now(UTC)
        endpoint = str(context or host or "")
        facts = Facts(endpoint, str(told["box"]), str(told["name"]), opened=now, active=now)
        held = Held(next(self._numbers), request, facts, self._changed)
        self._opening += 1
        try:
            # the engine may be far away: nobody else's terminal waits for it
            held.session = await asyncio.to_thread(self._start, host, context, request, held)
        finally:
            self._opening -= 1
        self._held[held.number] = held
        self._tell(held)
        return held

    def forget(self, number: int) -> None:
        """Drop a terminal that has ended; one that has not is hung up first."""
        held = self.get(number)
        if held.facts.ended is None and held.session:
            held.closing = True
            held.session.hang_up()
            return
        self._remove(number)

    def _start(
        self, host: str | None, context: str | None, request: TerminalRequest, held: Held
    ) -> TerminalSession:
        key = (host, context)
        engine = self._engines.get(key)
        if engine is None:
            engine = self._engines.setdefault(key, self._connect(host, context))
        return engine.open_terminal(request, on_output=held.take, on_end=held.finish)

    def _changed(self, held: Held) -> None:
        self._tell(held)
        end = held.facts.ended
        if end is None:
            return
        if held.closing and end.cause is not EndCause.LOST:
            self._remove(held.number)
        if not self._consoles:
            self._drop_ended()

    def rename(self, number: int, name: str) -> None:
        held = self.get(number)
        held.facts.name = name
        self._tell(held)

    def _tell(self, held: Held) -> None:
        for console in self._consoles:
            console.send_message("changed", held.number, held.to_json())

    def _remove(self, number: int) -> None:
        held = self._held.pop(number)
        if held.session:
            held.session.close()
        for console in self._consoles:
            console.send_message("removed", number, {})

    def _drop_ended(self) -> None:
        if not self._consoles:
            for number in [n for n, held in self._held.items() if held.facts.ended]:
                self._remove(number)
        self.end_if_idle()

    def end_if_idle(self) -> None:
        """Let the process end where there is nothing to hold, and nobody to hold it for."""
        if not (self._consoles or self._held or self._opening):
            self.idle.set()

    def close(self) -> None:
        """Let go of every connection; programs that still run are left as they are."""
        for held in self._held.values():
            if held.session:
                held.session.close()
        for engine in self._engines.values():
            engine.close()


class Console(asyncio.Protocol):
    """One console's connection."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self._decoder = frames.Decoder()
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not peer_is_us(transport.get_extra_info("socket")):
            transport.abort()
            return
        self._holder.enter(self)
        self.send_message("welcome", 0, {"version": frames.VERSION, **self._holder.list()})

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # the console is gone, however it went
        self._holder.leave(self)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._decoder.feed(data):
                self._take(frame)
        except (InternalError, KeyError, TypeError):
            # not a console of ours: nothing that follows can be understood
            self._transport.abort()

    def send_data(self, terminal: int, data: bytes) -> None:
        self._transport.write(frames.encode(Kind.DATA, terminal, data))

    def send_snapshot(self, terminal: int, state: bytes) -> None:
        self._transport.write(frames.encode(Kind.SNAPSHOT, terminal, state))

    def send_message(self, op: str, terminal: int, facts: dict[str, Any]) -> None:
        self._transport.write(frames.message(op, terminal, facts))

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.DATA:
            with contextlib.suppress(NotFoundError):
                # typed while the end of the terminal was on its way to the console
                self._holder.get(frame.terminal).write(frame.body)
            return
        told = frame.message
        if told["op"] == "open":
            task = asyncio.get_running_loop().create_task(self._open(told))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        try:
            self._act(frame.terminal, told)
        except BoxtuiError as error:
            self._refuse(frame.terminal, told, error)

    def _act(self, terminal: int, told: dict[str, Any]) -> None:
        match told["op"]:
            case "watch":
                held = self._holder.get(terminal)
                held.resize(told["columns"], told["lines"])
                held.watch(self)
                self.send_message("changed", terminal, held.to_json())
            case "unwatch":
                self._holder.get(terminal).unwatch(self)
            case "ack":
                self._holder.get(terminal).acknowledge(self, told["bytes"])
            case "resize":
                self._holder.get(terminal).resize(told["columns"], told["lines"])
            case "rename":
                self._holder.rename(terminal, str(told["name"]))
            case "hang-up":
                self._holder.forget(terminal)
            case _:
                raise InternalError(f"the holder does not know {told['op']!r}")

    async def _open(self, told: dict[str, Any]) -> None:
        try:
            held = await self._holder.open(told)
        except Exception as error:
            # also a fault of ours must be told: the console waits for an answer
            if isinstance(error, BoxtuiError):
                self._refuse(0, told, error)
                return
            self._refuse(0, told, InternalError("the holder failed", reason=repr(error)))
            raise
        self.send_message("opened", held.number, {"tag": told["tag"]})

    def _refuse(self, terminal: int, told: dict[str, Any], error: BoxtuiError) -> None:
        facts = {
            "tag": told.get("tag"),
            "code": error.code,
            "message": error.message,
            "reason": error.reason,
            "hint": error.hint,
        }
        self.send_message("error", terminal, facts)
