"""The main screen: header, lists, detail, hints. It hands snapshots down and keys to actions."""

import gc
from asyncio import Lock
from collections.abc import Awaitable, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen

from boxtui.tui import actions, keymap
from boxtui.tui.actions import ACTIONS, Situation
from boxtui.tui.asking import Asking
from boxtui.tui.frame import Frame
from boxtui.tui.messages import DocumentWanted, LeaderUsed, TerminalEnded
from boxtui.tui.panes import Panes
from boxtui.tui.resting import Resting
from boxtui.tui.services import Services
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import DetailPane
from boxtui.tui.widgets.line_list import LineList
from boxtui.tui.widgets.line_view import LineView
from boxtui.tui.widgets.lists import BoxesList, VolumesList
from boxtui.tui.widgets.tabs import TABS

_PATIENCE = 1.5
"""Seconds after which the screen is completed without a first list."""

if TYPE_CHECKING:
    from textual.geometry import Size

    from boxtui.bootstrap import AttachRequest


class MainScreen(Screen[None]):
    """Everything but dialogs."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.SCREEN)]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own declaration
        (0, "-narrow"),
        (100, "-wide"),
        (170, "-vast"),
    ]
    AUTO_FOCUS = "#boxes"

    snapshot: reactive[Snapshot] = reactive(Snapshot, init=False, always_update=True)

    def __init__(
        self,
        symbols: Symbols,
        *,
        services: Services | None = None,
        remapped: Mapping[str, str] | None = None,
        confirm: Mapping[str, bool] | None = None,
        attach_to: "AttachRequest | None" = None,
    ) -> None:
        super().__init__()
        self.symbols = symbols
        self.services = services
        self.remapped = remapped or {}
        self.confirm = confirm or {}
        """By the kind of a change that loses nothing: whether to ask before."""
        self.ask = Asking(self, symbols)
        self.attach_to = attach_to
        self.attached: int | None = None
        """The terminal that the console was opened for alone."""
        self.held_keys: list[events.Key | events.Paste] | None = [] if attach_to else None
        """What is typed before the terminal that the console is opened for is there to take it."""
        self._opening = False
        self.completed = False
        """Whether actions, tabs and fields are there; the first list goes before them."""
        self._completing = Lock()
        self._drawn: tuple[Snapshot, Size] | None = None
        self.resting = Resting(self, services)
        self.panes = Panes(self)
        self.frame = Frame(self, symbols, self.remapped)
        self.set_class(symbols.ascii, "-ascii")

    def compose(self) -> ComposeResult:
        yield LineView(id="header")
        yield LineView(id="banner")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield BoxesList(self.symbols, id="boxes")
                yield VolumesList(self.symbols, id="volumes")
            yield DetailPane(TABS, self.symbols, first="map", id="detail")
            yield DetailPane(TABS, self.symbols, first="inspect", id="beside")
        yield LineView(id="hints")

    def on_mount(self) -> None:
        # where the engine is slow to answer, the rest need not wait for it
        self.set_timer(_PATIENCE, self._complete)

    async def _complete(self) -> None:
        """Load and make what the first list did not need: actions, tabs, the filter's field."""
        from boxtui.tui.widgets.filter_bar import FilterBar  # noqa: PLC0415 - see above

        async with self._completing:
            if self.completed:
                return
            actions.load()
            await self.mount(FilterBar(id="filter"), before="#hints")
            await self.panes.detail.complete()
            await self.panes.beside.complete()
            self.completed = True
        self._draw_selection()
        gc.enable()
        if self.services is not None:
            self.services.live.settle()
            self.run_worker(_join_terminals(self, self.services), name="terminals")

    def release_keys(self) -> None:
        """Hand on what was typed so far to where the focus is now."""
        held, self.held_keys = self.held_keys or [], None
        for event in held:
            self.app.post_message(event)

    @property
    def situation(self) -> Situation:
        """What the operator looks at now."""
        detail = self.panes.active_detail
        return Situation(self.snapshot, self.panes.target, self.panes.current, detail.tab_id)

    def watch_snapshot(self, snapshot: Snapshot) -> None:
        if not self.frame.whole:
            return
        self._drawn = (snapshot, self.size)
        self.panes.boxes.draw(snapshot)
        self.panes.volumes.draw(snapshot)
        self.frame.draw(self.situation)
        self._draw_selection()
        self._see_rows()
        if snapshot.loaded and not self.completed:
            self.call_after_refresh(self._complete)

    def _draw_selection(self) -> None:
        if not self.frame.whole:
            return
        target = self.panes.target
        for pane in (self.panes.detail, self.panes.beside):
            pane.draw(self.snapshot, target)
        self.resting.on(target)
        self.frame.hint(self.situation)

    def _see_rows(self) -> None:
        seen = self.panes.boxes.on_screen()
        if self.services is not None:
            self.services.live.want_details({key for key in seen if not key.startswith("project:")})

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action != "perform" or not parameters:
            return True
        if self._opening:
            # what is typed right behind a key belongs to the dialog that is about to open
            return False
        if not self.completed:
            # its turn comes when the actions are there
            return True
        found = ACTIONS.get(str(parameters[0]))
        return found is not None and found.valid(self.situation)

    async def action_perform(self, binding_id: str) -> None:
        """Do what a key, the menu or the palette asks for."""
        if not self.completed:
            await self._complete()
            if not self.check_action("perform", (binding_id,)):
                return
        outcome = ACTIONS[binding_id].run(self)
        if isawaitable(outcome):
            self._opening = True
            self.run_worker(self._finish(outcome), name=binding_id, exit_on_error=True)

    async def _finish(self, outcome: Awaitable[None]) -> None:
        try:
            await outcome
        finally:
            self._opening = False

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        self._draw_selection()
        if event.list is self.panes.boxes:
            self._see_rows()

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        if event.key.startswith("project:"):
            project = event.key.removeprefix("project:")
            closed = None if event.how == "open" else event.how == "fold"
            self.panes.boxes.fold(project, closed=closed)
        elif event.how != "fold":
            self.panes.focus("detail")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        del event
        self.panes.note_focus()
        self._draw_selection()

    def on_document_wanted(self, message: DocumentWanted) -> None:
        self.resting.want_document(message.target)

    def on_leader_used(self, message: LeaderUsed) -> None:
        from boxtui.tui.actions.terminals import lead  # noqa: PLC0415 - see above

        if message.key is not None:
            lead(self, message)
        self.frame.hint(self.situation)

    def on_terminal_ended(self, message: TerminalEnded) -> None:
        from boxtui.tui.actions.terminals import ended  # noqa: PLC0415 - see above

        self.frame.hint(self.situation)
        ended(self, message.number, message.end)

    def on_detail_pane_turned(self) -> None:
        if self.frame.whole:
            self.frame.hint(self.situation)

    def on_resize(self) -> None:
        self.call_after_refresh(self._redraw)

    def _redraw(self) -> None:
        if (
            self._drawn is None
            or self._drawn[0] is not self.snapshot
            or self._drawn[1] != self.size
        ):
            self.watch_snapshot(self.snapshot)


async def _join_terminals(screen: MainScreen, services: Services) -> None:
    """Find the terminals that are held, or open the one that the console was opened for."""
    from boxtui.tui.actions.terminals import attach  # noqa: PLC0415 - not for the first list

    if screen.attach_to is not None:
        await attach(screen, screen.attach_to)
    else:
        await services.terminals.join()
