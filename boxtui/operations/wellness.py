"""Is a container well: it runs on, was not restarted, and its health check says so."""

import threading
import time
from contextlib import ExitStack, suppress

from boxtui.errors import EngineError, NoEngineError, NotFoundError
from boxtui.model.ports import JSON, Engine
from boxtui.operations.cancel import Cancel
from boxtui.operations.settle import ask

_NANOSECOND = 1e-9
_CHECK_INTERVAL, _CHECK_TIMEOUT, _CHECK_RETRIES = 30.0, 30.0, 3
_SLACK = 5.0


def await_well(engine: Engine, ref: str, *, grace: float, cancel: Cancel) -> None:
    """Return once the container is well; raise EngineError, with what is wrong, where it is not.

    With a health check it is well when that says healthy, otherwise when it has run for `grace`
    seconds. Sleeps on the engine's events.
    """
    wait = _Wait(engine, ref, grace, cancel)
    while not wait.over():
        wait.follow()


class _Wait:
    """One wait for one container; a stream of events at a time, anew where the line broke."""

    def __init__(self, engine: Engine, ref: str, grace: float, cancel: Cancel) -> None:
        self._engine = engine
        self._ref = ref
        self._cancel = cancel
        document = self._look()
        self._checked = has_check(document)
        limit = _check_limit(document) if self._checked else grace
        self._end = time.monotonic() + limit

    def over(self) -> bool:
        """Judge it as it is now; raises EngineError where it is not well."""
        document = self._look()
        if ill := illness(document):
            raise EngineError(f"the new container is not well: {ill}", reason=ill)
        if self._checked and _health(document) == "healthy":
            return True
        late = time.monotonic() >= self._end
        # some engines run no checks (podman without systemd): one that never ran says nothing
        if late and self._checked and _log(document):
            raise EngineError(
                "the new container did not become healthy in time", reason=_last_check(document)
            )
        return late or self._cancel.asked.is_set()

    def follow(self) -> None:
        """Judge it at each of its events, until time is up, it is over, or the line breaks."""
        try:
            stream = self._engine.events()
        except NoEngineError:
            return  # the next look waits for the engine
        with ExitStack() as stack:
            stack.callback(stream.close)
            timer = threading.Timer(max(0.0, self._end - time.monotonic()), stream.close)
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)
            stack.enter_context(self._cancel.calling(stream.close))
            # what happened before the stream stood is seen only by asking
            if self.over():
                return
            # a line that breaks here is no verdict: the next look waits for the engine
            stack.enter_context(suppress(NoEngineError))
            for event in stream:
                if event.kind == "container" and event.id.startswith(self._ref) and self.over():
                    return

    def _look(self) -> JSON:
        document: JSON = ask(lambda: self._engine.raw("container", self._ref))
        return document


def illness(document: JSON) -> str | None:
    """Say what is wrong with a container that should run; None where nothing is (yet)."""
    state = document["State"]
    if state.get("OOMKilled") and not state.get("Running"):
        return "it was killed for want of memory"
    if state.get("Restarting") or document.get("RestartCount"):
        return f"it ended with exit code {state.get('ExitCode')} and was restarted"
    if not state.get("Running"):
        return state.get("Error") or f"it ended with exit code {state.get('ExitCode')}"
    if _health(document) == "unhealthy":
        return f"its health check failed: {_last_check(document)}"
    return None


def is_well(engine: Engine, ref: str) -> bool:
    """Tell whether it is well at this moment, without waiting for anything."""
    try:
        document = ask(lambda: engine.raw("container", ref))
    except NotFoundError:
        return False
    return illness(document) is None and (not has_check(document) or _health(document) == "healthy")


def has_check(document: JSON) -> bool:
    """Tell whether the container has a health check that is not switched off."""
    test = (document["Config"].get("Healthcheck") or {}).get("Test") or []
    return bool(test) and test[0] != "NONE"


def _health(document: JSON) -> str:
    return str((document["State"].get("Health") or {}).get("Status", ""))


def _log(document: JSON) -> list[JSON]:
    return (document["State"].get("Health") or {}).get("Log") or []


def _last_check(document: JSON) -> str:
    log = _log(document)
    return str(log[-1].get("Output", "")).strip() if log else "no answer yet"


def _check_limit(document: JSON) -> float:
    """How long the check itself may take until it must have come to a verdict."""
    check = document["Config"]["Healthcheck"]
    interval = (check.get("Interval") or 0) * _NANOSECOND or _CHECK_INTERVAL
    timeout = (check.get("Timeout") or 0) * _NANOSECOND or _CHECK_TIMEOUT
    start = (check.get("StartPeriod") or 0) * _NANOSECOND
    return start + (interval + timeout) * (check.get("Retries") or _CHECK_RETRIES) + _SLACK
