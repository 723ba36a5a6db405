"""One run of the command line, from its words to its exit code.

What stands beneath the commands is imported where it is first needed: --help goes without.
"""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from boxtui import __version__
from boxtui.cli import output
from boxtui.cli.arguments import HelpAsked, Parsed, command_meant, parse, wants_json
from boxtui.cli.command import Answer, Call, Command, Report
from boxtui.cli.interruption import Interrupted, interruptible
from boxtui.errors import BoxtuiError, CancelledError, InternalError, ReadOnlyError, UsageError

if TYPE_CHECKING:
    from boxtui.bootstrap import ConsoleRequest, Core, Settings

_PIPE_CLOSED = 141
"""128 + SIGPIPE: as any program that writes to a closed pipe."""


class _UnwritableError(Exception):
    """Nobody can be given the answer."""


def run(words: Sequence[str]) -> "int | ConsoleRequest":
    """Carry a command line out; gives the exit code, or what console to open."""
    _mend_streams()
    try:
        with interruptible():
            return _run(words)
    except Interrupted as stop:
        leave(128 + stop.signal)
    except BrokenPipeError:
        leave(_PIPE_CLOSED)
    except _UnwritableError as lost:
        _say(f"boxtui: standard output cannot be written: {lost}")
        leave(1)


def _mend_streams() -> None:
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # closed before we began
            null = Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, null)
        elif name != "stdin":
            # a locale that cannot show a symbol gets its escape, not a traceback
            stream.reconfigure(errors="backslashreplace")


def leave(code: int) -> NoReturn:
    """End the process at once, with all that was written.

    Threads that wait for an engine are not awaited, nor is a reader that is gone; and to take the
    interpreter apart takes as long as listing a hundred boxes.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def _run(words: Sequence[str]) -> "int | ConsoleRequest":
    try:
        parsed = parse(words)
    except HelpAsked as help_:
        return _print(str(help_))
    except UsageError as error:
        return _fail(error, command_meant(words), json=wants_json(words))
    if parsed.command is None and parsed.args.version:
        return _version(json=parsed.args.json)
    try:
        settings = _settings(parsed)
        if parsed.command is None:
            return _bare(parsed, settings)
    except BoxtuiError as error:
        return _fail(error, parsed.command, json=parsed.args.json)
    return _command(parsed, parsed.command, settings)


def _settings(parsed: Parsed) -> "Settings":
    from boxtui.bootstrap import resolve_settings  # noqa: PLC0415 - see above

    args = parsed.args
    return resolve_settings(
        host=args.host,
        context=args.context,
        config_file=args.config,
        state_dir=args.state_dir,
        backup_dir=args.backup_dir,
        read_only=args.read_only,
        allow_exec=args.allow_exec,
    )


def _version(*, json: bool) -> int:
    if json:
        return _print(output.document(None, {"version": __version__}))
    return _print(f"boxtui {__version__}")


def _bare(parsed: Parsed, settings: "Settings") -> "ConsoleRequest":
    if parsed.args.json:
        raise UsageError("the console has no JSON", hint="name a command, such as `boxtui ps`")
    from boxtui.bootstrap import ConsoleRequest  # noqa: PLC0415 - see above

    return ConsoleRequest(settings, color=not parsed.args.no_color)


def _command(parsed: Parsed, command: Command, settings: "Settings") -> "int | ConsoleRequest":
    from boxtui.bootstrap import Core  # noqa: PLC0415 - see above

    args = parsed.args
    core = Core(settings, say=_say)
    color = output.may_color(forbidden=args.no_color)
    call = Call(args, settings, core, parsed.program, color=color)
    try:
        answer = command.run(call)
        return _answer(answer, core, json=args.json)
    except BoxtuiError as error:
        return _fail(error, command, core, json=args.json)
    except Interrupted:
        if args.json:
            _fail(CancelledError("cancelled"), command, core, json=True)
        raise
    except (BrokenPipeError, _UnwritableError):
        raise
    except Exception as error:  # noqa: BLE001 - also a fault of ours is told as the contract says
        return _fail(_fault(error), command, core, json=args.json)
    finally:
        core.close()


def _fault(error: Exception) -> InternalError:
    if os.environ.get("BOXTUI_DEBUG"):
        import traceback  # noqa: PLC0415 - for faults alone

        traceback.print_exception(error)
    return InternalError(
        "boxtui failed; this is a fault of its own",
        reason=f"{type(error).__name__}: {error}",
        hint="BOXTUI_DEBUG=1 shows where",
    )


def _answer(answer: Answer, core: "Core", *, json: bool) -> "int | ConsoleRequest":
    if not isinstance(answer, Report):
        return answer
    if json:
        _print(output.document(_engine(core), answer.fields, answer.error))
    else:
        text = "\n".join(answer.lines())
        if text:
            _print(text)
    if answer.error is not None:
        _say(output.failure(answer.error))
    return answer.exit_code


def _fail(
    error: BoxtuiError, command: Command | None = None, core: "Core | None" = None, *, json: bool
) -> int:
    _say(output.failure(error))
    fields = dict.fromkeys(command.fields) if command else {}
    if json:
        _print(output.document(_engine(core), fields, error))
    if command is not None and command.failure_exit is not None:
        refused = isinstance(error, ReadOnlyError)
        return error.exit_code if refused else command.failure_exit
    return error.exit_code


def _engine(core: "Core | None") -> Mapping[str, Any] | None:
    if core is None or not core.connected:
        return None
    from boxtui.cli import shape  # noqa: PLC0415 - see above

    try:
        return shape.engine(core.info)
    except BoxtuiError:
        # it has gone since: the document's own error says so
        return None


def _print(text: str) -> int:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _UnwritableError(error.strerror) from error
    return 0


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
