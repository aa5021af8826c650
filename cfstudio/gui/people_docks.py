"""The docks about people and predictions: new person, new movie, recommendations, why; made when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QScrollArea, QWidget

from cfstudio.gui.dock_room import give_half, give_lines
from cfstudio.gui.dock_tabs import dress_dock_tabs
from cfstudio.gui.dock_title import DockTitle
from cfstudio.gui.scrolled import scrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.main_window import MainWindow
    from cfstudio.gui.new_movie.movie_panel import MoviePanel
    from cfstudio.gui.new_person.person_panel import PersonPanel
    from cfstudio.gui.new_person.person_session import PersonSession
    from cfstudio.gui.recommendations.recommendations_panel import RecommendationsPanel
    from cfstudio.gui.why.why_panel import WhyPanel

DOCK_WIDTH = 420
"""Pixels that the panels are given at least, as the window gives its other docks."""

Panel = TypeVar("Panel", bound=QWidget)


class PeopleDocks(QObject):
    """Makes and shows them, as tabs behind the training and the neighbors: the window's start does not wait for them.

    `docks` has those made so far, by object name.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._person: PersonSession | None = None
        self.docks: dict[str, QDockWidget] = {}

    def show_new_person(self) -> None:
        """Open the panel of a new person, the keyboard in its search."""
        panel = self._open("newUserDock", "New person", self._make_person, "trainingDock")
        panel.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_new_movie(self) -> None:
        """Open the panel of a new movie, the keyboard in its title."""
        title = f"New {self._window.workspace.ratings.item_label}"
        panel = self._open("newMovieDock", title, self._make_movie, "trainingDock")
        panel.title.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_recommendations(self) -> None:
        """Open the recommendations for the selected user."""
        self._open("recommendationsDock", "Recommended", self._make_recommendations, "neighborsDock")

    def show_why(self) -> None:
        """Open the waterfall of the selected prediction."""
        self._open("whyDock", "Why", self._make_why, "neighborsDock")

    @property
    def person(self) -> PersonSession:
        """The new person of this window."""
        if self._person is None:
            from cfstudio.gui.new_person.person_session import PersonSession

            self._person = PersonSession(self._window.workspace, self)
        return self._person

    def _open(self, name: str, title: str, make: Callable[[], Panel], beside: str) -> Panel:
        """Show a dock in front of the one that it stands beside; its panel is made at the first time."""
        if name not in self.docks:
            self.docks[name] = self._dock(name, title, make(), beside)
        dock = self.docks[name]
        width = max(dock.width(), DOCK_WIDTH)
        dock.show()
        dock.raise_()
        # A dock that was never shown would otherwise bring its own, smaller, idea of a width.
        self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        give_lines(dock) if beside == "trainingDock" else give_half(dock)
        scroll = dock.widget()
        assert isinstance(scroll, QScrollArea)
        return cast("Panel", scroll.widget())

    def _dock(self, name: str, title: str, panel: QWidget, beside: str) -> QDockWidget:
        window = self._window
        dock = QDockWidget(title, window)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setTitleBarWidget(DockTitle(dock))
        dock.setWidget(scrolled(panel))
        # Where it was when the program was last used, if it was.
        if not window.restoreDockWidget(dock):
            neighbor = window.findChild(QDockWidget, beside)
            window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
            if neighbor is not None:
                window.tabifyDockWidget(neighbor, dock)
        window.keep_space(panel)
        for moved in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged):
            moved.connect(lambda _how: QTimer.singleShot(0, self, self._name_tabs))
        return dock

    def _name_tabs(self) -> None:
        """Qt makes the tab bars of docks, without a name for screen readers."""
        dress_dock_tabs(self._window)

    def _make_person(self) -> PersonPanel:
        from cfstudio.gui.new_person.person_panel import PersonPanel
        from cfstudio.gui.new_person.you_row import YouRow

        window = self._window
        panel = PersonPanel(self.person, window.control, window.training)
        panel.go_to.connect(self._go_to_item)
        row = YouRow(self.person, window.sheet)
        row.hide()
        panel.shown.connect(row.setVisible)
        window.panes.add(row.view)
        window.training.also_follow(panel)
        return panel

    def _make_movie(self) -> MoviePanel:
        from cfstudio.gui.new_movie.movie_panel import MoviePanel
        from cfstudio.gui.new_movie.movie_session import MovieSession

        panel = MoviePanel(MovieSession(self._window.workspace, self))
        panel.go_to.connect(self._go_to_item)
        return panel

    def _make_recommendations(self) -> RecommendationsPanel:
        from cfstudio.gui.recommendations.recommendations_panel import RecommendationsPanel

        panel = RecommendationsPanel(self._window.workspace)
        panel.cell_wanted.connect(self._window.workspace.select)
        self._window.training.also_follow(panel)
        return panel

    def _make_why(self) -> WhyPanel:
        from cfstudio.gui.why.why_panel import WhyPanel

        panel = WhyPanel(self._window.workspace)
        panel.cell_wanted.connect(self._window.workspace.select)
        self._window.training.also_follow(panel)
        return panel

    def _go_to_item(self, item: int) -> None:
        workspace = self._window.workspace
        workspace.select(user=workspace.selection.user, item=item)
