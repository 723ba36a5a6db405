"""Moving about: panes, tabs, zoom, filter, sort."""

from typing import TYPE_CHECKING

from boxtui.tui.actions.registry import Situation, does
from boxtui.tui.widgets.filter_bar import FilterBar

if TYPE_CHECKING:
    from boxtui.tui.screens.main import MainScreen

_LISTS = frozenset({"boxes", "volumes"})


def _in_list(situation: Situation) -> bool:
    return situation.pane in _LISTS


def _in_boxes(situation: Situation) -> bool:
    return situation.pane == "boxes"


@does("pane.boxes")
def boxes(screen: "MainScreen") -> None:
    screen.panes.focus("boxes")


@does("pane.volumes")
def volumes(screen: "MainScreen") -> None:
    screen.panes.focus("volumes")


@does("pane.detail")
def detail(screen: "MainScreen") -> None:
    screen.panes.focus("detail")


@does("pane.beside")
def beside(screen: "MainScreen") -> None:
    screen.panes.focus("beside")


@does("pane.next", hint=6)
def next_pane(screen: "MainScreen") -> None:
    screen.panes.step(1)


@does("pane.previous")
def previous_pane(screen: "MainScreen") -> None:
    screen.panes.step(-1)


@does("tab.next", hint=5)
def next_tab(screen: "MainScreen") -> None:
    screen.panes.active_detail.step(1)


@does("tab.previous")
def previous_tab(screen: "MainScreen") -> None:
    screen.panes.active_detail.step(-1)


@does("tab.map")
def show_map(screen: "MainScreen") -> None:
    screen.panes.active_detail.open("map")


@does("tab.logs", valid=lambda situation: situation.box is not None, hint=3)
def show_logs(screen: "MainScreen") -> None:
    screen.panes.active_detail.open("logs")


@does("tab.inspect", hint=4)
def show_inspect(screen: "MainScreen") -> None:
    screen.panes.active_detail.open("inspect")


@does("zoom.in", hint=7)
def zoom_in(screen: "MainScreen") -> None:
    screen.panes.zoom(on=True)


@does("zoom.out")
def zoom_out(screen: "MainScreen") -> None:
    screen.panes.zoom(on=False)


@does("list.filter", valid=_in_list, hint=8)
def filter_rows(screen: "MainScreen") -> None:
    screen.query_one(FilterBar).open(screen.panes.last_list)


@does("list.sort", valid=_in_boxes)
def sort(screen: "MainScreen") -> None:
    screen.panes.boxes.next_order()


@does("list.worst", valid=_in_boxes, hint=3)
def worst(screen: "MainScreen") -> None:
    screen.panes.boxes.toggle_worst()


@does("view.back")
def back(screen: "MainScreen") -> None:
    if screen.panes.zoomed:
        screen.panes.zoom(on=False)
    elif screen.panes.last_list.needle:
        screen.panes.last_list.filter("")
    else:
        screen.panes.focus_list()


@does("console.quit")
async def leave(screen: "MainScreen") -> None:
    from boxtui.tui.actions.terminals import may_quit  # noqa: PLC0415 - it may never be needed

    if await may_quit(screen):
        screen.app.exit(0)
