"""Small dialogs: choose one of several, type a word, read a message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from boxtui import formatting
from boxtui.tui.render.mapview import wrap
from boxtui.tui.screens.dialog import Dialog, text
from boxtui.tui.spans import Line, Role, Span, fit
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.field import Field
from boxtui.tui.widgets.line_list import LineList
from boxtui.tui.widgets.static_rows import StaticRows


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a choice; `sign` is its key in the menu, if it has one."""

    id: str
    label: str
    note: str = ""
    sign: str = ""


class ChoiceDialog(Dialog[str]):
    """One of several: gives the id of the one chosen."""

    KIND = "-list"

    def __init__(self, title: str, choices: Sequence[Choice], symbols: Symbols) -> None:
        super().__init__(title, symbols)
        self.choices = choices

    def body(self) -> Iterator[Widget]:
        rows = LineList()
        width = max((len(c.label) for c in self.choices), default=0)
        lines = [choice_line(choice, width) for choice in self.choices]
        rows.styles.height = min(24, max(1, len(lines)))
        rows.show(StaticRows(lines, [c.id for c in self.choices]))
        yield rows
        keys = (Span("Enter", Role.KEY), Span(" choose     ", Role.MUTED))
        yield text([(*keys, Span("Esc", Role.KEY), Span(" cancel", Role.MUTED))], classes="keys")

    def on_line_list_opened(self, event: LineList.Opened) -> None:
        self.dismiss(event.key)


def choice_line(choice: Choice, width: int) -> Line:
    """Draw one choice."""
    return (
        Span(fit(choice.sign, 4) if choice.sign else " ", Role.KEY),
        Span(fit(choice.label, width)),
        Span(f"   {formatting.plain(choice.note)}", Role.MUTED),
    )


class PromptDialog(Dialog[str]):
    """A word to type."""

    def __init__(self, title: str, hint: str, symbols: Symbols, *, value: str = "") -> None:
        super().__init__(title, symbols)
        self.hint = hint
        self.value = value

    def body(self) -> Iterator[Widget]:
        yield text([(Span(self.hint, Role.MUTED),)])
        yield Field(self.dismiss, value=self.value)
        keys = (Span("Enter", Role.KEY), Span(" go on     ", Role.MUTED))
        yield text([(*keys, Span("Esc", Role.KEY), Span(" cancel", Role.MUTED))], classes="keys")


class MessageDialog(Dialog[None]):
    """Something that went wrong: what, why in the engine's words, and the next step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "cancel", "close", id="message.close", tooltip="Close"),
    ]

    def __init__(self, title: str, reason: str, hint: str, symbols: Symbols) -> None:
        super().__init__(title, symbols)
        self.reason, self.hint = reason, hint
        self.add_class("-loss")

    def body(self) -> Iterator[Widget]:
        room = self.room()
        lines: list[Line] = [(Span(p),) for p in wrap(formatting.plain(self.reason), room)]
        if self.hint:
            lines += [(Span(p, Role.MUTED),) for p in wrap(formatting.plain(self.hint), room)]
        yield text(lines)
        yield text([(Span("Esc", Role.KEY), Span(" close", Role.MUTED))], classes="keys")
