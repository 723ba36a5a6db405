"""Questions to the operator: what actions open and await. Dialogs are imported when first asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen

from boxtui.errors import BoxtuiError
from boxtui.tui.services import Services
from boxtui.tui.symbols import Symbols

if TYPE_CHECKING:
    from boxtui.model.operation import Plan
    from boxtui.operations.execution import Answer
    from boxtui.tui.screens.questions import Choice


class Asking:
    """Opens dialogs over a screen."""

    def __init__(self, screen: Screen[None], symbols: Symbols) -> None:
        self._screen = screen
        self._symbols = symbols

    async def choose(self, title: str, choices: Sequence["Choice"]) -> str | None:
        """Have one of several chosen; gives its id."""
        from boxtui.tui.screens.questions import ChoiceDialog  # noqa: PLC0415 - see above

        dialog = ChoiceDialog(title, choices, self._symbols)
        return await self._screen.app.push_screen_wait(dialog)

    async def find(self, title: str, choices: Sequence["Choice"]) -> str | None:
        """Have one of many found by typing; gives its id."""
        from boxtui.tui.screens.palette import PaletteDialog  # noqa: PLC0415 - see above

        dialog = PaletteDialog(title, choices, self._symbols)
        return await self._screen.app.push_screen_wait(dialog)

    async def prompt(self, title: str, hint: str, *, value: str = "") -> str | None:
        """Have a word typed."""
        from boxtui.tui.screens.questions import PromptDialog  # noqa: PLC0415 - see above

        dialog = PromptDialog(title, hint, self._symbols, value=value)
        return await self._screen.app.push_screen_wait(dialog)

    async def agree(self, plan: "Plan") -> "Answer | None":
        """Show a plan and have it agreed to."""
        from boxtui.tui.screens.plan import PlanDialog  # noqa: PLC0415 - see above

        return await self._screen.app.push_screen_wait(PlanDialog(plan, self._symbols))

    def follow(self, plan: "Plan", operation_id: str, services: Services) -> None:
        """Show a change under way; nothing is asked, and it can be left at any time."""
        from boxtui.tui.screens.follow import FollowDialog  # noqa: PLC0415 - see above

        latest, cancel = lambda: services.bridge.snapshot, services.changes.cancel
        dialog = FollowDialog(plan, operation_id, latest, cancel, self._symbols)
        self._screen.app.push_screen(dialog)

    def tell(self, title: str, reason: str, hint: str = "") -> None:
        """Say what went wrong, why, and what to do."""
        from boxtui.tui.screens.questions import MessageDialog  # noqa: PLC0415 - see above

        self._screen.app.push_screen(MessageDialog(title, reason, hint, self._symbols))

    def refuse(self, error: BoxtuiError) -> None:
        """Say why something was not even begun."""
        words = f"{error.message}: {error.reason}" if error.reason else error.message
        self.tell("Not done", words, error.hint or "")
