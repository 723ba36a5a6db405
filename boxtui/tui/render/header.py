"""The line above everything: where, how it stands, and what would be lost."""

from collections.abc import Sequence

from boxtui import formatting
from boxtui.model.scan import Badge, Verdict
from boxtui.tui.render import boxes, words
from boxtui.tui.snapshot import LinkState, Snapshot
from boxtui.tui.spans import Line, Role, Span, spread, width_of
from boxtui.tui.symbols import Symbols

_WHERE = 12
"""So much of the host's name stays on the narrowest screen."""


def header(snapshot: Snapshot, symbols: Symbols, width: int) -> Line:
    """Draw the header: the warning keeps its place, the engine's version goes first."""
    right = (*loss(snapshot, symbols, short=width < 110), Span(" "))
    where = formatting.plain(snapshot.where)
    left = _left(snapshot, symbols, where, full=True)
    over = width_of(left) + width_of(right) + 1 - width
    if over > 0:
        short = _left(snapshot, symbols, where, full=False)
        over = width_of(short) + width_of(right) + 1 - width
        kept = max(_WHERE, len(where) - max(0, over))
        where = formatting.shorten(where, kept, ellipsis=symbols.ellipsis)
        left = _left(snapshot, symbols, where, full=False)
    return spread(left, right, width)


def _left(snapshot: Snapshot, symbols: Symbols, where: str, *, full: bool) -> Line:
    spans = [Span(" boxtui ", Role.FOCUS), Span(where, Role.STRONG)]
    if full and snapshot.engine is not None:
        kind = "podman" if snapshot.engine.podman else "engine"
        version = formatting.plain(snapshot.engine.version)
        spans.append(Span(f" {symbols.between} {kind} {version}", Role.MUTED))
    if snapshot.read_only:
        spans.append(Span("  READ-ONLY", Role.RISK))
    spans += [Span("  "), _link(snapshot, symbols)]
    if snapshot.loaded:
        up, total = boxes.tally(snapshot)
        spans.append(Span(f"  {up} up {symbols.between} {total} boxes"))
    return tuple(spans)


def _link(snapshot: Snapshot, symbols: Symbols) -> Span:
    match snapshot.link.state:
        case LinkState.LIVE:
            return Span(f"{symbols.up} live", Role.GOOD)
        case LinkState.OFFLINE:
            return Span(f"{symbols.failed} offline", Role.BROKEN)
        case _:
            return Span(f"reading{symbols.ellipsis}", Role.MUTED)


def loss(snapshot: Snapshot, symbols: Symbols, *, short: bool) -> Line:
    """Say what a recreate of every box would destroy, as far as is known."""
    if not snapshot.loaded:
        return ()
    badges = [snapshot.badge(box_id) for box_id in snapshot.inventory.containers]
    risky = [b for b in badges if b.verdict is Verdict.AT_RISK]
    unknown = sum(b.verdict is Verdict.UNSCANNED for b in badges)
    spans: list[Span] = []
    if risky:
        spans.append(Span(_risk_words(risky, symbols, short=short), Role.RISK))
    if unknown:
        joint = f" {symbols.between} " if risky else ""
        spans.append(Span(f"{joint}{unknown} unscanned", Role.MUTED))
    if badges and not spans:
        spans.append(Span(f"{symbols.lasts} all safe" if short else "every box is safe", Role.GOOD))
    return tuple(spans)


def _risk_words(risky: Sequence[Badge], symbols: Symbols, *, short: bool) -> str:
    lost = sum(b.at_risk_bytes or 0 for b in risky)
    amount = f" {formatting.size(lost)}" if lost else ""
    if short:
        return f"{symbols.risk} {len(risky)} lose{amount or ' data'}"
    return f"{symbols.risk} {len(risky)} would lose{amount or ' data'} on a recreate"


def banner(snapshot: Snapshot, symbols: Symbols) -> Line:
    """Say that the engine has gone, why, and how old what is shown is; empty while all is well."""
    if snapshot.link.state is not LinkState.OFFLINE:
        return ()
    since = snapshot.link.since
    shown = f"Shown as it was {words.ago(since, snapshot.now)}. " if since else ""
    reason = formatting.plain(snapshot.link.reason) or "the engine does not answer"
    return (
        Span(f" {symbols.failed} Engine gone: ", Role.BROKEN),
        Span(f"{reason}. ", Role.BROKEN),
        Span(f"{shown}Trying again by itself.", Role.PLAIN),
    )
