"""The tabs of the detail, in their order."""

from boxtui.tui.snapshot import ObjectKind, Snapshot, Target
from boxtui.tui.symbols import Symbols
from boxtui.tui.widgets.detail import Tab, TabSpec


def _of_box(snapshot: Snapshot, target: Target | None) -> bool:  # noqa: ARG001 - one of several
    return target is None or target.kind is ObjectKind.CONTAINER


def _of_object(snapshot: Snapshot, target: Target | None) -> bool:  # noqa: ARG001 - one of several
    return target is None or target.kind is not ObjectKind.PROJECT


def _of_project(snapshot: Snapshot, target: Target | None) -> bool:  # noqa: ARG001 - likewise
    return target is not None and target.kind is ObjectKind.PROJECT


def _map(symbols: Symbols) -> Tab:
    from boxtui.tui.widgets.map_tab import MapTab  # noqa: PLC0415 - not for the first list

    return MapTab(symbols)


def _logs(symbols: Symbols) -> Tab:
    from boxtui.tui.widgets.logs_tab import LogsTab  # noqa: PLC0415 - likewise

    return LogsTab(symbols)


def _inspect(symbols: Symbols) -> Tab:
    from boxtui.tui.widgets.inspect_tab import InspectTab  # noqa: PLC0415 - likewise

    return InspectTab(symbols)


def _terminal(symbols: Symbols) -> Tab:
    from boxtui.tui.widgets.terminal_tab import TerminalTab  # noqa: PLC0415 - likewise

    return TerminalTab(symbols)


def _project(symbols: Symbols) -> Tab:
    from boxtui.tui.widgets.project_tab import ProjectTab  # noqa: PLC0415 - likewise

    return ProjectTab(symbols)


def _has_terminal(snapshot: Snapshot, target: Target | None) -> bool:
    return bool(snapshot.terminals_in(target))


def _terminal_news(snapshot: Snapshot, target: Target | None, symbols: Symbols) -> str:
    held = snapshot.terminals_in(target)
    news = symbols.bullet if any(t.bell or t.unseen for t in held) else ""
    return f" {len(held)}{news}" if len(held) > 1 or news else ""


TABS = (
    TabSpec("map", "Map", _map, _of_box),
    TabSpec("logs", "Logs", _logs, _of_box),
    TabSpec("inspect", "Inspect", _inspect, _of_object),
    TabSpec("project", "Project", _project, _of_project),
    TabSpec("terminal", "Terminal", _terminal, _has_terminal, _terminal_news),
)
