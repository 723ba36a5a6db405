"""The help: every key from the keymap, and what the signs mean."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from boxtui.tui import keymap
from boxtui.tui.actions.registry import ACTIONS
from boxtui.tui.spans import Line, Role, Span, fit
from boxtui.tui.symbols import Symbols

if TYPE_CHECKING:
    from boxtui.tui.keymap import Key

_KEYS = 14
_LABEL = 15


def lines(remapped: Mapping[str, str], symbols: Symbols) -> list[Line]:
    """Give the whole help."""
    return [*_legend(symbols), (), *_keys(remapped)]


def _legend(symbols: Symbols) -> Iterator[Line]:
    yield (Span("What survives", Role.STRONG),)
    yield (Span("Four dots: restart, recreate, down -v (or rm -v), prune.", Role.MUTED),)
    examples = (
        ("1111", "bind: lasts"),
        ("1100", "named volume: dies with down -v and prune"),
        ("1000", "the box's own layer: dies on a recreate"),
        ("0000", "memory (tmpfs): dies on a restart"),
    )
    for pattern, meaning in examples:
        drawn = (
            Span(symbols.lasts, Role.GOOD) if sign == "1" else Span(symbols.dies, Role.RISK)
            for sign in pattern
        )
        yield (Span("  "), *drawn, Span(f"  {meaning}"))
    yield (
        Span(f"  {symbols.risk} ", Role.RISK),
        Span("what a recreate would destroy   ", Role.PLAIN),
        Span("safe ", Role.GOOD),
        Span("only after a finished scan   "),
        Span(f"{symbols.moved} ", Role.RISK),
        Span("the image's tag names another image by now"),
    )


def _keys(remapped: Mapping[str, str]) -> Iterator[Line]:
    groups: dict[str, list[Key]] = {}
    for key in keymap.ALL:
        if key in keymap.SCREEN and key.id not in ACTIONS:
            continue
        groups.setdefault(key.group, []).append(key)
    for group, keys in groups.items():
        yield (Span(group, Role.STRONG),)
        for key in keys:
            yield (
                Span("  " + fit(keymap.all_shown(key.id, remapped), _KEYS), Role.KEY),
                Span(fit(key.label, _LABEL)),
                Span(f"{key.tooltip}  ", Role.MUTED),
                Span(key.id, Role.MUTED),
            )
        yield ()
