"""Figures and untrusted text, made fit for people's eyes and terminals.

humanize is imported with the first figure: the translations that it loads are not for --help.
"""

import unicodedata
from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def size(count: int | None) -> str:
    """Bytes as people read them: "1.2 GB"; a question mark where unknown."""
    import humanize  # noqa: PLC0415 - see above

    return "?" if count is None else humanize.naturalsize(count, format="%.1f").replace(".0 ", " ")


def count(number: int | None) -> str:
    """Give a number with its thousands set apart: "48,213"."""
    import humanize  # noqa: PLC0415 - see above

    return "?" if number is None else humanize.intcomma(number)


def age(moment: datetime | None, *, now: datetime | None = None) -> str:
    """Give the time since a moment, short: "3d", "12m", "now"."""
    if moment is None:
        return "?"
    seconds = int(((now or datetime.now(UTC)) - moment).total_seconds())
    for unit, letter in ((_YEAR, "y"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit:
            return f"{seconds // unit}{letter}"
    return f"{seconds}s" if seconds > 0 else "now"


def ago(moment: datetime | None, *, now: datetime | None = None) -> str:
    """Give the time since a moment, as said aloud: "3d ago", "just now"."""
    short = age(moment, now=now)
    return "just now" if short == "now" else f"{short} ago"


def plain(text: str) -> str:
    """Make untrusted text safe to show: control, format and lone surrogate characters as escapes.

    Bidirectional overrides are format characters: they could make a name read backwards.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # a byte that was not UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shorten(text: str, width: int, *, ellipsis: str = "…") -> str:
    """Cut the middle of a long path or name, never its end."""
    if len(text) <= width:
        return text
    if width <= len(ellipsis):
        return text[-width:] if width > 0 else ""
    kept = width - len(ellipsis)
    head = kept // 3
    return f"{text[:head]}{ellipsis}{text[len(text) - (kept - head) :]}"
