"""`boxtui` and `python -m boxtui`: the command line, or the console where it asks for that."""

import sys
from typing import TYPE_CHECKING

from boxtui.cli import output
from boxtui.cli.main import leave, run
from boxtui.errors import BoxtuiError, UsageError

if TYPE_CHECKING:
    from boxtui.bootstrap import ConsoleRequest

_FAILED_ATTACH = 125
"""For all that fails before the attached program's own exit code is known."""

_RUN_OPERATION = "_run-operation"
"""The hidden verb of an operation's own process."""

_RUN_VOLUME = "_run-volume"
"""The hidden verb of the process of an operation on a volume."""

_HOLDER = "_holder"
"""The hidden verb of the process that keeps terminals alive."""


def main() -> int:
    """One run; gives the exit code."""
    if sys.argv[1:2] == [_RUN_OPERATION]:
        from boxtui.bootstrap.runner import run_operation  # noqa: PLC0415 - for a runner alone

        return run_operation(*sys.argv[2:])
    if sys.argv[1:2] == [_RUN_VOLUME]:
        from boxtui.bootstrap.apart import run_apart  # noqa: PLC0415 - for its process alone

        return run_apart()
    if sys.argv[1:2] == [_HOLDER]:
        from boxtui.bootstrap.holding import hold_terminals  # noqa: PLC0415 - for a holder alone

        return hold_terminals()
    outcome = run(sys.argv[1:])
    if isinstance(outcome, int):
        leave(outcome)
    return _console(outcome)


def _console(request: "ConsoleRequest") -> int:
    from boxtui.bootstrap import Core  # noqa: PLC0415 - not for --help

    core = Core(request.settings, say=_say, console=True)
    try:
        # first the engine: where none answers, that is what is said, and Textual is not loaded
        _ = core.info
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "the console needs a terminal", hint="`boxtui ps` and the other commands need none"
            )
        from boxtui.tui.run import run_console  # noqa: PLC0415 - Textual is for the console alone

        return run_console(core, request)
    except BoxtuiError as error:
        _say(output.failure(error))
        return error.exit_code if request.attach is None else _FAILED_ATTACH
    finally:
        core.close()


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
