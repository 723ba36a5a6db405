"""What a command is, what it is given, and what it answers with."""

import argparse
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boxtui.bootstrap import ConsoleRequest, Core, Settings
from boxtui.cli import commands
from boxtui.errors import BoxtuiError


@dataclass(frozen=True, slots=True)
class Call:
    """One run of a command."""

    args: argparse.Namespace
    settings: Settings
    core: Core
    program: tuple[str, ...] = ()
    """What followed `--`, of commands that take a program."""
    color: bool = False
    """Whether people's output may be coloured."""


@dataclass(frozen=True, slots=True)
class Report:
    """A command's answer, for scripts and for people."""

    fields: Mapping[str, Any]
    """The command's own fields of the JSON document."""
    lines: Callable[[], Iterable[str]] = field(default=lambda: ())
    """The same for people; made only when wanted. Untrusted text in it is plain already."""
    exit_code: int = 0
    error: BoxtuiError | None = None
    """A failure that still has something to report, such as an operation rolled back."""


Answer = Report | ConsoleRequest | int


def _nothing(_parser: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Command:
    """One verb."""

    run: Callable[[Call], Answer]
    configure: Callable[[argparse.ArgumentParser], None] = _nothing
    fields: tuple[str, ...] = ()
    """Its own fields of the document: null in it where the command fails."""
    changes: bool = False
    program: bool = False
    failure_exit: int | None = None
    """The exit code of every failure, where it must not look like the program's own."""


def verbs() -> list[str]:
    """Every verb, in the order of the alphabet."""
    names = (module.name for module in pkgutil.iter_modules(commands.__path__))
    return sorted(name.replace("_", "-") for name in names)


def load(verb: str) -> tuple[Command, str]:
    """A command and its help."""
    module = importlib.import_module(f"{commands.__name__}.{verb.replace('-', '_')}")
    command: Command = module.COMMAND
    return command, module.__doc__ or ""
