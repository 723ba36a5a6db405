"""What boxtui knows of paths: the rows of knowledge.tsv, and what the user's own rows add.

A pattern is a path. It begins with `/`, with `~/` (every home in the box) or with `**/` (at any
depth), and speaks for itself and all that lies beneath. `*`, `?` and `[...]` match within one name,
`{a,b}` stands for several patterns.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from boxtui.errors import ConfigError
from boxtui.model.scan import PathClass

_COLUMNS = 5
_BRACES = re.compile(r"\{([^{}]*)\}")
_MAX_SEVERITY = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern, without braces, and what lies there."""

    pattern: str
    path_class: PathClass
    severity: int | None
    """0 (nothing lost) to 4 (cannot be made again)."""
    what: str
    again: str = ""
    """How it is made again, for people; empty where it cannot be."""
    own: bool = False
    """The user's own: it goes before every row of boxtui's."""
    mounts_only: bool = False
    """Speaks for what is mounted there, not for what lies there in the writable layer."""

    @property
    def anchored(self) -> bool:
        """Whether it names a place, rather than a name at any depth."""
        return not self.pattern.startswith("**/")

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the pattern, without its anchor."""
        return tuple(part for part in self.pattern.split("/") if part not in {"", "~", "**"})

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The more specific of two rows that match at the same depth has the higher one."""
        literal = [part for part in self.components if not _has_glob(part)]
        return (self.own, self.anchored, len(literal), sum(map(len, self.components)))


OTHER = Row("/", PathClass.OTHER, 2, "not classified")
"""What no row speaks for: it may be anything, so it counts as a loss."""

REPOSITORY = Row("**", PathClass.WORK, 4, "a git repository")
"""What lies beside a `.git` and no row speaks for."""


def _has_glob(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def own_row(
    pattern: str, path_class: str, severity: int | None, what: str = "", *, where: str = "config"
) -> Iterator[Row]:
    """Rows for a pattern of the user's; ConfigError names what is wrong with it."""
    try:
        known = PathClass(path_class)
    except ValueError:
        raise ConfigError(
            f"{where}: {path_class!r} is no class; known are: {', '.join(PathClass)}"
        ) from None
    if severity is not None and not 0 <= severity <= _MAX_SEVERITY:
        raise ConfigError(f"{where}: a severity is 0 to {_MAX_SEVERITY}, not {severity}")
    for single in expand(checked(pattern, where)):
        yield Row(single, known, severity, what, own=True)


def accepted(pattern: str) -> Iterator[str]:
    """The patterns of a loss that the user accepts."""
    yield from expand(checked(pattern, "accept"))


def checked(pattern: str, where: str) -> str:
    """The pattern, if it can be one."""
    if not pattern.startswith(("/", "~/", "**/")) or pattern.rstrip("/*") in {"", "~"}:
        raise ConfigError(
            f"{where}: {pattern!r} is no pattern", hint="it begins with /, ~/ or **/ and a name"
        )
    return pattern


def expand(pattern: str) -> Iterator[str]:
    """Write out braces, also several and nested ones; a trailing `/**` is implied."""
    waiting = [pattern]
    told = set()
    while waiting:
        current = waiting.pop()
        braces = _BRACES.search(current)
        if braces is None:
            single = current.removesuffix("/**").rstrip("/")
            if single not in told:
                told.add(single)
                yield single
            continue
        head, tail = current[: braces.start()], current[braces.end() :]
        waiting.extend(head + choice + tail for choice in braces[1].split(","))


@cache
def builtin() -> tuple[Row, ...]:
    """The rows that come with boxtui."""
    text = (resources.files("boxtui.persistence") / "knowledge.tsv").read_text("utf-8")
    return tuple(_rows(text.splitlines()))


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        cells += [""] * (_COLUMNS - len(cells))
        pattern, name, severity, what, again = cells
        where = f"knowledge.tsv, line {number}"
        mounts_only = pattern.startswith("mount:")
        pattern = checked(pattern.removeprefix("mount:"), where)
        for single in expand(pattern):
            yield Row(single, PathClass(name), int(severity), what, again, mounts_only=mounts_only)


RELOCATIONS = {
    "CLAUDE_CONFIG_DIR": "~/.claude",
    "CODEX_HOME": "~/.codex",
    "CURSOR_CONFIG_DIR": "~/.cursor",
    "COPILOT_HOME": "~/.copilot",
    "OPENCODE_CONFIG_DIR": "~/.config/opencode",
    "GH_CONFIG_DIR": "~/.config/gh",
    "XDG_CONFIG_HOME": "~/.config",
    "XDG_DATA_HOME": "~/.local/share",
    "XDG_STATE_HOME": "~/.local/state",
    "XDG_CACHE_HOME": "~/.cache",
    "NVM_DIR": "~/.nvm",
    "BUN_INSTALL": "~/.bun",
    "GOPATH": "~/go",
    "GOMODCACHE": "~/go/pkg/mod",
    "CARGO_HOME": "~/.cargo",
    "RUSTUP_HOME": "~/.rustup",
    "PIPX_HOME": "~/.local/share/pipx",
    "PYENV_ROOT": "~/.pyenv",
    "GEM_HOME": "~/.gem",
    "HF_HOME": "~/.cache/huggingface",
    "OLLAMA_MODELS": "~/.ollama/models",
    "PNPM_HOME": "~/.local/share/pnpm",
    "PGDATA": "/var/lib/postgresql",
}
"""Variables of a box that move what a pattern names to another directory."""


def relocated(environment: Iterable[str]) -> dict[str, str]:
    """{directory: the pattern's path that it stands for}, from a box's KEY=value lines."""
    moved = {}
    for line in environment:
        key, _, value = line.partition("=")
        place = RELOCATIONS.get(key)
        # a whole tree that moves to / or into a system directory would say that of everything
        if place and value.startswith("/") and value.count("/") > 1:
            moved[os.path.normpath(value)] = place
    return moved
