"""What the pages share: they follow the document, and do nothing while nobody sees them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from superqt import QElidingLabel

from cfstudio.gui.sheet.look import SheetLook

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace


class Page(QWidget):
    """Listens to the document; a hidden page catches up when it is shown."""

    about_to_edit = Signal()
    """Somebody begins to edit a number here: a run had better pause."""
    said = Signal(str)
    """A sentence for the status bar: what was copied or refused."""

    def __init__(
        self, workspace: Workspace, axes: SheetAxes, look: SheetLook | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._axes, self._look = workspace, axes, look or SheetLook()
        self._is_behind = True

    def _listen(self) -> None:
        """Follow the document from now on; called once everything that shows it is there."""
        workspace = self._workspace
        for changed in (workspace.opened, workspace.resized, workspace.model_changed, self._axes.changed):
            changed.connect(self._follow_document)
        for changed in (workspace.ratings_changed, workspace.factors_changed, workspace.score_changed):
            changed.connect(self._follow_numbers)
        workspace.selection_changed.connect(self._follow_selection)

    def follow_look(self) -> None:
        """Show the numbers in another format or other colors."""
        self._when_seen(self.show_look)

    def _follow_document(self) -> None:
        self._when_seen(self.show_document)

    def _follow_numbers(self) -> None:
        self._when_seen(self.show_numbers)

    def _follow_selection(self) -> None:
        self._when_seen(self.show_selection)

    def _when_seen(self, show: Callable[[], None]) -> None:
        if self.isVisible():
            show()
        else:
            self._is_behind = True

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what has happened meanwhile."""
        super().showEvent(event)
        if self._is_behind:
            self._is_behind = False
            self.show_document()
            self.show_look()

    @property
    @abstractmethod
    def main_table(self) -> QWidget:
        """What has the keyboard when somebody comes to the page."""

    @abstractmethod
    def show_document(self) -> None:
        """Show another document, or this one in another shape; includes its numbers and selection."""

    @abstractmethod
    def show_look(self) -> None:
        """Show all numbers in the format that is wanted now."""

    @abstractmethod
    def show_numbers(self) -> None:
        """Show ratings, factors and RMSE as they are now, at rest."""

    @abstractmethod
    def show_selection(self) -> None:
        """Go to what is selected."""

    @abstractmethod
    def refresh(self) -> None:
        """Repaint the numbers of a run in progress."""

    @abstractmethod
    def visible_users(self) -> IntArray:
        """Codes of the users whose numbers are on the screen."""

    @abstractmethod
    def visible_items(self) -> IntArray:
        """Codes of the items whose numbers are on the screen."""


def one_line(name: str) -> QElidingLabel:
    """A line of text that is cut where there is no room, and has a name for screen readers."""
    label = QElidingLabel()
    label.setAccessibleName(name)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
