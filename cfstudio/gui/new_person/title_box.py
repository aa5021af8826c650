"""A line to look a movie up by its title, with what goes by it listed below while it is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from cfstudio.explore.titles import UnknownItem, find_item, search_titles

if TYPE_CHECKING:
    from cfstudio.ratings.table import IntArray, Ratings

N_LISTED = 12


class TitleBox(QLineEdit):
    """Emits the code of the chosen item, or why there is none."""

    chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("titleSearch")
        self.setClearButtonEnabled(True)
        self._ratings: Ratings | None = None
        self._counts: IntArray | None = None
        self._listed: list[int] = []
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        # What is listed is what the search found, in its order.
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(N_LISTED)
        self._popup = QListView()
        self._popup.setAccessibleName("Titles found")
        self._completer.setPopup(self._popup)
        self.setCompleter(self._completer)
        self.textEdited.connect(self._search)
        self._completer.activated.connect(self._on_listed)
        self.returnPressed.connect(self._on_return)

    def offer(self, ratings: Ratings, counts: IntArray) -> None:
        """Look titles up among these; those with more ratings first."""
        self._ratings, self._counts = ratings, counts
        label = ratings.item_label
        self.setPlaceholderText(f"Search a {label} by its title…")
        self.setAccessibleName(f"Search a {label}")
        self.setToolTip(f"Type a part of a title, choose the {label}, give it stars")

    def _search(self, text: str) -> None:
        if self._ratings is None:
            return
        self._listed = search_titles(self._ratings.item_table, text, N_LISTED, self._counts)
        titles = [str(self._ratings.item_table.titles[code]) for code in self._listed]
        self._names.setStringList(titles)

    def _on_listed(self, _title: str) -> None:
        # Two may have the same title; the row of the list tells which.
        row = self._popup.currentIndex().row()
        if 0 <= row < len(self._listed):
            self._choose(self._listed[row])

    def _on_return(self) -> None:
        if self._ratings is None or not self.text().strip() or self._popup.isVisible():
            return
        if len(self._listed) == 1:
            self._choose(self._listed[0])
            return
        try:
            self._choose(find_item(self._ratings.item_table, self.text(), self._ratings.item_label))
        except UnknownItem as error:
            self.refused.emit(str(error))

    def _choose(self, code: int) -> None:
        self._listed = []
        self._popup.hide()
        self.chosen.emit(code)
        # The completer writes the title in after this; and emptying in this way leaves nothing to undo.
        QTimer.singleShot(0, self, lambda: self.setText(""))

    def event(self, event: QEvent) -> bool:
        """Leave undo to the panel where there is nothing typed to undo."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._is_for_panel(event):
            event.ignore()
            return False
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The same for the key itself."""
        if self._is_for_panel(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_for_panel(self, event: QKeyEvent) -> bool:
        undoes = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
        return undoes or (event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable())
