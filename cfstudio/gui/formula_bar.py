"""The formula bar: which cell is selected, how its number comes about, and a field that goes to a title or user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QSizePolicy, QWidget
from superqt import QElidingLabel

from cfstudio.explore.titles import UnknownItem, find_item, search_titles
from cfstudio.gui.sheet.formula import formula_of_selection, name_of_selection

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

MOST_SUGGESTIONS = 12
USER_PATTERN = re.compile(r"users?\s+(\S+)$", re.IGNORECASE)


class FormulaBar(QWidget):
    """Name box and formula of the selected cell."""

    refused = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setObjectName("formulaBar")
        self.setAccessibleName("Formula bar")
        self.name_box = QLineEdit()
        self.name_box.setObjectName("nameBox")
        self.name_box.setAccessibleName("Name box")
        self.name_box.setAccessibleDescription("Type part of a title, or “user 15”, and press Return to go there.")
        self.name_box.setToolTip("Type part of a title, or “user 15”, and press Return to go there (Ctrl+F)")
        self.name_box.setPlaceholderText("Find a title or user…")
        self.name_box.setClearButtonEnabled(True)
        self.name_box.setFixedWidth(self.fontMetrics().averageCharWidth() * 38)
        self._formula = QElidingLabel()
        self._formula.setObjectName("formulaText")
        self._formula.setAccessibleName("Formula of the selected cell")
        self._formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(10)
        layout.addWidget(self.name_box)
        layout.addWidget(self._formula, 1)

        self._suggestions = QStringListModel(self)
        completer = QCompleter(self._suggestions, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated.connect(self._go_to)
        self.name_box.setCompleter(completer)
        self.name_box.textEdited.connect(self._suggest)
        self.name_box.returnPressed.connect(lambda: self._go_to(self.name_box.text()))
        workspace.opened.connect(self.refresh)
        workspace.selection_changed.connect(self.refresh)
        workspace.ratings_changed.connect(self.refresh)
        workspace.factors_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Spell the selected cell's formula with the present numbers."""
        self._formula.setText(formula_of_selection(self._workspace))
        self._formula.setToolTip(self._formula.text())
        if not self.name_box.hasFocus():
            self.name_box.setText(name_of_selection(self._workspace))
            self.name_box.setCursorPosition(0)

    def start_search(self) -> None:
        """Put the cursor into the name box, ready to type a title."""
        self.name_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name_box.selectAll()

    def _suggest(self, text: str) -> None:
        titles = self._workspace.ratings.item_table.titles
        counts = self._workspace.ratings.counts_by_item()
        codes = search_titles(self._workspace.ratings.item_table, text, MOST_SUGGESTIONS, counts)
        self._suggestions.setStringList([str(titles[code]) for code in codes])

    def _go_to(self, text: str) -> None:
        text = text.strip()
        if not text or text == name_of_selection(self._workspace):
            self.name_box.clearFocus()
            return
        try:
            self._select(text)
        except UnknownItem as error:
            self.refused.emit(str(error))
            return
        self.name_box.clearFocus()
        self.refresh()

    def _select(self, text: str) -> None:
        ratings = self._workspace.ratings
        named_user = USER_PATTERN.match(text)
        if named_user:
            ids = [str(one) for one in ratings.user_ids]
            if named_user[1] not in ids:
                raise UnknownItem(f"There is no user {named_user[1]} in {ratings.name}.")
            self._workspace.select(user=ids.index(named_user[1]))
            return
        suggestions = self._suggestions.stringList()
        titles = ratings.item_table.titles
        try:
            code = find_item(ratings.item_table, text, ratings.item_label)
        except UnknownItem:
            # Part of a title means the first suggestion.
            if not suggestions or text.casefold() not in suggestions[0].casefold():
                raise
            code = next(code for code, title in enumerate(titles) if title == suggestions[0])
        self._workspace.select(item=int(code))
