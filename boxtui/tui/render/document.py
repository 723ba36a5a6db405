"""The engine's document on an object: folded, searchable, coloured, its secrets masked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boxtui import formatting
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols

MASK = "***"

_SECRET_NAME = re.compile(
    r"(?i)(token|secret|passw|passphrase|api_?key|access_?key|private|credential|auth|cookie|session"
    r"|signature|_key$|^key$|_pat$|dsn|connection_?string)"
)
_SECRET_VALUE = re.compile(
    r"^(sk-|sk_|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|eyJ[A-Za-z0-9_-]+\.|hf_|npm_)"
    r"|-----BEGIN"
)
_IN_URL = re.compile(r"(?<=://)([^/@:\s]*):([^/@\s]+)(?=@)")
_ENVIRONMENT = "/Config/Env/"
_HARMLESS = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "TERM", "TZ", "PWD", "SHELL", "USER", "HOSTNAME", "DEBUG"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the document; `path` is like /Config/Env/0 and tells items apart."""

    path: str
    depth: int
    name: str
    value: str | None
    """None for a table or a list."""
    role: Role
    children: int = 0


def flatten(document: Any, *, reveal: bool, depth: int = 0, path: str = "") -> Iterator[Item]:
    """Walk a JSON document, one item a line; secrets are masked unless `reveal`."""
    pairs = document.items() if isinstance(document, Mapping) else enumerate(document)
    for key, value in pairs:
        name, here = str(key), f"{path}/{key}"
        if isinstance(value, Mapping | list):
            yield Item(here, depth, name, None, Role.PLAIN, len(value))
            yield from flatten(value, reveal=reveal, depth=depth + 1, path=here)
        else:
            text = _text(value) if reveal else masked(here, name, value)
            yield Item(here, depth, name, text, _role(value))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return formatting.plain(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _role(value: Any) -> Role:
    if isinstance(value, str):
        return Role.TEXT
    return Role.MUTED if value is None else Role.NUMBER


def masked(path: str, name: str, value: Any) -> str:
    """Give a value as it may be shown: of what may be a secret only that it is there."""
    if not isinstance(value, str) or not value:
        return _text(value)
    variable, is_pair, content = value.partition("=")
    if path.startswith(_ENVIRONMENT) and is_pair:
        return f"{formatting.plain(variable)}={_environment(variable, content)}"
    if _SECRET_NAME.search(name) or _SECRET_VALUE.search(value):
        return MASK
    if is_pair and re.fullmatch(r"[\w.-]+", variable) and _SECRET_NAME.search(variable):
        return f"{variable}={MASK}"
    return formatting.plain(_IN_URL.sub(rf"\1:{MASK}", value))


def _environment(variable: str, content: str) -> str:
    if variable.upper() in _HARMLESS or not content:
        return formatting.plain(content)
    if _SECRET_NAME.search(variable) or _SECRET_VALUE.search(content):
        return MASK
    return formatting.plain(_IN_URL.sub(rf"\1:{MASK}", content))


def hidden_by(items: Sequence[Item], folded: frozenset[str]) -> list[Item]:
    """Keep the items that no folded one hides."""
    shown: list[Item] = []
    closed: str | None = None
    for item in items:
        if closed is not None and item.path.startswith(closed):
            continue
        closed = f"{item.path}/" if item.path in folded else None
        shown.append(item)
    return shown


def hits(items: Sequence[Item], needle: str) -> list[str]:
    """Give the paths of the items in which a text is found."""
    wanted = needle.lower()
    return [
        item.path
        for item in items
        if wanted in item.name.lower() or (item.value is not None and wanted in item.value.lower())
    ]


def holders(path: str) -> Iterator[str]:
    """Give the paths of all that holds an item."""
    while path := path.rpartition("/")[0]:
        yield path


@dataclass(frozen=True, slots=True)
class Document:
    """The lines to be seen."""

    items: Sequence[Item]
    folded: frozenset[str]
    needle: str
    symbols: Symbols

    def __len__(self) -> int:
        return len(self.items)

    def key(self, index: int) -> str:
        return self.items[index].path

    def head(self, width: int) -> Line:  # noqa: ARG002 - the Protocol's
        return ()

    def line(self, index: int, width: int) -> Line:  # noqa: ARG002 - the widget cuts
        item = self.items[index]
        sign = " "
        if item.children:
            sign = self.symbols.closed if item.path in self.folded else self.symbols.opened
        spans = [Span("  " * item.depth + sign + " ", Role.MUTED)]
        spans += self._marked(formatting.plain(item.name), Role.KEY)
        if item.value is not None:
            spans.append(Span("  "))
            spans += self._marked(item.value, item.role)
        elif not item.children:
            spans.append(Span("  none", Role.MUTED))
        elif item.path in self.folded:
            spans.append(Span(f"  {item.children}", Role.MUTED))
        return tuple(spans)

    def _marked(self, text: str, role: Role) -> Iterator[Span]:
        if not self.needle:
            yield Span(text, role)
            return
        rest = text
        while (at := rest.lower().find(self.needle.lower())) >= 0:
            end = at + len(self.needle)
            if at:
                yield Span(rest[:at], role)
            yield Span(rest[at:end], Role.FOUND)
            rest = rest[end:]
        if rest:
            yield Span(rest, role)
