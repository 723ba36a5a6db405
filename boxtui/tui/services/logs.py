"""The logs of boxes: followed while somebody looks at them, saved on request."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from boxtui.bootstrap import Core
from boxtui.errors import UsageError
from boxtui.watch.logs import LogFollower


@dataclass(frozen=True, slots=True)
class Scope:
    """How far back a log is read: so many lines, of so many seconds."""

    label: str
    tail: int | None = None
    seconds: int | None = None


SCOPES = (
    Scope("the last 100 lines", tail=100),
    Scope("the last 1,000 lines", tail=1000),
    Scope("the last 10,000 lines", tail=10_000),
    Scope("the last 10 minutes", seconds=600),
    Scope("the last hour", seconds=3600),
    Scope("the last day", seconds=86_400),
    Scope("from now on", tail=0),
)
USUAL = SCOPES[1]


class Logs:
    """Opens followers on the console's engine."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def follow(self, box_id: str, scope: Scope, on_news: Callable[[], object]) -> LogFollower:
        """Follow a box until the follower is stopped; `on_news` comes from its thread."""
        since_ns = None
        if scope.seconds is not None:
            since_ns = time.time_ns() - scope.seconds * 10**9
        follower = LogFollower(
            self._core.engine, box_id, on_news, tail=scope.tail, since_ns=since_ns
        )
        follower.start()
        return follower

    def save(self, typed: str, lines: Iterable[str]) -> Path:
        """Write a new file that only its owner can read; UsageError where that cannot be."""
        path = Path(typed).expanduser()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(f"{line}\n" for line in lines)
        except FileExistsError:
            raise UsageError(f"{path} is there already", hint="choose another name") from None
        except OSError as error:
            raise UsageError(f"could not write {path}", reason=error.strerror) from error
        return path.absolute()
