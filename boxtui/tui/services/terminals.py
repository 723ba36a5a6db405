"""The terminals in boxes: held by a process of their own, shown here.

Unlike the other services this one lives on the console's own loop: a key must not wait for a
thread. The holder is reached when the console opens, if it runs, and started with the first
terminal otherwise.
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from boxtui.errors import ReadOnlyError
from boxtui.tui.bridge import Bridge

if TYPE_CHECKING:
    from boxtui.bootstrap import Core
    from boxtui.holder.client import HeldTerminal, HolderClient
    from boxtui.model.container import Container
    from boxtui.model.ports import TerminalRequest


class Terminals:
    """Opens terminals, and keeps their list in the snapshot."""

    def __init__(self, core: "Core", bridge: Bridge) -> None:
        self._core = core
        self._bridge = bridge
        self._client: HolderClient | None = None
        self._connecting = asyncio.Lock()

    @property
    def client(self) -> "HolderClient | None":
        """The line to the holder, while there is one."""
        return self._client if self._client is not None and self._client.lost is None else None

    async def join(self) -> None:
        """Show what is held already; no holder is started for that."""
        from boxtui.holder.process import running  # noqa: PLC0415 - after the first paint

        there = await asyncio.to_thread(running)
        if there is not None:
            there.close()
            await self._reach()

    async def open(self, box: "Container", request: "TerminalRequest", *, name: str) -> int:
        """Start a program on a terminal of the box; gives its number."""
        settings = self._core.settings
        if settings.read_only and not settings.allow_exec:
            raise ReadOnlyError(
                f"a terminal in {box.name} refused: boxtui was started with --read-only",
                hint="--allow-exec allows programs to be run in boxes",
            )
        client = await self._reach()
        info = self._core.info
        return await client.start(
            request,
            host=None if info.context else info.host,
            context=info.context,
            box=box.name,
            name=name,
        )

    def of(self, container_id: str) -> "list[HeldTerminal]":
        """The terminals in one container, oldest first."""
        return [t for t in self._bridge.snapshot.terminals if t.container == container_id]

    def leave(self) -> None:
        """Let the holder keep them."""
        if self._client is not None:
            self._client.close()

    async def _reach(self) -> "HolderClient":
        from boxtui.holder.client import HolderClient  # noqa: PLC0415 - after the first paint

        async with self._connecting:
            client = self.client
            if client is None:
                client = self._client = await HolderClient.open(self._listed)
                self._listed()
            return client

    def _listed(self) -> None:
        held = tuple(self._client.terminals.values()) if self._client else ()
        self._bridge.update(lambda snapshot: replace(snapshot, terminals=held))
