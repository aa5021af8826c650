"""The name box: says what is selected, goes to what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from cfstudio.explore.titles import UnknownItem, search_titles
from cfstudio.gui.sheet.addresses import Place
from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.sheet.formula import name_of_selection
from cfstudio.gui.sheet.places import find_place
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet

MOST_SUGGESTIONS = 12
QWIDGETSIZE_MAX = 2**24 - 1
"""Qt's own word for no limit."""
HELP = "Type part of a title, “user 15”, “user 547, movie 356” or an address such as H25, and press Return to go there."


class NameBox(QLineEdit):
    """A field with suggestions of titles."""

    refused = Signal(str)

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet, self._workspace = sheet, sheet.workspace
        self.setObjectName("nameBox")
        self.setAccessibleName("Name box")
        self.setAccessibleDescription(HELP)
        self.setToolTip(f"{HELP} (Ctrl+G)")
        self.setPlaceholderText("Go to a title, user, cell…")
        self._room = QWIDGETSIZE_MAX
        fit_to_zoom(self, self._fit)
        self._suggestions = QStringListModel(self)
        completer = QCompleter(self._suggestions, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated.connect(self._go_to)
        self.setCompleter(completer)
        self.textEdited.connect(self._suggest)
        self.returnPressed.connect(lambda: self._go_to(self.text()))

    def _fit(self) -> None:
        """As wide as a title with its year where there is room, and less in a narrow window."""
        width = self.fontMetrics().averageCharWidth()
        self.setMinimumWidth(width * 14)
        self.set_room(self._room)

    def set_room(self, room: int) -> None:
        """Be no wider than so many pixels: the formula beside it wants the rest."""
        self._room = room
        width = self.fontMetrics().averageCharWidth()
        self.setMaximumWidth(max(min(width * 38, room), width * 14))

    def sizeHint(self) -> QSize:
        """The widest that it wants to be."""
        return QSize(self.maximumWidth(), super().sizeHint().height())

    def refresh(self) -> None:
        """Say what is selected, unless somebody is typing."""
        if not self.hasFocus():
            self.setText(self._name())
            self.setCursorPosition(0)

    def start(self) -> None:
        """Put the cursor here, ready to type."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _name(self) -> str:
        name = name_of_selection(self._workspace)
        index = self._sheet.last_grid.currentIndex()
        if not index.isValid() or not name:
            return name
        return f"{self._sheet.last_grid.grid_model.address(index.row(), index.column())} · {name}"

    def _suggest(self, text: str) -> None:
        titles = self._workspace.ratings.item_table.titles
        counts = self._workspace.ratings.counts_by_item()
        codes = search_titles(self._workspace.ratings.item_table, text, MOST_SUGGESTIONS, counts)
        self._suggestions.setStringList([str(titles[code]) for code in codes])

    def _go_to(self, text: str) -> None:
        text = text.strip()
        if text and text != self._name():
            try:
                self._select(text)
            except UnknownItem as error:
                self.refused.emit(str(error))
                return
        self._sheet.last_grid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves everything as it is."""
        if event.key() == Qt.Key.Key_Escape:
            self._sheet.last_grid.setFocus(Qt.FocusReason.OtherFocusReason)
            self.refresh()
        else:
            super().keyPressEvent(event)

    def _select(self, text: str) -> None:
        if text.replace("$", "").upper() == self._sheet.addresses.of_rmse:
            # No cell is current then: the formula bar shows the objective's formula.
            self._sheet.last_grid.clearSelection()
            self._sheet.last_grid.setCurrentIndex(QModelIndex())
            return
        place = find_place(self._workspace.ratings, self._sheet.addresses, text)
        if isinstance(place, Place):
            grids = dict(zip(("ratings", "user", "item"), self._sheet.grids, strict=True))
            grid = grids[place.grid]
            grid.setFocus(Qt.FocusReason.OtherFocusReason)
            grid.select_cell(place.row, place.column)
            if place.n_rows * place.n_columns > 1:
                last = place.row + place.n_rows - 1, place.column + place.n_columns - 1
                grid.select_range(CellRange(place.row, place.column, *last))
            return
        axes = self._sheet.axes
        is_hidden = (place.user is not None and axes.row_of_user[place.user] < 0) or (
            place.item is not None and axes.column_of_item[place.item] < 0
        )
        if is_hidden:
            raise UnknownItem(f"“{text}” is hidden; Sheet → Show all brings everybody and everything back.")
        self._sheet.last_grid = self._sheet.ratings_view
        self._workspace.select(place.user, place.item)
