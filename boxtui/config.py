"""The configuration: one TOML file, read into frozen dataclasses, a table each.

A new key is a new field with its default; a new table is a new dataclass and a field of `Config`.
The type of a field is what its value is checked against: bool, int, float, str, Literal,
`Mapping[str, X]` (a table with free keys), `tuple[X, ...]` (an array), or another dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from boxtui.errors import ConfigError

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Console:
    """How the console looks."""

    theme: str = "auto"
    """A theme's name; auto follows the terminal's background."""
    symbols: Literal["auto", "unicode", "ascii"] = "auto"
    mouse: bool = True


@dataclass(frozen=True, slots=True)
class PathRule:
    """What lies at a path, in the user's own words: it goes before what boxtui knows."""

    pattern: str = ""
    """It begins with /, ~/ (every home) or **/ (any depth); *, ? and {a,b} as in a shell."""
    kind: Literal[
        "agent", "cred", "work", "db", "service", "tool", "pkg", "cache", "log", "temp", "noise",
        "other",
    ] = "work"  # fmt: skip
    severity: int = 4
    """0 (nothing lost) to 4 (cannot be made again)."""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """A finding that is known and accepted."""

    rule: str = ""
    name: str = "*"
    """Of the box, volume or image; * for all."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is changed about the rules of `boxtui audit`."""

    severity: Mapping[str, Literal["off", "info", "low", "medium", "high", "critical"]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By the rule's name."""
    silence: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """Terminals in boxes."""

    leader: str = "ctrl+]"
    """The one key that the console keeps; typed twice it goes to the box."""
    clipboard: bool = False
    """Whether programs in boxes may write to the clipboard (OSC 52)."""


@dataclass(frozen=True, slots=True)
class Config:
    """All of the file; every table and key may be left out."""

    read_only: bool = False
    """Start as with --read-only."""
    console: Console = field(default_factory=Console)
    terminal: TerminalSettings = field(default_factory=TerminalSettings)
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Keys by the id of a binding, such as "box.remount" = "M"; several with commas."""
    confirm: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """By the kind of a change that loses nothing, such as stop = false: whether to ask before."""
    paths: tuple[PathRule, ...] = ()
    accept: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Losses that are accepted: the reason by the pattern of a path."""
    findings: Findings = field(default_factory=Findings)


def load(path: Path, *, required: bool) -> Config:
    """Read the file; ConfigError says what is wrong and in which line.

    Where it is not there: the defaults, or an error if `required`.
    """
    try:
        text = _text(path)
    except FileNotFoundError:
        if not required:
            return Config()
        raise ConfigError(
            f"{path}: no such configuration file", hint="check the path given with --config"
        ) from None
    import tomllib  # noqa: PLC0415 - most have no file

    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        return Config(**_table(Config, raw, ()))
    except _BadValueError as error:
        line = _line_of(text, error.path)
        raise ConfigError(f"{path}, line {line}: {error}") from None


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()[: _MOST_BYTES + 1]
        if len(data) > _MOST_BYTES:
            raise ConfigError(f"{path}: too large for a configuration file")
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: not UTF-8") from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read", reason=error.strerror) from error


class _BadValueError(Exception):
    """What is wrong, and the path of keys and indexes at which it stands."""

    def __init__(self, path: tuple[str | int, ...], problem: str) -> None:
        super().__init__(problem)
        self.path = path


def _table(kind: Any, raw: Mapping[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    known = [f.name for f in fields(kind)]
    types = get_type_hints(kind)
    for key in raw:
        if key not in known:
            where = f"[{'.'.join(map(str, path))}]" if path else "the file"
            raise _BadValueError(
                (*path, key), f"unknown key {key!r}; {where} may have: {', '.join(known)}"
            )
    return {key: _value(types[key], value, (*path, key)) for key, value in raw.items()}


def _value(kind: Any, value: Any, path: tuple[str | int, ...]) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        if value not in inner:
            raise _BadValueError(path, f"{path[-1]} must be one of: {', '.join(inner)}")
        return value
    if is_dataclass(kind):
        return kind(**_table(kind, _expect(dict, value, path), path))  # type: ignore[operator]  # a dataclass's type is callable
    if origin is tuple:
        items = _expect(list, value, path)
        return tuple(_value(inner[0], item, (*path, i)) for i, item in enumerate(items))
    if origin is not None:
        table = _expect(dict, value, path)
        return MappingProxyType({k: _value(inner[1], v, (*path, k)) for k, v in table.items()})
    if kind is float and type(value) is int:
        return float(value)
    return _expect(kind, value, path)


_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    list: "an array",
    dict: "a table",
}


def _expect(kind: Any, value: Any, path: tuple[str | int, ...]) -> Any:
    # by type(), since a bool is an int to isinstance
    if type(value) is not kind:
        raise _BadValueError(path, f"{path[-1]} must be {_WORDS[kind]}")
    return value


def _line_of(text: str, path: tuple[str | int, ...]) -> int:
    """Find the line at which a key stands.

    The parser does not tell; but the key begins right after the longest head of the file that
    parses without it.
    """
    import tomllib  # noqa: PLC0415 - as above

    lines = text.splitlines(keepends=True)
    start = 1
    for end in range(1, len(lines) + 1):
        try:
            raw: Any = tomllib.loads("".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(raw, path):
            return start
        start = end + 1
    return start


def _holds(raw: Any, path: tuple[str | int, ...]) -> bool:
    try:
        for step in path:
            raw = raw[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True
