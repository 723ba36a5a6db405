"""The panes of the main screen: which has the focus, which is zoomed, what is selected."""

from textual.screen import Screen

from boxtui.tui.snapshot import Target
from boxtui.tui.widgets.detail import DetailPane
from boxtui.tui.widgets.lists import BoxesList, ObjectList, VolumesList

ORDER = ("boxes", "volumes", "detail", "beside")


class Panes:
    """Finds its way about the panes, by their ids."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._last_list = "boxes"
        self.zoomed: str | None = None

    @property
    def boxes(self) -> BoxesList:
        """The list of boxes."""
        return self._screen.query_one("#boxes", BoxesList)

    @property
    def volumes(self) -> VolumesList:
        """The list of volumes."""
        return self._screen.query_one("#volumes", VolumesList)

    @property
    def detail(self) -> DetailPane:
        """The first detail."""
        return self._screen.query_one("#detail", DetailPane)

    @property
    def beside(self) -> DetailPane:
        """The second detail, of wide screens."""
        return self._screen.query_one("#beside", DetailPane)

    @property
    def last_list(self) -> ObjectList:
        """The list that has the focus, or had it last."""
        return self.volumes if self._last_list == "volumes" else self.boxes

    @property
    def target(self) -> Target | None:
        """The object selected."""
        return self.last_list.target

    @property
    def current(self) -> str:
        """Which pane has the focus."""
        focused = self._screen.focused
        if focused is not None:
            for node in focused.ancestors_with_self:
                if node.id in ORDER:
                    return str(node.id)
        return self._last_list

    @property
    def active_detail(self) -> DetailPane:
        """The detail that keys for tabs mean."""
        return self.beside if self.current == "beside" else self.detail

    def note_focus(self) -> None:
        """Remember which list was used last; a narrow screen shows that one."""
        if self.current in {"boxes", "volumes"}:
            self._last_list = self.current
        self._screen.set_class(self._last_list == "volumes", "-volumes")

    def focus(self, name: str) -> None:
        """Give a pane the focus; on a narrow screen a list takes the other's place."""
        if name in {"boxes", "volumes"}:
            self._last_list = name
            self._screen.set_class(name == "volumes", "-volumes")
        if self.zoomed is not None:
            self._set_zoom(name)
        if name in {"detail", "beside"}:
            pane = self.beside if name == "beside" and self.beside.display else self.detail
            pane.focus_inside()
        else:
            self.last_list.focus()

    def focus_list(self) -> None:
        """Go back to the list used last."""
        self.focus(self._last_list)

    @property
    def map_path(self) -> str | None:
        """The path chosen in the map, while the map has the focus."""
        from boxtui.tui.widgets.map_tab import MapTab  # noqa: PLC0415 - not for the first list

        tab = self.active_detail.current
        if self.current in {"detail", "beside"} and isinstance(tab, MapTab):
            return tab.path
        return None

    def go_to(self, box_id: str) -> None:
        """Select a box, wherever it is in the list."""
        self.focus("boxes")
        self.boxes.reveal(box_id)

    def step(self, by: int) -> None:
        """Go to the next pane that is there, or the one before."""
        there = [name for name in ORDER if name != "beside" or self.beside.display]
        at = there.index(self.current) if self.current in there else 0
        self.focus(there[(at + by) % len(there)])

    def zoom(self, *, on: bool) -> None:
        """Give the whole screen to the pane in focus, or show all again."""
        self._set_zoom(self.current if on else None)

    def zoom_to(self, name: str) -> None:
        """Give the whole screen to a pane, whichever has the focus."""
        self._set_zoom(name)

    def _set_zoom(self, name: str | None) -> None:
        self.zoomed = name
        for pane in ORDER:
            self._screen.set_class(pane == name, f"-zoom-{pane}")
