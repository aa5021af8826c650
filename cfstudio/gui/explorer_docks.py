"""The explorer's docks: neighbors, map, biases and factors, as tabs of one place at the right of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from cfstudio.gui.dock_room import give_half
from cfstudio.gui.dock_tabs import dress_dock_tabs
from cfstudio.gui.explorer_view import ExplorerPanel, LazyView
from cfstudio.gui.pane_keys import takes_focus
from cfstudio.gui.sheet.line_selection import select_lines, several_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.live_follower import LiveFollower
    from cfstudio.gui.neighbors.neighbors_panel import NeighborsPanel
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.workspace.document import Workspace


def _make_map(workspace: Workspace) -> ExplorerPanel:
    from cfstudio.gui.map.map_panel import MapPanel

    return MapPanel(workspace)


def _make_bias(workspace: Workspace) -> ExplorerPanel:
    from cfstudio.gui.bias.bias_panel import BiasPanel

    return BiasPanel(workspace)


def _make_factors(workspace: Workspace) -> ExplorerPanel:
    from cfstudio.gui.factors.factors_panel import FactorsPanel

    return FactorsPanel(workspace)


LAZY = (("map", "Map", _make_map), ("bias", "Bias", _make_bias), ("factors", "Factors", _make_factors))


class ExplorerDocks(QObject):
    """Arranges the panels as tabs behind the neighbors and passes on what one of them chooses to sheet and list."""

    def __init__(self, workspace: Workspace, sheet: Sheet, neighbors: NeighborsPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._sheet, self._neighbors = sheet, neighbors
        self._docks: dict[str, QDockWidget] = {}
        self.views = {name: LazyView(workspace, f"{name}View", title, make) for name, title, make in LAZY}
        for view in self.views.values():
            view.built.connect(self._connect)
        # After the sheet has told the document which cell is current.
        sheet.ratings_view.selection_moved.connect(self._follow_several)

    @property
    def live_followers(self) -> tuple[LiveFollower, ...]:
        """All that follows a run."""
        return (self._neighbors, *self.views.values())

    def arrange(self, neighbors_dock: QDockWidget, make_dock: Callable[[str, str, QWidget], QDockWidget]) -> None:
        """Put the panels into docks, as tabs behind the one of the neighbors."""
        window = neighbors_dock.parent()
        assert isinstance(window, QMainWindow)
        self._docks["neighbors"] = neighbors_dock
        for name, title, _ in LAZY:
            self._docks[name] = make_dock(f"{name}Dock", title, self.views[name])
            self._docks[name].visibilityChanged.connect(lambda shown, name=name: self._follow_dock(name, shown=shown))
            window.tabifyDockWidget(neighbors_dock, self._docks[name])
        window.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, QTabWidget.TabPosition.North)
        neighbors_dock.raise_()

    def panes(self) -> list[QWidget]:
        """What can be seen of it, for the keyboard to go through."""
        views = [view for view in self.views.values() if view.can_be_seen()]
        return [self._neighbors.view, *views] if self._neighbors.can_be_seen() else [*views]

    def go_to(self, name: str) -> None:
        """Bring a panel to the front and give it the keyboard."""
        dock = self._docks[name]
        dock.show()
        dock.raise_()
        give_half(dock)
        if name == "neighbors":
            self._neighbors.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        view = self.views[name]
        view.ensure_built()
        first = next((one for one in view.findChildren(QWidget) if takes_focus(one)), view)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_down(self) -> None:
        """End what runs beside the window."""
        for view in self.views.values():
            if view.panel is not None:
                view.panel.close_down()

    def _follow_dock(self, name: str, *, shown: bool) -> None:
        dress_dock_tabs(self._docks[name].window())
        if shown:
            # Later: the dock says so before it has its place.
            QTimer.singleShot(0, self.views[name], self.views[name].ensure_built)

    def _connect(self, panel: ExplorerPanel) -> None:
        panel.lines_chosen.connect(self._select)

    def _follow_several(self) -> None:
        """Several whole rows or columns of the sheet are a question about all of them."""
        found = several_lines(self._sheet)
        if found is None:
            self._neighbors.end_of_several()
        else:
            self._neighbors.ask_for(*found)

    def _select(self, side: str, codes: list[int]) -> None:
        with self._neighbors.history.as_one():
            select_lines(self._sheet, "user" if side == "user" else "item", codes)
        self._neighbors.refresh_live()
