"""What a command is, what it is given, and what it answers with.

Named tuples, as making a dataclass costs a millisecond that `boxtui --help` would feel.
"""

import argparse
import importlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from boxtui.cli import commands
from boxtui.errors import BoxtuiError

if TYPE_CHECKING:
    from boxtui.bootstrap import ConsoleRequest, Core, Settings


class Call(NamedTuple):
    """One run of a command."""

    args: argparse.Namespace
    settings: "Settings"
    core: "Core"
    program: tuple[str, ...] = ()
    """What followed `--`, of commands that take a program."""
    color: bool = False
    """Whether people's output may be coloured."""


class Report(NamedTuple):
    """A command's answer, for scripts and for people."""

    fields: Mapping[str, Any]
    """The command's own fields of the JSON document."""
    lines: Callable[[], Iterable[str]] = tuple
    """The same for people; made only when wanted. Untrusted text in it is plain already."""
    exit_code: int = 0
    error: BoxtuiError | None = None
    """A failure that still has something to report, such as an operation rolled back."""


Answer: TypeAlias = "Report | ConsoleRequest | int"


def _nothing(_parser: argparse.ArgumentParser) -> None:
    pass


class Command(NamedTuple):
    """One verb."""

    run: Callable[[Call], Answer]
    configure: Callable[[argparse.ArgumentParser], None] = _nothing
    fields: tuple[str, ...] = ()
    """Its own fields of the document: null in it where the command fails."""
    changes: bool = False
    program: bool = False
    failure_exit: int | None = None
    """The exit code of every failure but --read-only's, lest it look like the program's own."""


def verbs() -> list[str]:
    """Every verb, in the order of the alphabet."""
    files = Path(commands.__path__[0]).glob("[!_]*.py")
    return sorted(file.stem.replace("_", "-") for file in files)


def summary(verb: str) -> str:
    """The first line of a command's help, without loading what the command stands on."""
    file = Path(commands.__path__[0], f"{verb.replace('-', '_')}.py")
    return file.read_text("utf-8").splitlines()[0].strip('"')


def load(verb: str) -> tuple[Command, str]:
    """A command and its help."""
    module = importlib.import_module(f"{commands.__name__}.{verb.replace('-', '_')}")
    command: Command = module.COMMAND
    return command, module.__doc__ or ""
