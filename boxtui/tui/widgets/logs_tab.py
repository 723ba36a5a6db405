"""Logs: what the box writes to its output, followed while this tab is in sight."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input

from boxtui import formatting
from boxtui.errors import BoxtuiError
from boxtui.tui.bridge import MOST_A_SECOND
from boxtui.tui.render import log_lines, log_status
from boxtui.tui.services.logs import SCOPES, USUAL
from boxtui.tui.snapshot import LinkState, Snapshot, Target
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_view import LineView
from boxtui.tui.widgets.log_pane import LogPane
from boxtui.watch.logs import LogFollower, LogState

if TYPE_CHECKING:
    from textual.timer import Timer

    from boxtui.tui.screens.main import MainScreen

_REST = 0.12
"""Seconds that the cursor rests on a box before its log is asked for."""


class LogsTab(Tab):
    """The lines, their search, and a line on what is shown."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self.scope = USUAL
        self._snapshot = Snapshot()
        self._target: Target | None = None
        self._follower: LogFollower | None = None
        self._timer: Timer | None = None
        self._taken_at = 0.0

    def compose(self) -> ComposeResult:
        yield LogPane(classes="rows")
        search = Field(self._found, placeholder="search", classes="search")
        search.display = False
        yield search
        yield LineView(classes="status")

    @property
    def pane(self) -> LogPane:
        """The lines."""
        return self.query_one(LogPane)

    def focus_inside(self) -> None:
        self.pane.focus()

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        another = target != self._target
        self._snapshot, self._target = snapshot, target
        if another:
            self._stop()
            self.pane.begin_anew()
        if self._follower is None:
            self._begin_soon()
        else:
            self._wake(self._follower)
        self._say()

    def _wake(self, follower: LogFollower) -> None:
        box, state = self._snapshot.container(self._target), self.pane.view.state
        running = box is not None and box.running
        live = self._snapshot.link.state is LinkState.LIVE
        if live and (state is LogState.BROKEN or (running and state is LogState.BOX_ENDED)):
            follower.wake()

    # -- the follower -----------------------------------------------------------------------------

    def _main(self) -> "MainScreen":
        from boxtui.tui.screens.main import MainScreen  # noqa: PLC0415 - it imports the tabs

        screen = self.app.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def _begin_soon(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(_REST, self._begin)

    def _begin(self) -> None:
        self._timer = None
        services = self._main().services
        box = self._snapshot.container(self._target)
        if services is None or box is None or self._follower is not None or not self.display:
            return
        self.pane.begin_anew()
        # from the follower's thread; what is not taken yet is told once
        news = partial(self.call_later, self._news)
        self._follower = services.logs.follow(box.id, self.scope, news)

    def _news(self) -> None:
        due = self._taken_at + 1 / MOST_A_SECOND - self._clock()
        if due > 0:
            self.set_timer(due, self._take)
        else:
            self._take()

    def _take(self) -> None:
        if self._follower is not None:
            self._taken_at = self._clock()
            self.pane.show(self._follower.take())

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._follower is not None:
            self._follower.stop()
            self._follower = None

    def _clock(self) -> float:
        loop = self.app._loop  # noqa: SLF001 - Textual gives no other way to its loop's clock
        return loop.time() if loop is not None else 0.0

    def on_log_pane_hidden(self) -> None:
        self._stop()

    def on_unmount(self) -> None:
        self._stop()

    # -- keys -------------------------------------------------------------------------------------

    def on_log_pane_asked(self, event: LogPane.Asked) -> None:
        event.stop()
        pane = self.pane
        match event.binding_id:
            case "log.follow":
                pane.follow(on=not pane.following)
            case "log.wrap":
                pane.set_manner(replace(pane.manner, wrap=not pane.manner.wrap, left=0))
            case "log.times":
                pane.set_manner(replace(pane.manner, times=not pane.manner.times))
            case "log.search":
                search = self.query_one(Field)
                search.display = True
                self.screen.set_focus(search)
            case "log.next":
                self._to_hit(1)
            case "log.previous":
                self._to_hit(-1)
            case "log.tail":
                self.run_worker(self._choose_scope(), exit_on_error=True)
            case "log.save":
                self.run_worker(self._save(), exit_on_error=True)

    async def _choose_scope(self) -> None:
        from boxtui.tui.screens.questions import Choice  # noqa: PLC0415 - seldom needed

        choices = [Choice(scope.label, scope.label) for scope in SCOPES]
        chosen = await self._main().ask.choose("How far back", choices)
        for scope in SCOPES:
            if scope.label == chosen:
                self.scope = scope
                self._stop()
                self._begin()

    async def _save(self) -> None:
        main, box = self._main(), self._snapshot.container(self._target)
        # what is shown now is what is saved, however long the name takes
        view, times = self.pane.view, self.pane.manner.times
        if main.services is None or box is None:
            return
        hint = f"{formatting.count(len(view.entries))} lines, as text; a new file"
        name = "".join(c if c.isalnum() or c in "-_." else "_" for c in box.name)
        typed = await main.ask.prompt("Save these lines", hint, value=f"~/{name}.log")
        if not typed:
            return
        lines = (log_lines.saved(entry, times=times) for entry in view.entries)
        try:
            path = main.services.logs.save(typed, lines)
        except BoxtuiError as error:
            main.ask.refuse(error)
        else:
            self.notify(f"saved to {formatting.plain(str(path))}", timeout=3, markup=False)

    def _to_hit(self, by: int) -> None:
        if not self.pane.to_hit(by):
            self.notify("nothing to go to: search with /", timeout=2)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.pane.set_manner(replace(self.pane.manner, needle=event.value))

    def _found(self, typed: str) -> None:
        self.query_one(Field).display = False
        self.screen.set_focus(self.pane)
        self.pane.here = None
        self.pane.set_manner(replace(self.pane.manner, needle=typed))
        if typed:
            # the newest is what one looks for in a log
            self._to_hit(-1)

    # -- the line below ---------------------------------------------------------------------------

    def on_log_pane_moved(self, event: LogPane.Moved) -> None:
        event.stop()
        self._say()

    def _say(self) -> None:
        pane = self.pane
        line = log_status.status(
            pane.view,
            pane.manner,
            following=pane.following,
            scope=self.scope.label,
            nothing_selected=self._snapshot.container(self._target) is None,
            symbols=self.symbols,
        )
        self.query_one(".status", LineView).show([line])
