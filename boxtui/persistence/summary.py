"""The sentence that a person can say aloud."""

from collections.abc import Iterable

from boxtui import formatting
from boxtui.model.scan import Entry, PathClass, Totals
from boxtui.persistence.verdict import endangered

_NOUNS = {
    PathClass.CRED: ("credential", "credentials"),
    PathClass.AGENT: ("agent state", "agent states"),
    PathClass.DB: ("database", "databases"),
    PathClass.WORK: ("work path", "work paths"),
    PathClass.SERVICE: ("service", "services"),
    PathClass.TOOL: ("toolchain", "toolchains"),
    PathClass.PKG: ("package set", "package sets"),
    PathClass.OTHER: ("other path", "other paths"),
    PathClass.LOG: ("log", "logs"),
    PathClass.CACHE: ("cache", "caches"),
    PathClass.TEMP: ("temporary path", "temporary paths"),
    PathClass.NOISE: ("trifle", "trifles"),
}
"""In the order in which they are said."""


def summary(totals: Totals, entries: Iterable[Entry], *, complete: bool) -> str:
    """Say what a recreate destroys, the worst first."""
    overlay = [entry for entry in entries if entry.kind is None]
    if not (totals.files or totals.links or totals.other or totals.directories):
        if totals.deleted:
            return _hedged(f"a recreate brings back {totals.deleted} deleted paths only", complete)
        return _hedged("a recreate destroys nothing", complete)
    size = formatting.size(totals.bytes)
    files = formatting.count(totals.files)
    text = f"a recreate destroys {size} in {files} {'file' if totals.files == 1 else 'files'}"
    risky = [entry for entry in overlay if endangered(entry)]
    said = [_said(kind, risky) for kind in _NOUNS]
    parts = [part for part in said if part]
    text += ": " + ", ".join(parts) if parts else ", all of which can be made again"
    return _hedged(text, complete)


def _hedged(text: str, complete: bool) -> str:
    return text if complete else f"{text} (at least: not everything could be seen)"


def _said(kind: PathClass, risky: list[Entry]) -> str:
    number = sum(entry.path_class is kind for entry in risky)
    return f"{formatting.count(number)} {_NOUNS[kind][number != 1]}" if number else ""
