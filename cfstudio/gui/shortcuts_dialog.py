"""Help → Shortcuts: every action and every key, to be searched and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.action_specs import MENUS, SHEET_KEYS
from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.exports import copy_rows

if TYPE_CHECKING:
    from cfstudio.gui.actions import Actions

HEADINGS = ("Where", "What", "Keys")


def shortcut_rows(actions: Actions) -> list[tuple[str, str, str]]:
    """Menu, what it does, and the keys of every action; then the keys that only the sheet has."""
    rows = [
        (
            menu,
            f"{_name(action)}: {action.statusTip()}",
            ", ".join(filter(_is_on_keyboard, _keys(action))),
        )
        for menu, of_menu in actions.all().items()
        for action in of_menu
    ]
    return [*rows, *(("In the sheet", what, keys) for keys, what in SHEET_KEYS)]


def _name(action: QAction) -> str:
    """What an action is always called: “Undo”, not “Undo paste 3 × 4 ratings”."""
    usual = {spec.name: spec.text for specs in MENUS.values() for spec in specs}
    return usual.get(action.objectName(), action.iconText()).replace("&", "").removesuffix("…")


def _keys(action: QAction) -> list[str]:
    return [one.toString(QKeySequence.SequenceFormat.NativeText) for one in action.shortcuts()]


def _is_on_keyboard(keys: str) -> bool:
    """Whether keys are on every keyboard: not the "Undo" and "Open" of some."""
    return "+" in keys or keys in ("Space", "Esc") or (keys.startswith("F") and keys[1:].isdecimal())


class ShortcutsDialog(QDialog):
    """A table with a field that narrows it."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Shortcuts")
        self._rows = shortcut_rows(actions)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find an action or a key…")
        self.filter.setAccessibleName("Find a shortcut")
        self.filter.setToolTip("Show only what contains this text")
        self.filter.setClearButtonEnabled(True)
        self.table = QTableWidget(len(self._rows), len(HEADINGS))
        self.table.setAccessibleName("Shortcuts")
        self.table.setHorizontalHeaderLabels(HEADINGS)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        for row, texts in enumerate(self._rows):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        explain_buttons(buttons)
        copy = QPushButton("&Copy list")
        copy.setToolTip("Copy all of it, for a handout")
        copy.clicked.connect(lambda: copy_rows([HEADINGS, *self._rows]))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.filter.textChanged.connect(self._narrow)
        metrics = self.fontMetrics()
        self.resize(metrics.averageCharWidth() * 130, metrics.height() * 36)

    def _narrow(self, text: str) -> None:
        wanted = text.casefold().strip()
        for row, texts in enumerate(self._rows):
            self.table.setRowHidden(row, wanted not in " ".join(texts).casefold())
