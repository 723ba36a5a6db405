"""What went wrong on the way to an engine, in boxtui's own errors."""

import errno
import http.client
from collections.abc import Iterator

from boxtui.engine.endpoint import Endpoint
from boxtui.errors import EngineError, InUseError, NoEngineError, NoSpaceError, NotFoundError

_IN_USE = ("is in use", "being used", "is using its referenced image", "has active endpoints")


def refused(doing: str, status: int, words: str) -> Exception:
    """The engine answered, and said no: its words, by what they mean."""
    message = f"could not {doing}"
    lowered = words.lower()
    if status == 404:
        return NotFoundError(f"{message}: {words or 'no such object'}", reason=words)
    if "no space left on device" in lowered:
        return NoSpaceError(
            f"{message}: the engine's disk is full",
            reason=words,
            hint="`docker system df` shows what fills it",
        )
    if status == 409 and any(sign in lowered for sign in _IN_USE):
        return InUseError(f"{message}: something still uses it", reason=words)
    return EngineError(message, reason=words or f"HTTP status {status}", status=status)


def unreachable(endpoint: Endpoint, error: BaseException, hint: str | None = None) -> NoEngineError:
    """No connection, or one that broke: what was tried, why it failed, what to do."""
    return NoEngineError(
        f"no engine answers at {endpoint.url} ({endpoint.origin})",
        reason=reason_of(error),
        hint=hint or _hint(endpoint, error),
    )


def lost(endpoint: Endpoint, reason: str) -> NoEngineError:
    """A stream of the engine's ended and nobody had asked it to."""
    return NoEngineError(
        f"the connection to the engine at {endpoint.url} broke",
        reason=reason,
        hint="is the engine restarting, or the line down?",
    )


def dropped(error: BaseException) -> bool:
    """Whether a connection broke that had been there, and was neither refused nor too slow."""
    kinds = (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)
    return any(isinstance(cause, kinds) for cause in _chain(error))


def reason_of(error: BaseException) -> str:
    """Give the innermost words: the outer ones are a library's about its own objects."""
    for cause in reversed(list(_chain(error))):
        if isinstance(cause, TimeoutError) or "timed out" in str(cause).lower():
            return "no answer in time"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        if str(cause):
            return str(cause)
    return type(error).__name__


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        yield at
        seen.add(id(at))
        at = _inner(at)


def _inner(error: BaseException) -> BaseException | None:
    for part in (error.__cause__, getattr(error, "reason", None), *reversed(error.args)):
        if isinstance(part, BaseException):
            return part
    return error.__context__


def _hint(endpoint: Endpoint, error: BaseException) -> str:
    codes = {e.errno for e in _chain(error) if isinstance(e, OSError)}
    if errno.EACCES in codes:
        return "your user may not open the socket: use sudo, or join its group (often `docker`)"
    if endpoint.scheme == "unix":
        return (
            "start the engine (`systemctl start docker`), name another with -H or -c, "
            "or try `boxtui demo`"
        )
    return "check the address, the network and that the engine listens there"
