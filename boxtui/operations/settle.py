"""Unknown outcomes: a cut line or a time-out says nothing, so the engine itself is asked."""

import time
from collections.abc import Callable
from typing import TypeVar

from boxtui.errors import EngineError, NoEngineError

_T = TypeVar("_T")

PATIENCE = 120.0
"""Seconds that an engine may take to come back, such as over a restart of its own."""

PERSISTENCE = 8.0
"""Seconds within which an engine that is on its way down or up may refuse what it will do later."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


def ask(question: Callable[[], _T], *, patience: float = PATIENCE) -> _T:
    """Put a question again and again while no engine answers; then raise NoEngineError."""
    end = time.monotonic() + patience
    pause = _FIRST_PAUSE
    while True:
        try:
            return question()
        except NoEngineError:
            # nothing tells of an engine's return but trying
            if time.monotonic() + pause > end:
                raise
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def settled(act: Callable[[], object], done: Callable[[], bool]) -> None:
    """Act once; where the answer did not come, ask whether it was done, and else act once more."""
    try:
        act()
    except NoEngineError:
        if not ask(done):
            act()


def insist(act: Callable[[], object]) -> None:
    """Act, and act again for a while where the engine refuses: the way back must not end there."""
    end = time.monotonic() + PERSISTENCE
    while True:
        try:
            act()
        except EngineError:
            if time.monotonic() > end:
                raise
            time.sleep(_LONGEST_PAUSE)
        else:
            return
