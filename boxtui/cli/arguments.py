"""The command line's words: global flags on either side of the verb, errors as exceptions."""

import argparse
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from boxtui.cli.command import Command, load, summary, verbs
from boxtui.errors import UsageError

_WITH_VALUE = frozenset(
    {
        *("-H", "--host", "-c", "--context", "--config", "--state-dir", "--backup-dir"),
        *("--confirm", "--progress"),
    }
)


class HelpAsked(Exception):  # noqa: N818 - no error: a wish
    """Someone wants to read how a command is used."""


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        raise HelpAsked(parser.format_help().rstrip())


class _HelpOfAll(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        rows = [f"  {verb:<10} {summary(verb)}" for verb in verbs()]
        more = ["", "commands:", *rows, "", "`boxtui COMMAND --help` has the rest."]
        raise HelpAsked(parser.format_help().rstrip() + "\n".join(["", *more]))


class Parser(argparse.ArgumentParser):
    """argparse that raises UsageError instead of printing and leaving."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_abbrev=False,
            add_help=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **options,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")


class Parsed(NamedTuple):
    """A command line, understood."""

    args: argparse.Namespace
    command: Command | None
    """None for bare `boxtui`."""
    program: tuple[str, ...] = ()


def parse(words: Sequence[str]) -> Parsed:
    """Understand a command line; UsageError where it makes no sense."""
    verb, rest = _split_verb(words)
    if verb is None:
        parser = _general()
        return Parsed(parser.parse_args(rest), None)
    known = verbs()
    if verb not in known:
        import difflib  # noqa: PLC0415 - for mistakes alone

        near = difflib.get_close_matches(verb, known, n=1)
        hint = f"did you mean `boxtui {near[0]}`?" if near else "see `boxtui --help`"
        raise UsageError(f"no command is called {verb!r}", hint=hint)
    command, text = load(verb)
    parser = _of_command(verb, command, text)
    program: list[str] = []
    if command.program and "--" in rest:
        cut = rest.index("--")
        rest, program = rest[:cut], rest[cut + 1 :]
    return Parsed(parser.parse_intermixed_args(rest), command, tuple(program))


def command_meant(words: Sequence[str]) -> Command | None:
    """Give the command of a line that makes no sense otherwise."""
    verb, _ = _split_verb(words)
    return load(verb)[0] if verb in verbs() else None


def _split_verb(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take the verb out: the first word that is no flag and no flag's value."""
    skip = False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word in _WITH_VALUE:
            skip = True
        elif not word.startswith("-"):
            return word, [*words[:index], *words[index + 1 :]]
    return None, list(words)


def wants_json(words: Sequence[str]) -> bool:
    """Whether failure must be told in JSON too, also where the rest makes no sense."""
    own = words[: words.index("--")] if "--" in words else words
    return "--json" in own


def _general() -> Parser:
    parser = Parser(
        prog="boxtui",
        usage="boxtui [flags]            the console\n       boxtui [flags] COMMAND    a command",
        description="A terminal console for Docker containers that must not forget.",
    )
    _add_global(parser, _HelpOfAll)
    parser.add_argument("--version", action="store_true", help="say which boxtui this is")
    return parser


def _of_command(verb: str, command: Command, text: str) -> Parser:
    parser = Parser(prog=f"boxtui {verb}", description=text.strip())
    command.configure(parser)
    if command.changes:
        _add_changes(parser)
    _add_global(parser)
    return parser


def _add_global(parser: Parser, help_: type[argparse.Action] = _Help) -> None:
    flags = parser.add_argument_group("flags of every command")
    flags.add_argument("-h", "--help", action=help_, nargs=0, help="show this")
    flags.add_argument(
        "-H", "--host", metavar="URL", help="the engine: unix://, tcp:// or ssh://USER@HOST"
    )
    flags.add_argument("-c", "--context", metavar="NAME", help="a context of the docker CLI")
    flags.add_argument("--config", metavar="FILE", help="another configuration file")
    flags.add_argument("--state-dir", metavar="DIR", help="where journal and history are kept")
    flags.add_argument("--backup-dir", metavar="DIR", help="where backups are kept")
    flags.add_argument("--read-only", action="store_true", help="change nothing on the engine")
    flags.add_argument(
        "--allow-exec", action="store_true", help="allow what runs a program in a box"
    )
    flags.add_argument("--json", action="store_true", help="one JSON document on stdout")
    flags.add_argument("--no-color", action="store_true", help="no colours")


def _add_changes(parser: Parser) -> None:
    flags = parser.add_argument_group("flags of every change")
    flags.add_argument("--dry-run", action="store_true", help="show the plan, change nothing")
    flags.add_argument("--yes", action="store_true", help="do not ask")
    flags.add_argument(
        "--confirm", metavar="NAME", help="the name, as if typed: needed to lose what matters"
    )
    flags.add_argument("--progress", choices=["json"], help="progress for scripts, on stderr")
