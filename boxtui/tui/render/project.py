"""A compose project as a whole: its boxes, what they would lose, and the volumes they mount."""

from collections.abc import Sequence

from boxtui import formatting
from boxtui.model.container import Container
from boxtui.model.mount import MountKind
from boxtui.model.scan import Verdict
from boxtui.tui.render import words
from boxtui.tui.render.mapview import wrap
from boxtui.tui.snapshot import Snapshot
from boxtui.tui.spans import Line, Role, Span, fit
from boxtui.tui.symbols import Symbols

_NAME_CELLS = 20
_STATE_CELLS = 15


def members(snapshot: Snapshot, project: str) -> list[Container]:
    """Give the boxes of a project, by service and name."""
    boxes = (c for c in snapshot.inventory.containers.values() if c.project == project)
    return sorted(boxes, key=lambda c: (c.service or "", c.name))


def summary(
    snapshot: Snapshot, boxes: Sequence[Container], symbols: Symbols, width: int
) -> list[Line]:
    """Say what a recreate of all the boxes would destroy, and what of that nobody knows."""
    badges = [snapshot.badge(box.id) for box in boxes]
    lost = sum(badge.at_risk_bytes or 0 for badge in badges)
    files = sum(badge.at_risk_files or 0 for badge in badges)
    losing = sum(badge.verdict is Verdict.AT_RISK for badge in badges)
    unknown = sum(badge.at_risk_bytes is None for badge in badges)
    up = sum(box.running for box in boxes)
    noun = "box" if len(boxes) == 1 else "boxes"
    lines: list[Line] = [(Span(f"{len(boxes)} {noun}, {up} up", Role.STRONG),)]
    if losing:
        sentence = f"{symbols.risk} {losing} of them would lose what they hold on a recreate"
        if lost:
            sentence += f": {formatting.size(lost)} in {formatting.count(files)} files"
        lines += [(Span(part, Role.RISK),) for part in wrap(sentence, width)]
    if unknown:
        sentence = f"nobody has measured {unknown} of them; U scans all"
        lines += [(Span(part, Role.MUTED),) for part in wrap(sentence, width)]
    if not losing and not unknown:
        lines.append((Span("A recreate of all of them destroys nothing.", Role.GOOD),))
    return lines


def rows(snapshot: Snapshot, boxes: Sequence[Container], symbols: Symbols) -> list[Line]:
    """Give a line a box, then a line a volume that they mount."""
    lines = [_box(snapshot, box, symbols) for box in boxes]
    mounts = {
        (mount.source, mount.kind is MountKind.ANONYMOUS)
        for box in boxes
        for mount in box.mounts
        if mount.kind in {MountKind.VOLUME, MountKind.ANONYMOUS} and mount.source
    }
    if mounts:
        lines += [(), (Span("Volumes (down -v keeps only external ones)", _HEAD),)]
    for source, anonymous in sorted(mounts, key=lambda m: (m[1], m[0] or "")):
        lines.append(_volume(snapshot, source or "", symbols, anonymous=anonymous))
    return lines


_HEAD = Role.MUTED


def _box(snapshot: Snapshot, box: Container, symbols: Symbols) -> Line:
    name = fit(formatting.plain(box.service or box.name), _NAME_CELLS, ellipsis=symbols.ellipsis)
    state = words.state(box, symbols)
    return (
        Span(f"{name}  "),
        Span(f"{fit(state.text, _STATE_CELLS)}  ", state.role),
        words.verdict(snapshot.badge(box.id), symbols),
    )


def _volume(snapshot: Snapshot, source: str, symbols: Symbols, *, anonymous: bool) -> Line:
    shown = source[: words.SHORT_ID] if anonymous else formatting.plain(source)
    held = snapshot.volume_bytes.get(source)
    size = "" if held is None else formatting.size(held)
    kind = Span("anonymous", Role.RISK) if anonymous else Span("volume", Role.MUTED)
    return (
        Span(f"{fit(shown, _NAME_CELLS, ellipsis=symbols.ellipsis)}  "),
        Span(f"{fit(size, _STATE_CELLS)}  ", Role.NUMBER),
        kind,
    )
