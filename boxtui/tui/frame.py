"""The frame of the main screen: the header, the banner, and the line of hints."""

from collections.abc import Mapping

from textual.screen import Screen

from boxtui.tui.actions import Situation
from boxtui.tui.render import header, hints
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.line_view import LineView

_PARTS = "#header, #banner, #boxes, #volumes, #detail, #beside, #hints"


class Frame:
    """Draws what stands around the panes."""

    def __init__(self, screen: Screen[None], symbols: Symbols, remapped: Mapping[str, str]) -> None:
        self._screen = screen
        self._symbols = symbols
        self._remapped = remapped

    @property
    def whole(self) -> bool:
        """Whether all parts of the screen are there: not before they are made, nor at the end.

        News and focus come at any time, and parts are taken down one after another.
        """
        return len(self._screen.query(_PARTS)) == _PARTS.count("#")

    def draw(self, situation: Situation) -> None:
        """Draw all of it."""
        snapshot, width = situation.snapshot, self._screen.size.width
        top = header.header(snapshot, self._symbols, width)
        self._screen.query_one("#header", LineView).show([top])
        banner = header.banner(snapshot, self._symbols)
        view = self._screen.query_one("#banner", LineView)
        view.show([banner] if banner else [], fit_height=True)
        self.hint(situation)

    def hint(self, situation: Situation) -> None:
        """Name the keys that make sense now; a widget that takes every key has its own to tell."""
        width = self._screen.size.width
        own = getattr(self._screen.focused, "hints", None)
        line = (
            hints.own_hints(own(), width) if own else hints.hints(situation, width, self._remapped)
        )
        self._screen.query_one("#hints", LineView).show([line])
