"""Open the console on boxes made to try it on; --clean takes them away again."""

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from boxtui import formatting
from boxtui.bootstrap import DEMO_FILE, ConsoleRequest, Core
from boxtui.cli.command import Answer, Call, Command, Report
from boxtui.errors import NoEngineError, ReadOnlyError, UnconfirmedError, UsageError

if TYPE_CHECKING:
    from boxtui.model.ports import Engine


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--no-console", action="store_true", help="make the boxes, open nothing")
    parser.add_argument("--clean", action="store_true", help="remove all that the demo made")


def run(call: Call) -> Answer:
    args = call.args
    if call.settings.read_only:
        raise ReadOnlyError("the demo makes and removes boxes: --read-only forbids it")
    if args.clean:
        return _clean(call)
    headless = args.no_console or args.json
    if not headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the console needs a terminal", hint="--no-console makes the demo's boxes without it"
        )
    core = _core(call)
    try:
        return _make(call, core, headless=headless)
    finally:
        if core is not call.core:
            core.close()


def _make(call: Call, core: Core, *, headless: bool) -> Answer:
    from boxtui.demo import boxes, private  # noqa: PLC0415 - not for --help

    host = core.info.host
    own = host == private.of(call.settings.state_dir).url
    _ask_before_making(call, core.engine, host, own=own)
    names = boxes.make(core.engine, private.folder(call.settings.state_dir) / "images", _say)
    if headless:
        document = {"host": host, "private": own, "boxes": names}
        kind = "private engine" if own else "engine"
        return Report({"demo": document}, lambda: [f"{kind}: {host}", f"boxes: {', '.join(names)}"])
    _say(f"{'private ' if own else ''}engine: {host}")
    settings = replace(call.settings, host=host, context=None) if own else call.settings
    return ConsoleRequest(settings, color=not call.args.no_color)


def _core(call: Call) -> Core:
    """Give a core whose engine answers: the operator's own, or the private one, started."""
    settings = call.settings
    try:
        _ = call.core.info
    except NoEngineError as error:
        if settings.host or settings.context:
            raise
        url = _start_private(call, error)
        return Core(replace(settings, host=url), say=_say)
    return call.core


def _start_private(call: Call, error: NoEngineError) -> str:
    from boxtui.demo import packages, private  # noqa: PLC0415 - not for --help

    state = call.settings.state_dir
    _say(f"{error.message}{f' ({error.reason})' if error.reason else ''}")
    refusal = packages.why_not_installable()
    if refusal is not None:
        raise NoEngineError(
            f"no engine answers, and a private one can't be set up: {refusal}",
            reason=error.reason or error.message,
            hint="start Docker, name an engine with -H, or run this as root on Debian or Ubuntu",
        )
    if not private.of(state).folder.exists():
        absent = private.missing_packages()
        install = f"Install {' and '.join(absent)} by apt, and start" if absent else "Start"
        _ask(call, f"{install} a private engine in {private.folder(state)}?")
    url = private.start(state, _say)
    (state / DEMO_FILE).write_text(f"{url}\n", encoding="utf-8")
    return url


def _ask_before_making(call: Call, engine: "Engine", host: str, *, own: bool) -> None:
    from boxtui.demo import boxes  # noqa: PLC0415 - not for --help

    missing = boxes.missing(engine)
    if missing and not own:
        _ask(call, f"Make {len(missing)} demo boxes on {host}, labelled boxtui.demo=1 (400 MB)?")


def _ask(call: Call, question: str) -> None:
    if call.args.yes:
        return
    if not sys.stdin.isatty() or call.args.json:
        raise UnconfirmedError(f"not asked, as nobody is there: {question}", hint="--yes says yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UnconfirmedError("nothing was made")


def _clean(call: Call) -> Report:
    from boxtui.demo import boxes, private  # noqa: PLC0415 - not for --help

    settings = call.settings
    cleaned = private.clean(settings.state_dir, _say)
    (settings.state_dir / DEMO_FILE).unlink(missing_ok=True)
    removed: list[str] = []
    try:
        removed = boxes.clean(call.core.engine, _say)
    except NoEngineError as error:
        if settings.host or settings.context:
            raise
        _say(f"no other engine to clean: {error.message}")
    told = f"removed {len(removed)} boxes" if removed else "no other boxes to remove"
    own = "the private engine is gone; " if cleaned else ""
    document = {"host": None, "private": cleaned, "boxes": removed}
    return Report({"demo": document}, lambda: [own + told])


def _say(line: str) -> None:
    sys.stderr.write(formatting.plain(line) + "\n")
    sys.stderr.flush()


COMMAND = Command(run=run, configure=configure, fields=("demo",))
