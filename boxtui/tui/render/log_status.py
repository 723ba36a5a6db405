"""The line below a log: what is shown of it, and what has become of it."""

from boxtui import formatting
from boxtui.tui.render.log_rows import Manner
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols
from boxtui.watch.logs import LogState, LogView


def status(
    view: LogView,
    manner: Manner,
    *,
    following: bool,
    scope: str,
    nothing_selected: bool,
    symbols: Symbols,
) -> Line:
    """Say it, the gravest first."""
    if nothing_selected:
        return (Span(" Select a box to see its log.", Role.MUTED),)
    words = [f"search: {formatting.plain(manner.needle)}"] if manner.needle else []
    words += [] if manner.wrap else [f"from column {manner.left + 1}"]
    words += [_count(view, scope), *(["wrapped"] if manner.wrap else [])]
    between = f" {symbols.between} "
    return (
        Span(" "),
        _state(view, following, symbols),
        Span(between + between.join(words), Role.MUTED),
    )


def _state(view: LogView, following: bool, symbols: Symbols) -> Span:
    reason = formatting.plain(view.reason)
    match view.state:
        case LogState.READING:
            return Span(f"reading{symbols.ellipsis}", Role.MUTED)
        case LogState.REFUSED:
            return Span(f"{symbols.failed} no log: {reason}", Role.BROKEN)
        case LogState.BROKEN:
            return Span(f"{symbols.risk} cut off, trying again: {reason}", Role.RISK)
        case LogState.BOX_ENDED:
            return Span(f"{symbols.down} the box has ended", Role.STRONG)
        case _:
            if following:
                return Span(f"{symbols.up} following", Role.GOOD)
            return Span(f"{symbols.paused} paused", Role.STRONG)


def _count(view: LogView, scope: str) -> str:
    number = len(view.entries)
    if not number:
        return f"nothing in {scope}"
    kept = f"{formatting.count(number)} line{'' if number == 1 else 's'}"
    return f"{kept}, older ones dropped" if view.first else f"{kept} of {scope}"
