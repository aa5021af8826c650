"""The docks about people and predictions: new person, new movie, recommendations, why; made when first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QWidget

from cfstudio.gui.dock_title import DockTitle
from cfstudio.gui.scrolled import scrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.main_window import MainWindow
    from cfstudio.gui.new_person.person_panel import PersonPanel
    from cfstudio.gui.new_person.person_session import PersonSession
    from cfstudio.gui.recommendations.recommendations_panel import RecommendationsPanel
    from cfstudio.gui.why.why_panel import WhyPanel

    LivePanel = PersonPanel | RecommendationsPanel | WhyPanel


DOCK_WIDTH = 420
"""Pixels that the panels are given at least, as the window gives its other docks."""
LINES_NEEDED = 26
"""Height in lines of text below which a panel is hard to use, where the window has so much."""


class LazyDock(QDockWidget):
    """An empty dock, so that the window's memory of its layout knows it; its panel is made when it is first seen."""

    def __init__(self, name: str, title: str, make: Callable[[], QWidget], window: MainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._make = make
        self._panel: QWidget | None = None
        self.setTitleBarWidget(DockTitle(self))
        self._scroll = scrolled(QWidget())
        self.setWidget(self._scroll)
        self.visibilityChanged.connect(self._on_visible)

    @property
    def panel(self) -> QWidget:
        """The panel, made now if need be."""
        if self._panel is None:
            self._panel = self._make()
            self._scroll.setWidget(self._panel)
            self._panel.show()
        return self._panel

    def _on_visible(self, visible: bool) -> None:
        if visible:
            _ = self.panel


class PeopleDocks(QObject):
    """Makes and shows them. They stand as tabs behind the training and the neighbors, hidden at first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._person: PersonSession | None = None
        self.new_person = self._dock("newUserDock", "New person", self._make_person, "trainingDock")
        self.new_movie = self._dock("newMovieDock", "New movie", self._make_movie, "trainingDock")
        self.recommendations = self._dock(
            "recommendationsDock", "Recommendations", self._make_recommendations, "neighborsDock"
        )
        self.why = self._dock("whyDock", "Why this prediction", self._make_why, "neighborsDock")

    def _dock(self, name: str, title: str, make: Callable[[], QWidget], beside: str) -> LazyDock:
        window = self._window
        dock = LazyDock(name, title, make, window)
        neighbor = window.findChild(QDockWidget, beside)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        if neighbor is not None:
            window.tabifyDockWidget(neighbor, dock)
        dock.hide()
        if neighbor is not None:
            # The dock that came last stood in front of it.
            neighbor.raise_()
        return dock

    def show_new_person(self) -> None:
        """Open the panel of a new person, the keyboard in its search."""
        self._open(self.new_person)
        panel: PersonPanel = self.new_person.panel  # type: ignore[assignment]
        panel.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_new_movie(self) -> None:
        """Open the panel of a new movie."""
        self._open(self.new_movie)

    def show_recommendations(self) -> None:
        """Open the recommendations for the selected user."""
        self._open(self.recommendations)

    def show_why(self) -> None:
        """Open the waterfall of the selected prediction."""
        self._open(self.why)

    def _open(self, dock: LazyDock) -> None:
        _ = dock.panel
        width, needed = max(dock.width(), DOCK_WIDTH), dock.fontMetrics().height() * LINES_NEEDED
        dock.show()
        dock.raise_()
        # A dock that was never shown would otherwise bring its own, smaller, idea of a width.
        self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        if dock.height() < needed <= self._window.height() // 2:
            self._window.resizeDocks([dock], [needed], Qt.Orientation.Vertical)

    @property
    def person(self) -> PersonSession:
        """The new person of this window."""
        if self._person is None:
            from cfstudio.gui.new_person.person_session import PersonSession

            self._person = PersonSession(self._window.workspace, self)
        return self._person

    def _make_person(self) -> QWidget:
        from cfstudio.gui.new_person.person_panel import PersonPanel
        from cfstudio.gui.new_person.you_row import YouRow

        window = self._window
        panel = PersonPanel(self.person, window.control, window.training)
        panel.go_to.connect(self._go_to_item)
        row = YouRow(self.person, window.sheet)
        row.setVisible(panel.isVisible())
        panel.shown.connect(row.setVisible)
        window.panes.add(row.view)
        self._watch(panel)
        return panel

    def _make_movie(self) -> QWidget:
        from cfstudio.gui.new_movie.movie_panel import MoviePanel
        from cfstudio.gui.new_movie.movie_session import MovieSession

        panel = MoviePanel(MovieSession(self._window.workspace, self))
        panel.go_to.connect(self._go_to_item)
        self._window.keep_space(panel)
        return panel

    def _make_recommendations(self) -> QWidget:
        from cfstudio.gui.recommendations.recommendations_panel import RecommendationsPanel

        panel = RecommendationsPanel(self._window.workspace)
        panel.cell_wanted.connect(self._window.workspace.select)
        self._watch(panel)
        return panel

    def _make_why(self) -> QWidget:
        from cfstudio.gui.why.why_panel import WhyPanel

        panel = WhyPanel(self._window.workspace)
        panel.cell_wanted.connect(self._window.workspace.select)
        self._watch(panel)
        return panel

    def _watch(self, panel: LivePanel) -> None:
        self._window.keep_space(panel)
        self._window.training.also_follow(panel)

    def _go_to_item(self, item: int) -> None:
        workspace = self._window.workspace
        workspace.select(user=workspace.selection.user, item=item)
