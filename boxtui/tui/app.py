"""The console's application: wiring only. Screens draw, actions act, the bridge brings news."""

from rich.segment import Segments
from textual import events
from textual.app import App
from textual.filter import NoColor

from boxtui import formatting
from boxtui.bootstrap import AttachRequest
from boxtui.config import Config
from boxtui.errors import ConfigError
from boxtui.model.operation import OperationState
from boxtui.tui import keymap, theme, typing_ahead
from boxtui.tui.bridge import MOST_A_SECOND, Bridge
from boxtui.tui.input import ConsoleDriver
from boxtui.tui.look import Look
from boxtui.tui.messages import OperationEnded, Recreated, Said, SnapshotChanged
from boxtui.tui.render import notices
from boxtui.tui.screens.main import MainScreen
from boxtui.tui.services import Services
from boxtui.tui.widgets.line_list import LineList

_MINUTE = 60


class BoxtuiApp(App[int]):
    """Owns the screens and hands each newer snapshot to the main one."""

    # Textual loads a screen's own stylesheet when it is pushed, which the first screen never is
    CSS_PATH = "screens/main.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "boxtui"

    def __init__(
        self,
        bridge: Bridge,
        services: Services | None = None,
        *,
        look: Look | None = None,
        config: Config | None = None,
        attach_to: AttachRequest | None = None,
    ) -> None:
        look = look or Look()
        super().__init__(
            driver_class=ConsoleDriver, ansi_color=True if look.theme == theme.ANSI else None
        )
        self.bridge = bridge
        self.animation_level = "none"
        for known in theme.THEMES:
            self.register_theme(known)
        if look.theme not in self.available_themes:
            raise ConfigError(
                f"there is no theme called {look.theme!r}",
                hint=f"one of: dark, light, ansi, {', '.join(sorted(self.available_themes))}",
            )
        self.theme = look.theme
        if not look.color and not self.no_color:
            self._filters.append(NoColor())
        config = config or Config()
        remapped = keymap.remapped(config.keys)
        self.set_keymap(remapped)
        LineList.CURSOR_SIGN = look.symbols.cursor
        self.terminal_settings = config.terminal
        keymap.leader(config.terminal.leader)
        self._drawn_at = 0.0
        self.main = MainScreen(
            look.symbols,
            services=services,
            remapped=remapped,
            confirm=config.confirm,
            attach_to=attach_to,
        )

    def get_default_screen(self) -> MainScreen:
        return self.main

    def on_mount(self) -> None:
        self.main.snapshot = self.bridge.snapshot
        self.bridge.connect(self.post_message)
        # ages are the only thing that time alone changes, and they do so by the minute
        self.set_interval(_MINUTE, self.bridge.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # while a terminal has the focus every key is its own, Textual's priority bindings too
        return not ConsoleDriver.capturing and super().check_action(action, parameters)

    async def on_event(self, event: events.Event) -> None:
        if self.main.held_keys is not None and isinstance(event, events.Key | events.Paste):
            self.main.held_keys.append(event)
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            typing_ahead.aim(self, event)
        await super().on_event(event)

    async def on_key(self, event: events.Key) -> None:
        if typing_ahead.went_astray(self, event):
            # not to be looked up among the bindings of where the focus is now
            event.prevent_default()
            await self.on_event(events.Key(event.key, event.character))

    def on_snapshot_changed(self, _message: SnapshotChanged) -> None:
        due = self._drawn_at + 1 / MOST_A_SECOND - self._clock()
        if due > 0:
            self.set_timer(due, self._draw)
        else:
            self._draw()

    def _draw(self) -> None:
        if not self.screen_stack:
            # news of the last moment: the screens are gone already
            return
        self._drawn_at = self._clock()
        snapshot = self.main.snapshot = self.bridge.take()
        top = self.screen_stack[-1]
        if top is not self.main and top.is_mounted:
            from boxtui.tui.screens.dialog import Dialog  # noqa: PLC0415 - once there is one

            if isinstance(top, Dialog):
                top.draw(snapshot)

    def on_operation_ended(self, message: OperationEnded) -> None:
        """Tell of failures in a dialog: they must be seen; of the rest in passing."""
        operation = message.operation
        name = formatting.plain(operation.object_name)
        if operation.state is OperationState.DONE:
            self.notify(f"{operation.kind} {name}: done", timeout=3, markup=False)
        else:
            state = operation.state.value.replace("-", " ")
            title = f"{operation.kind} {name}: {state}"
            self.main.ask.tell(title, operation.error or "", "o lists every operation")

    def on_said(self, message: Said) -> None:
        self.notify(formatting.plain(message.line), markup=False)

    def on_recreated(self, message: Recreated) -> None:
        self.main.ask.tell(*notices.recreated(message.events))

    def _fatal_error(self) -> None:
        from rich.traceback import Traceback  # noqa: PLC0415 - it loads every lexer there is

        # Textual's own would print every local variable, and those hold boxes' environments
        trace = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(trace, self.console.options)))
        self._close_messages_no_wait()

    def _clock(self) -> float:
        return self._loop.time() if self._loop is not None else 0.0
