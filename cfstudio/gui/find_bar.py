"""Find: titles, ids, genres and users by text or regular expression, one after the other, or only those."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

WAIT_MS = 120
"""Pause in typing after which is searched."""
What = Literal["title", "genre", "user"]


class FindBar(QWidget):
    """Sits between formula bar and sheet while it is wanted."""

    closed = Signal()

    def __init__(self, workspace: Workspace, axes: SheetAxes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._axes = workspace, axes
        self.setObjectName("findBar")
        self.setAccessibleName("Find")
        self.what = QComboBox()
        self.what.setAccessibleName("What is searched")
        self.what.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.what.setToolTip("What is searched: titles and ids, genres, or users")
        self.field = QLineEdit()
        self.field.setObjectName("findField")
        self.field.setAccessibleName("Find")
        self.field.setToolTip("Return goes to the next one, Shift+Return to the one before, Escape closes")
        self.field.setPlaceholderText("Find…")
        self.field.setClearButtonEnabled(True)
        fit_to_zoom(self, lambda: self.field.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18))
        self.by_regex = QCheckBox("Regular e&xpression")
        self.by_regex.setToolTip("Take the text as a regular expression: ^The|Matrix")
        self.found = ShortenedLabel("How many were found")
        self.back = _tool("◀", "Previous", "Go to the one before (Shift+Return)")
        self.forth = _tool("▶", "Next", "Go to the next one (Return)")
        self.only = QPushButton("Show &only these")
        self.only.setToolTip("Hide all others; Sheet → Show all, or Ctrl+Z, brings them back")
        self.only.setAccessibleName("Show only what was found")
        self._close = _tool("✕", "Close find", "Close (Escape)")
        self._arrange()
        self._matches: IntArray = np.empty(0, dtype=np.int64)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _text: self._timer.start())
        self.by_regex.toggled.connect(lambda _checked: self.search())
        self.what.currentIndexChanged.connect(lambda _index: self.search())
        self.back.clicked.connect(lambda: self.go(-1))
        self.forth.clicked.connect(lambda: self.go(1))
        self.only.clicked.connect(self.show_only)
        self._close.clicked.connect(self.close_bar)
        workspace.opened.connect(self._follow_document)
        axes.changed.connect(self._search_if_open)
        self._follow_document()
        self.hide()

    def _arrange(self) -> None:
        search, results = QHBoxLayout(), QHBoxLayout()
        for widget in (self.what, self.field, self.by_regex):
            search.addWidget(widget)
        for button in (self.back, self.forth, self.only):
            results.addWidget(button)
        results.addWidget(self.found, 1)
        results.addWidget(self._close)
        self._halves = search, results
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(8, 2, 8, 4)
        self._layout.addLayout(search)
        self._layout.addLayout(results, 1)

    def minimumSizeHint(self) -> QSize:
        """Two lines, one over the other."""
        sizes = [half.minimumSize() for half in self._halves]
        return QSize(max(size.width() for size in sizes) + 16, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines where one has no room."""
        super().resizeEvent(event)
        wanted = sum(half.sizeHint().width() for half in self._halves) + 24
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.LeftToRight if wanted <= self.width() else direction.TopToBottom)

    def start(self) -> None:
        """Open, ready to type."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_bar(self) -> None:
        """Close; whoever listens takes the keyboard."""
        self.hide()
        self.closed.emit()

    def search(self) -> None:
        """Find anew among what the sheet shows."""
        self._timer.stop()
        text = self.field.text().strip()
        try:
            self._matches = self._find(text) if text else np.empty(0, dtype=np.int64)
        except re.error as error:
            self._matches = np.empty(0, dtype=np.int64)
            self.found.setText(f"The expression is incomplete: {error}.")
        else:
            n, shown = len(self._matches), len(self._codes())
            self.found.setText(f"{n:,} of {shown:,}" if text else "")
            if text and not n:
                hint = "" if self._axes.is_whole else "; some are hidden, Sheet → Show all shows them"
                self.found.setText(f"nothing found{hint}")
        for button in (self.back, self.forth, self.only):
            button.setEnabled(len(self._matches) > 0)

    def go(self, by: int) -> None:
        """Select the next one, or the one before, in the order of the sheet."""
        if self._timer.isActive():
            self.search()
        if not len(self._matches):
            return
        is_user = self._what == "user"
        selection = self._workspace.selection
        code = selection.user if is_user else selection.item
        places = self._axes.row_of_user if is_user else self._axes.column_of_item
        here = -1 if code is None else int(places[code])
        found = places[self._matches]
        ahead = np.flatnonzero(found > here) if by > 0 else np.flatnonzero(found < here)
        place = (int(ahead[0]) if len(ahead) else 0) if by > 0 else (int(ahead[-1]) if len(ahead) else len(found) - 1)
        target = int(self._matches[place])
        if is_user:
            self._workspace.select(user=target)
        else:
            self._workspace.select(item=target)
        self.found.setText(f"{place + 1:,} of {len(found):,}")

    def show_only(self) -> None:
        """Hide everything that was not found."""
        if self._timer.isActive():
            self.search()
        if len(self._matches):
            side: Side = "user" if self._what == "user" else "item"
            self._axes.keep(side, np.isin(self._codes(), self._matches), f"filter “{self.field.text().strip()[:30]}”")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return goes on, Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    @property
    def _what(self) -> What:
        what: What = self.what.currentData() or "title"
        return what

    def _codes(self) -> IntArray:
        return self._axes.users if self._what == "user" else self._axes.items

    def _find(self, text: str) -> IntArray:
        """Codes of what is shown and matches, in the order of the sheet. Raises re.error."""
        pattern = re.compile(text if self.by_regex.isChecked() else re.escape(text), re.IGNORECASE)
        codes = self._codes()
        names = [self._name(code) for code in codes.tolist()]
        return codes[np.array([pattern.search(name) is not None for name in names], dtype=np.bool_)]

    def _name(self, code: int) -> str:
        ratings = self._workspace.ratings
        if self._what == "user":
            return str(ratings.user_ids[code])
        if self._what == "genre":
            return str(ratings.item_table.genres[code])
        return f"{ratings.item_table.titles[code]} {ratings.item_table.ids[code]}"

    def _follow_document(self) -> None:
        label = self._workspace.ratings.item_label
        self.what.blockSignals(True)
        self.what.clear()
        self.what.addItem(f"{label.capitalize()}s", "title")
        if any(self._workspace.ratings.item_table.genres.tolist()):
            self.what.addItem("Genres", "genre")
        self.what.addItem("Users", "user")
        self.what.blockSignals(False)
        self.field.clear()
        self.search()

    def _search_if_open(self) -> None:
        if self.isVisible():
            self.search()


def _tool(sign: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
