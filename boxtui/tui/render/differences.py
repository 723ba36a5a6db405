"""Before and after a change: where two documents of the engine differ, a line a place."""

from collections.abc import Iterator, Mapping
from typing import Any

from boxtui import formatting
from boxtui.tui.render.mapview import wrap
from boxtui.tui.spans import Line, Role, Span

_ABSENT = object()
_HANGING = 2
_ASKED = ("Config.", "HostConfig.")
"""Where a document tells what was asked for, so that what is left out goes."""


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, width: int
) -> list[Line]:
    """Name each place that changes, with what stands there before (-) and after (+)."""
    lines: list[Line] = []
    for path, old, new in _differing("", before or {}, after or {}):
        if new is _ABSENT and not path.startswith(_ASKED):
            # what the engine itself decides is not in a plan, and says nothing
            continue
        lines.append((Span(formatting.plain(path), Role.STRONG),))
        lines.extend(_side("-", old, Role.RISK, width))
        lines.extend(_side("+", new, Role.GOOD, width))
    return lines or [(Span("Nothing in the engine's document on it changes.", Role.MUTED),)]


def _differing(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            below = f"{path}.{key}" if path else str(key)
            yield from _differing(below, old.get(key, _ABSENT), new.get(key, _ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        gone = [item for item in old if item not in new]
        come = [item for item in new if item not in old]
        if gone or come:
            yield path, gone or _ABSENT, come or _ABSENT
    elif old != new and not (_empty(old) and _empty(new)):
        yield path, old, new


def _empty(value: Any) -> bool:
    """Whether it is one of the engine's many ways to say nothing."""
    return value is _ABSENT or value is None or value in ("", 0, False, [], {})


def _side(sign: str, value: Any, role: Role, width: int) -> Iterator[Line]:
    if value is _ABSENT:
        return
    for item in value if isinstance(value, list) else [value]:
        for index, part in enumerate(wrap(formatting.plain(_told(item)), width - _HANGING)):
            yield (Span(f"{sign if index == 0 else ' '} ", role), Span(part, role))


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_told(held)}" for key, held in value.items())
    return str(value)
