"""What is asked for only once the cursor has come to rest: running down a list asks for nothing."""

from typing import TYPE_CHECKING

from textual.screen import Screen

from boxtui.tui.services import Services
from boxtui.tui.snapshot import ObjectKind, Target

if TYPE_CHECKING:
    from textual.timer import Timer

_REST = 0.12
"""Seconds; a held key repeats faster."""


class Resting:
    """Waits for the cursor to rest, then asks the services for what its object needs."""

    def __init__(self, screen: Screen[None], services: Services | None) -> None:
        self._screen = screen
        self._services = services
        self._timer: Timer | None = None
        self._target: Target | None = None
        self._document: Target | None = None

    def on(self, target: Target | None) -> None:
        """The cursor is on another object."""
        if target == self._target or self._services is None:
            return
        self._target = target
        self._again()

    def want_document(self, target: Target) -> None:
        """Its document is to be shown."""
        self._document = target
        self._again()

    def _again(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(_REST, self._ask)

    def _ask(self) -> None:
        target, services = self._target, self._services
        if target is None or services is None:
            return
        if target.kind is ObjectKind.CONTAINER:
            services.scans.recall(target.id)
        if self._document == target:
            services.documents.read(target)
        self._document = None
