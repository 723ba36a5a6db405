"""Short words that several views share: states, verdicts, survival dots, ages."""

from datetime import datetime
from itertools import pairwise

from boxtui import formatting
from boxtui.model.container import Container, Health, State
from boxtui.model.scan import Badge, Survival, Verdict
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols

_MINUTE = 60
SHORT_ID = 12
_KILLED = 137


def age(moment: datetime | None, now: datetime) -> str:
    """Give an age that changes once a minute at most, so that an idle screen stays still."""
    if moment is None:
        return ""
    if (now - moment).total_seconds() < _MINUTE:
        return "<1m"
    return formatting.age(moment, now=now)


def ago(moment: datetime, now: datetime) -> str:
    """Give an age as part of a sentence."""
    if (now - moment).total_seconds() < _MINUTE:
        return "just now"
    return f"{formatting.age(moment, now=now)} ago"


def state(container: Container, symbols: Symbols) -> Span:
    """Say what a box is doing, and why where it is dead or restarting."""
    match container.state:
        case State.RUNNING:
            return _running(container, symbols)
        case State.EXITED:
            return _exited(container, symbols)
        case State.CREATED:
            return _created(container, symbols)
        case State.RESTARTING:
            return Span(f"{symbols.busy} restarting{_why(container)}", Role.BROKEN)
        case State.DEAD:
            return Span(f"{symbols.failed} dead{_why(container)}", Role.BROKEN)
        case other:
            sign = symbols.paused if other is State.PAUSED else symbols.busy
            return Span(f"{sign} {other.value}", Role.RISK)


def _created(container: Container, symbols: Symbols) -> Span:
    if container.details is not None and container.details.error:
        return Span(f"{symbols.failed} cannot start", Role.BROKEN)
    return Span(f"{symbols.down} created", Role.MUTED)


def _running(container: Container, symbols: Symbols) -> Span:
    match container.health:
        case Health.UNHEALTHY:
            return Span(f"{symbols.failed} unhealthy", Role.BROKEN)
        case Health.STARTING:
            return Span(f"{symbols.up} starting", Role.RISK)
        case Health.HEALTHY:
            return Span(f"{symbols.up} healthy", Role.GOOD)
        case _:
            return Span(f"{symbols.up} up", Role.GOOD)


def _exited(container: Container, symbols: Symbols) -> Span:
    code = exit_code(container)
    if code == 0:
        return Span(f"{symbols.down} stopped", Role.MUTED)
    return Span(f"{symbols.failed}{_why(container)}", Role.BROKEN)


def _why(container: Container) -> str:
    details, code = container.details, exit_code(container)
    words = [] if code is None else [f" exit {code}"]
    if details is not None:
        if details.oom_killed:
            words.append(" OOM")
        if details.restart_count:
            words.append(f" {details.restart_count}x")
    return "".join(words) or " exited"


def exit_code(container: Container) -> int | None:
    """Give the exit code from inspect, or else from the engine's line for people."""
    if container.details is not None:
        return container.details.exit_code
    head, _, rest = container.status.partition("(")
    digits = rest.partition(")")[0]
    if head.strip() in {"Exited", "Restarting"} and digits.lstrip("-").isdigit():
        return int(digits)
    return None


def up(container: Container, now: datetime) -> str:
    """Give the time since it started, or since it ended; "" where only inspect would know."""
    details = container.details
    if details is not None:
        moment = details.started if container.running else details.finished
        return age(moment or container.created, now)
    return _from_status(container.status)


_UNITS = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "w", "month": "mo"}


def _from_status(status: str) -> str:
    """Shorten the engine's own "Up 3 days (healthy)" or "Exited (1) About an hour ago"."""
    words = status.lower().replace("about an", "1").replace("about a", "1").split()
    for number, unit in pairwise(words):
        singular = unit.rstrip("s")
        if number.isdigit() and singular in _UNITS:
            return "<1m" if singular == "second" else number + _UNITS[singular]
        if number.isdigit() and singular == "year":
            return f"{number}y"
    return "<1m" if "second" in status else ""


def verdict(badge: Badge, symbols: Symbols) -> Span:
    """Say what a recreate would do to a box: the badge of the list."""
    if badge.verdict is Verdict.SAFE:
        return Span("safe", Role.GOOD)
    if badge.verdict is Verdict.UNSCANNED:
        return Span("unscanned", Role.MUTED)
    if badge.at_risk_bytes is None:
        # unscanned, and at risk all the same: a database in an anonymous volume
        return Span(f"{symbols.risk} anon vol", Role.RISK)
    return Span(f"{symbols.risk} {formatting.size(badge.at_risk_bytes)}", Role.RISK)


def dots(survival: Survival, symbols: Symbols) -> Line:
    """Draw the four dots: restart, recreate, `down -v`, prune."""
    return tuple(_dot(lasts, symbols) for lasts in survival.dots)


def _dot(lasts: bool | None, symbols: Symbols) -> Span:
    if lasts is None:
        return Span(symbols.unknown, Role.MUTED)
    return Span(symbols.lasts, Role.GOOD) if lasts else Span(symbols.dies, Role.RISK)


def lasts(survival: Survival) -> str:
    """Say the dots in words."""
    if survival.stop_start is False:
        return "dies on restart"
    if survival.recreate is False:
        return "dies on recreate"
    if survival.recreate is None:
        return "unknown"
    if survival.dots[2] is False:
        return "dies on down -v"
    return "lasts"
