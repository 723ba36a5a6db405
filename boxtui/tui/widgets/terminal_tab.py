"""The terminals of the box selected, one in front; what follows the leader acts on it."""

from textual.app import ComposeResult
from textual.containers import Vertical

from boxtui import formatting
from boxtui.holder.client import HeldTerminal, HolderClient
from boxtui.tui.messages import LeaderUsed, TerminalEnded
from boxtui.tui.render.mapview import wrap
from boxtui.tui.snapshot import Snapshot, Target
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab
from boxtui.tui.widgets.line_view import LineView
from boxtui.tui.widgets.terminal_view import TerminalView


class TerminalTab(Tab):
    """A line of names where there are several, the terminal in front, and how it ended."""

    def __init__(self, symbols: Symbols) -> None:
        super().__init__()
        self.symbols = symbols
        self._snapshot = Snapshot()
        self._target: Target | None = None
        self._front: dict[Target, int] = {}
        """By the object selected: the terminal that was in front last."""

    def compose(self) -> ComposeResult:
        yield LineView(classes="names")
        yield Vertical(classes="screen")
        yield LineView(classes="ended")

    def draw(self, snapshot: Snapshot, target: Target | None) -> None:
        self._snapshot, self._target = snapshot, target
        held = snapshot.terminals_in(target)
        number = self._in_front(held)
        view = self.view
        if number is None:
            if view is not None:
                view.leave()
        elif view is None or view.number != number:
            self._show(number)
        self._draw_names(held, number)
        self._draw_end()

    def focus_inside(self) -> None:
        if self.view is not None:
            self.view.focus()

    @property
    def view(self) -> TerminalView | None:
        """The terminal in front."""
        views = [v for v in self.query(TerminalView) if not v.leaving]
        return views[0] if views else None

    def bring(self, number: int) -> None:
        """Put a terminal in front."""
        if self._target is not None:
            self._front[self._target] = number
            self.draw(self._snapshot, self._target)
            self.focus_inside()

    def step(self, by: int) -> None:
        """Put the next terminal of the box in front, or the one before."""
        numbers = [t.number for t in self._snapshot.terminals_in(self._target)]
        if self.view is not None and numbers:
            at = numbers.index(self.view.number) if self.view.number in numbers else 0
            self.bring(numbers[(at + by) % len(numbers)])

    def _in_front(self, held: list[HeldTerminal]) -> int | None:
        numbers = [t.number for t in held]
        if not numbers or self._target is None:
            return None
        last = self._front.get(self._target)
        return last if last in numbers else numbers[-1]

    def _client(self) -> HolderClient | None:
        from boxtui.tui.screens.main import MainScreen  # noqa: PLC0415 - it imports the tabs

        screen = self.screen
        assert isinstance(screen, MainScreen)
        return screen.services.terminals.client if screen.services else None

    def _show(self, number: int) -> None:
        client = self._client()
        if client is None:
            return
        had_focus = self.has_focus_within
        if self.view is not None:
            self.view.leave()
        view = TerminalView(client, number)
        settings = getattr(self.app, "terminal_settings", None)
        if settings is not None:
            view.leader, view.clipboard = settings.leader, settings.clipboard
        self.query_one(".screen", Vertical).mount(view)
        if had_focus:
            view.focus()

    def _draw_names(self, held: list[HeldTerminal], front: int | None) -> None:
        line: list[Span] = []
        for place, one in enumerate(held, 1):
            name = formatting.shorten(formatting.plain(one.title or one.name), 24)
            news = self.symbols.bullet if one.bell or one.unseen else ""
            role = Role.FOCUS if one.number == front else Role.MUTED
            line.append(Span(f" {place} {name}{news} ", role))
        shown: list[Line] = [tuple(line)] if len(held) > 1 else []
        self.query_one(".names", LineView).show(shown, fit_height=True)

    def _draw_end(self) -> None:
        self.query_one(".ended", LineView).show(self._end_lines(), fit_height=True)

    def _end_lines(self) -> list[Line]:
        """Say how it ended, or that its container is another by now, and what to do."""
        held, view = self.held, self.view
        end = view.watched.ended if view is not None and view.watched else None
        elsewhere = (
            held is not None and self._target is not None and (held.container != self._target.id)
        )
        if end is None and not elsewhere:
            return []
        words = []
        if end is not None:
            code = f"exit code {end.code}"
            told = end.code is None or code in end.reason
            words.append(formatting.plain(end.reason) + ("" if told else f" ({code})"))
        if elsewhere:
            words.append("the box has a new container")
        again = "reopen there" if elsewhere else "again"
        keys = (
            Span(" Enter", Role.KEY),
            Span(f" {again}   ", Role.MUTED),
            Span("x", Role.KEY),
            Span(" close", Role.MUTED),
        )
        # the reason may be longer than a narrow pane is wide: never at the keys' cost
        room = max(self.size.width - 2, 10)
        wrapped = (piece for word in words for piece in wrap(word, room))
        return [*((Span(f" {piece}", Role.STRONG),) for piece in wrapped), keys]

    @property
    def held(self) -> HeldTerminal | None:
        """What lists tell of the terminal in front."""
        number = self.view.number if self.view is not None else None
        return next((t for t in self._snapshot.terminals if t.number == number), None)

    @property
    def box_id(self) -> str | None:
        """The container in which a terminal would be opened anew."""
        return self._target.id if self._target is not None else None

    def on_terminal_view_changed(self, event: TerminalView.Changed) -> None:
        self._draw_end()
        end = event.view.watched.ended if event.view.watched else None
        if end is not None:
            self.post_message(TerminalEnded(event.view.number, end))

    def on_terminal_input_led(self, event: TerminalView.Led) -> None:
        event.stop()
        self.post_message(LeaderUsed(self, event.view.number, event.key))
