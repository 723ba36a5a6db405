"""The line at the bottom: the keys that make sense now."""

from collections.abc import Mapping, Sequence

from boxtui.tui import keymap
from boxtui.tui.actions.registry import ACTIONS, Situation
from boxtui.tui.spans import Line, Role, Span, width_of

_ALWAYS = ("console.menu", "console.help")


def hints(situation: Situation, width: int, remapped: Mapping[str, str]) -> Line:
    """Name what can be done, most useful first, as far as there is room."""
    valid = [a for a in ACTIONS.values() if a.hint and a.valid(situation)]
    valid.sort(key=lambda action: action.hint)
    wanted = [a.id for a in valid if a.id not in _ALWAYS]
    last = [hint for i in _ALWAYS if i in ACTIONS for hint in _hint(i, remapped)]
    spans: list[Span] = [Span(" ")]
    for binding_id in wanted:
        more = _hint(binding_id, remapped)
        if width_of((*spans, *more, *last)) > width:
            break
        spans.extend(more)
    return (*spans, *last)


def own_hints(keys: Sequence[tuple[str, str]], width: int) -> Line:
    """Name the keys of a widget that takes every key, as far as there is room."""
    spans: list[Span] = [Span(" ")]
    for key, word in keys:
        more = (Span(key, Role.KEY), Span(f" {word}   ", Role.MUTED))
        if width_of((*spans, *more)) > width:
            break
        spans.extend(more)
    return tuple(spans)


def _hint(binding_id: str, remapped: Mapping[str, str]) -> Line:
    key = keymap.BY_ID[binding_id]
    return (
        Span(keymap.shown(binding_id, remapped), Role.KEY),
        Span(f" {key.label}   ", Role.MUTED),
    )
