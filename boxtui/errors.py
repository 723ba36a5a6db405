"""Everything that boxtui raises on purpose.

BoxtuiError                exit  code
├── UsageError             2     usage
├── ConfigError            2     config
├── NotFoundError          2     not-found
├── AmbiguousError         2     ambiguous
├── NoEngineError          1     no-engine
├── EngineError            1     engine
├── NoSpaceError           1     no-space
├── InternalError          1     internal
├── CancelledError         1     cancelled
├── ReadOnlyError          4     read-only
├── UnconfirmedError       4     unconfirmed
├── BusyError              4     busy
├── InUseError             4     in-use
├── UnsupportedError       4     unsupported
├── UnsafeArchiveError     4     unsafe-archive
├── DamagedError           4     damaged
└── HalfWayError           5     engine   (left half way: `boxtui recover` is needed)

Each carries one clear line (`message`), the engine's own words (`reason`) and how to mend it
(`hint`); codes and exit numbers are part of the contract with scripts.
"""

from typing import ClassVar


class BoxtuiError(Exception):
    """One clear line saying what is wrong; `reason` has the engine's words, `hint` a mend."""

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, reason: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.hint = hint


class UsageError(BoxtuiError):
    """The command line makes no sense as given."""

    code, exit_code = "usage", 2


class ConfigError(BoxtuiError):
    """The configuration file has an unknown key or a bad value; the message names the line."""

    code, exit_code = "config", 2


class NotFoundError(BoxtuiError):
    """No such container, volume, image, operation or backup."""

    code, exit_code = "not-found", 2


class AmbiguousError(BoxtuiError):
    """A name or id prefix that fits more than one object."""

    code, exit_code = "ambiguous", 2


class NoEngineError(BoxtuiError):
    """No engine answers where one was looked for, or it has gone away."""

    code = "no-engine"


class EngineError(BoxtuiError):
    """The engine refused or failed; `reason` has its own words."""

    code = "engine"

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        hint: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message, reason=reason, hint=hint)
        self.status = status
        """The HTTP status of the answer; None where there was no whole answer."""


class NoSpaceError(BoxtuiError):
    """Not enough room on the disk for what was asked."""

    code = "no-space"


class InternalError(BoxtuiError):
    """A fault of boxtui's own."""


class CancelledError(BoxtuiError):
    """Given up because someone asked for that; after a signal the exit code is 128 + its number."""

    code = "cancelled"


class ReadOnlyError(BoxtuiError):
    """Refused: boxtui was started with --read-only."""

    code, exit_code = "read-only", 4


class UnconfirmedError(BoxtuiError):
    """Refused: the change needs a yes, or the name typed, and got neither."""

    code, exit_code = "unconfirmed", 4


class BusyError(BoxtuiError):
    """Refused: another operation holds the object; the message says whose and since when."""

    code, exit_code = "busy", 4


class InUseError(BoxtuiError):
    """Refused: something still uses the object."""

    code, exit_code = "in-use", 4


class UnsupportedError(BoxtuiError):
    """Refused: this engine, object or transport cannot do what was asked."""

    code, exit_code = "unsupported", 4


class UnsafeArchiveError(BoxtuiError):
    """Refused: an archive that would write outside its target or exceed its bounds."""

    code, exit_code = "unsafe-archive", 4


class DamagedError(BoxtuiError):
    """Refused: an archive that is cut short, altered or not ours."""

    code, exit_code = "damaged", 4


class HalfWayError(BoxtuiError):
    """A change was left half way; `boxtui recover` finishes or undoes it."""

    code, exit_code = "engine", 5


def kind_of(code: str) -> type[BoxtuiError]:
    """Give the error that a code stands for, as told by another process of boxtui's."""
    kinds = {kind.code: kind for kind in BoxtuiError.__subclasses__() if kind is not HalfWayError}
    return kinds.get(code, InternalError)
