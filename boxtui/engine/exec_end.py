"""How a program in a box ended, asked of the engine and said in a plain sentence."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from boxtui.engine import exec_scripts
from boxtui.engine.reads import quoted, shown
from boxtui.errors import BoxtuiError, EngineError, NoEngineError, NotFoundError
from boxtui.model.ports import EndCause, ExecResult, SessionEnd

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

Runner = Callable[..., ExecResult]
_KILLED = 137
_NOT_STARTED = {126, 127}
_NO_SHELL = ('"sh": executable file not found', "stat sh: no such file", "`sh` not found")
_SETTLE = 3.0
"""Seconds in which an engine notices that a program has ended whose stream is over."""

_BOX_SETTLE = 1.0
"""Seconds in which a killed box is known to be one."""


def of(wire: "Wire", exec_id: str, ref: str, head: bytes, *, hung_up: bool) -> SessionEnd:
    """Find out why a stream is over; never raises. `head` is what came before any program's."""
    try:
        document = _settled(wire, exec_id)
        box = _box_state(wire, ref, may_end=document.get("ExitCode") == _KILLED)
    except NotFoundError as error:
        return SessionEnd(None, f"the box is gone: {error.reason}", EndCause.BOX_ENDED)
    except NoEngineError as error:
        return SessionEnd(
            None, f"the connection to the engine broke: {error.reason}", EndCause.LOST
        )
    except BoxtuiError as error:
        return SessionEnd(None, f"{error.message}: {error.reason}", EndCause.LOST)
    return _judged(document, box, head, hung_up=hung_up)


def not_started(error: BoxtuiError) -> SessionEnd:
    """Say that the engine refused to start it."""
    return SessionEnd(None, error.reason or error.message, EndCause.NOT_STARTED)


def not_hung_up(error: BoxtuiError) -> SessionEnd:
    """Say that the program may still run."""
    words = f"{error.message}: {error.reason}" if error.reason else error.message
    return SessionEnd(None, words, EndCause.LOST)


def hang_up(run: Runner, ref: str, pid: int | None, user: str | None) -> int:
    """End the session that `pid` leads; the number of its processes that were spared."""
    if pid is None:
        raise EngineError(
            f"could not hang up in {shown(ref)}: the program's process is not known",
            reason="the box has no sh that could have announced it",
            hint="end the program from its own terminal",
        )
    left = spared = 0
    # root may lack CAP_KILL in a box; then only the program's own user can end it
    for one in dict.fromkeys(["0", user]):
        argv = ["sh", "-c", exec_scripts.HANG_UP, "sh", str(pid)]
        left, spared = survivors(run(ref, argv, user=one), ref)
        if not left:
            return spared
    raise EngineError(
        f"could not hang up in {shown(ref)}: {left} processes would not end",
        hint="restart the box to be rid of them",
    )


def has_no_shell(end: SessionEnd) -> bool:
    """Whether it was the wrapper's sh that is not there, and not the program."""
    return end.cause is EndCause.NOT_STARTED and any(sign in end.reason for sign in _NO_SHELL)


def survivors(done: ExecResult, ref: str) -> tuple[int, int]:
    """(processes that would not end, processes spared) out of the hang-up script's answer."""
    try:
        left, spared = map(int, done.stdout.split())
    except ValueError:
        words = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise EngineError(
            f"could not hang up in {shown(ref)}: the box's sh ended with {done.exit_code}",
            reason=words[:500],
        ) from None
    return left, spared


def _settled(wire: "Wire", exec_id: str) -> dict[str, Any]:
    """Ask until the engine has noticed the end: its stream is over a moment earlier."""
    waited, wait, pause = 0.0, 0.005, threading.Event()
    while True:
        document = wire.get(f"/exec/{exec_id}/json", doing="ask how the program ended")
        if not isinstance(document, dict):
            raise EngineError("the engine's answer makes no sense", reason=repr(document)[:200])
        if not document.get("Running") or waited > _SETTLE:
            return document
        pause.wait(wait)
        waited += wait
        wait = min(wait * 2, 0.25)


def _box_state(wire: "Wire", ref: str, *, may_end: bool) -> dict[str, Any]:
    """The box's own state; where it is being killed its programs are gone a moment earlier."""
    waited, pause = 0.0, threading.Event()
    while True:
        document = wire.get(f"/containers/{quoted(ref)}/json", doing=f"look at {shown(ref)}")
        state = document.get("State") if isinstance(document, dict) else None
        state = state if isinstance(state, dict) else {}
        if not state.get("Running") or not may_end or waited > _BOX_SETTLE:
            return state
        pause.wait(0.05)
        waited += 0.05


def _judged(
    document: dict[str, Any], box: dict[str, Any], head: bytes, *, hung_up: bool
) -> SessionEnd:
    code = document.get("ExitCode")
    if document.get("Running"):
        return SessionEnd(
            None, "the connection broke; the program still runs in the box", EndCause.LOST
        )
    if not box.get("Running"):
        return SessionEnd(code, _box_words(box), EndCause.BOX_ENDED)
    if code is None:
        return SessionEnd(None, "the engine does not know how the program ended", EndCause.LOST)
    if code in _NOT_STARTED and not document.get("Pid"):
        words = head.decode(errors="replace").strip() or "the engine gave no reason"
        return SessionEnd(code, words, EndCause.NOT_STARTED)
    if hung_up:
        return SessionEnd(code, "hung up", EndCause.HUNG_UP)
    return SessionEnd(code, _exit_words(code), EndCause.EXITED)


def _box_words(box: dict[str, Any]) -> str:
    status = box.get("Status") or "not running"
    if box.get("OOMKilled"):
        return "the box ran out of memory and was killed"
    code = box.get("ExitCode")
    return f"the box ended with exit code {code}" if status == "exited" else f"the box is {status}"


def _exit_words(code: int) -> str:
    if code == 0:
        return "the program ended"
    if code == _KILLED:
        return "the program was killed (exit code 137)"
    if code == 127:
        return "the program, or what it called, was not found (exit code 127)"
    if code == 126:
        return "the program cannot be executed (exit code 126)"
    return f"the program ended with exit code {code}"
