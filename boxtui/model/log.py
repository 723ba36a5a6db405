"""A line of a box's log, as the engine kept it."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MOST_BYTES = 16384
"""Of one line; what is longer loses its end."""

_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))")


class LogLine(NamedTuple):
    """One line without its end; bytes of the box's choosing, so not fit for a screen."""

    data: bytes
    stderr: bool = False
    """Always False of a box that has a terminal: the engine cannot tell there."""
    stamp: bytes = b""
    """When it was logged, by the engine's clock, such as 2026-11-21T12:00:00.123456789Z."""
    cut: bool = False
    """Whether the line was longer than MOST_BYTES."""


def nanoseconds(stamp: bytes) -> int | None:
    """Give a stamp as nanoseconds since 1970; None where it is none."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    moment, fraction, sign, hours, minutes = found.groups()
    try:
        at = datetime.fromisoformat(moment.decode()).replace(tzinfo=UTC)
    except ValueError:
        return None
    if sign:
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        at += ahead if sign == b"-" else -ahead
    return int(at.timestamp()) * 10**9 + int((fraction or b"0").ljust(9, b"0"))
