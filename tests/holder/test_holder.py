"""The holder and its consoles, with local programs in the boxes' place."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from boxtui.errors import EngineError
from boxtui.holder import client as client_module
from boxtui.holder import process
from boxtui.holder.client import HolderClient, Watched
from boxtui.holder.server import Console, Holder
from boxtui.model.ports import TerminalRequest
from tests.holder.pty_engine import PtyEngine

SHELL = ("sh",)


class House:
    """A holder on a socket, and consoles that come and go."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.engine = PtyEngine()
        self.holder = Holder(lambda *_: self.engine)
        self.changed = asyncio.Event()
        self.clients: list[HolderClient] = []
        monkeypatch.setattr(client_module, "connect_socket", self.connect)

    def connect(self) -> object:
        found = process._try(self.path)
        assert found is not None
        return found

    async def console(self) -> HolderClient:
        client = await HolderClient.open(self.changed.set)
        self.clients.append(client)
        return client

    async def start(self, client: HolderClient, *argv: str, box: str = "box") -> int:
        request = TerminalRequest(box, argv=argv, environment=("PS1=$ ", "ENV="))
        return await client.start(request, host=None, context=None, box=box, name=argv[0])

    def watch(self, client: HolderClient, number: int, columns: int = 80) -> Watched:
        return client.watch(number, columns=columns, lines=24, on_change=self.changed.set)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def shows(self, watched: Watched, text: str) -> None:
        await self.until(
            lambda: watched.terminal is not None and text in "\n".join(watched.terminal.display)
        )


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    house = House(tmp_path / "sock", monkeypatch)
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: Console(house.holder), path=str(house.path))
    async with server:
        yield house
        for client in house.clients:
            client.close()
        for session in house.engine.sessions:
            session.kill()


async def test_a_shell_is_opened_typed_into_and_seen(house: House) -> None:
    console = await house.console()
    number = await house.start(console, *SHELL)
    watched = house.watch(console, number)
    console.write(number, b"echo $((6*7))\r")
    await house.shows(watched, "42")
    assert console.terminals[number].box == "box"


async def test_a_console_that_dies_loses_nothing(house: House) -> None:
    first = await house.console()
    number = await house.start(first, *SHELL)
    watched = house.watch(first, number)
    first.write(number, b"for i in $(seq 1 100); do echo line $i; done; echo pid $$ end\r")
    await house.shows(watched, "line 100")
    pid = house.engine.sessions[0].pid
    first.close()
    second = await house.console()
    assert list(second.terminals) == [number]
    again = house.watch(second, number)
    await house.shows(again, f"pid {pid} end")
    assert again.terminal is not None
    assert any("line 1 " in line for line in again.terminal.history_display)
    second.write(number, b"echo still $$\r")
    await house.shows(again, f"still {pid}")


async def test_the_size_of_the_console_reaches_the_program(house: House) -> None:
    console = await house.console()
    number = await house.start(console, *SHELL)
    watched = house.watch(console, number, columns=101)
    console.write(number, b"stty size\r")
    await house.shows(watched, "24 101")
    console.resize(number, 57, 13)
    console.write(number, b"stty size\r")
    await house.shows(watched, "13 57")
    assert watched.terminal is not None
    assert (watched.terminal.columns, watched.terminal.lines) == (57, 13)


async def test_the_end_is_told_with_its_code(house: House) -> None:
    console = await house.console()
    number = await house.start(console, "sh", "-c", "echo bye; exit 7")
    watched = house.watch(console, number)
    await house.until(lambda: watched.ended is not None)
    assert watched.ended is not None
    assert watched.ended.code == 7
    assert watched.terminal is not None
    assert "bye" in watched.terminal.display[0]
    console.hang_up(number)
    await house.until(lambda: number not in console.terminals)


async def test_hanging_up_ends_the_program_and_forgets_it(house: House) -> None:
    console = await house.console()
    number = await house.start(console, "sleep", "1000")
    console.hang_up(number)
    await house.until(lambda: console.terminals[number].ended is not None)


async def test_what_cannot_be_opened_is_told_in_the_engines_words(house: House) -> None:
    console = await house.console()
    with pytest.raises(EngineError) as caught:
        await house.start(console, *SHELL, box="stopped")
    assert caught.value.reason == "Container is not running"
    assert console.terminals == {}


async def test_news_of_a_terminal_nobody_watches_is_a_badge(house: House) -> None:
    console = await house.console()
    number = await house.start(console, "sh", "-c", "printf 'hello\\a'; read x")
    await house.until(lambda: console.terminals[number].bell)
    assert console.terminals[number].unseen
    house.watch(console, number)
    await house.until(lambda: not console.terminals[number].bell)


async def test_replies_are_sent_once_however_many_watch(house: House) -> None:
    one, two = await house.console(), await house.console()
    number = await house.start(one, *SHELL)
    for client in (one, two):
        house.watch(client, number)
    watched = house.watch(one, number)
    one.write(number, b"printf '\\033[6n'; head -c 6 | od -c | head -1; echo over\r")
    await house.shows(watched, "over")
    assert watched.terminal is not None
    text = "\n".join(watched.terminal.display)
    assert text.count("033") >= 1


async def test_a_flood_nobody_reads_is_bounded_and_a_key_still_ends_it(house: House) -> None:
    console = await house.console()
    number = await house.start(console, *SHELL)
    watched = house.watch(console, number)
    console.write(number, b"yes\r")
    await house.until(
        lambda: watched.terminal is not None and watched.terminal.history.pushed > 100_000
    )
    console.write(number, b"\x03")
    # the tty drops what is typed together with ^C
    await house.shows(watched, "$ ")
    console.write(number, b"echo o''ver\r")
    await house.shows(watched, "over")


async def test_the_holder_is_idle_once_the_last_terminal_has_ended_and_nobody_is_there(
    house: House,
) -> None:
    console = await house.console()
    number = await house.start(console, "sh", "-c", "read x")
    house.watch(console, number)
    console.close()
    house.engine.sessions[0].write(b"\n")
    async with asyncio.timeout(20):
        await house.holder.idle.wait()


async def test_a_stranger_who_speaks_another_language_is_cut_off(house: House) -> None:
    reader, writer = await asyncio.open_unix_connection(str(house.path))
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    await reader.read()
    writer.close()


async def test_an_end_that_came_before_anybody_looked_is_told(house: House) -> None:
    console = await house.console()
    number = await house.start(console, "sh", "-c", "exit 7")
    await house.until(lambda: console.terminals[number].ended is not None)
    watched = house.watch(console, number)
    await house.until(lambda: watched.ended is not None)
    assert watched.ended is not None
    assert watched.ended.code == 7
