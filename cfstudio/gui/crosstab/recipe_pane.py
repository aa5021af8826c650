"""Lines of Python to read, copy and save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.exports import ask_and_save
from cfstudio.ratings.pandas_recipe import LINE_LENGTH, MOVIES_FILE, RATINGS_FILE
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

FEWEST_LINES = 8
MOST_LINES = 25
"""Lines of the longest recipe."""
HELP = (
    f"These lines build the same crosstab from {RATINGS_FILE} with the columns userId, movieId, rating, "
    f"and {MOVIES_FILE} with movieId, title, genres, as MovieLens has them. "
    "Ratings that were changed here are not in those files."
)


class RecipePane(QWidget):
    """The lines under the heading "Show me this in pandas"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = QPlainTextEdit()
        self.code.setObjectName("pandasRecipe")
        self.code.setReadOnly(True)
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setTabChangesFocus(True)
        self.code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.code.setAccessibleName("The crosstab in pandas")
        self.code.setAccessibleDescription(HELP)
        self.code.setToolTip(HELP)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(self.font().pointSizeF())
        self.code.setFont(font)
        metrics = self.code.fontMetrics()
        self.code.setMinimumWidth(metrics.horizontalAdvance("m" * (LINE_LENGTH + 4)))
        self.code.setMinimumHeight(metrics.lineSpacing() * FEWEST_LINES)
        self.copy_button = QPushButton("&Copy")
        self.copy_button.setToolTip("Copy all lines")
        self.copy_button.setAccessibleName("Copy the lines")
        self.save_button = QPushButton("Save as…")
        self.save_button.setToolTip("Save the lines as a Python file")
        self.save_button.setAccessibleName("Save the lines")
        for button in (self.copy_button, self.save_button):
            button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self._save)
        self._arrange()

    def _arrange(self) -> None:
        heading = QLabel("Show me this in pandas")
        heading.setBuddy(self.code)
        font = heading.font()
        font.setWeight(font.Weight.DemiBold)
        heading.setFont(font)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(self.copy_button)
        top.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.code, 1)

    def sizeHint(self) -> QSize:
        """Room for the longest recipe."""
        n_missing = MOST_LINES - FEWEST_LINES
        return self.minimumSizeHint() + QSize(0, self.code.fontMetrics().lineSpacing() * n_missing)

    def show_code(self, code: str) -> None:
        """Show other lines."""
        if code != self.code.toPlainText():
            self.code.setPlainText(code)
        self.copy_button.setEnabled(bool(code))
        self.save_button.setEnabled(bool(code))

    def copy(self) -> None:
        """Put all lines on the clipboard."""
        QGuiApplication.clipboard().setText(self.code.toPlainText())

    def _save(self) -> None:
        ask_and_save(self, "crosstab.py", "Python files (*.py)", self.write)

    def write(self, path: Path) -> None:
        """Write the lines into a file. Raises OSError."""
        with atomic_write(path) as file:
            file.write(self.code.toPlainText().encode())
