"""The runs of the document: a table to compare them, and what can be done with the selected ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.runs.runs_model import BEST, HEADERS, RunsModel
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.setting_field import SPOKEN
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.run_log import RunRemovedEdit, differences, restored

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.run_log import Run

EMPTY = "Every run gets a row here, the best on top. Press Space to train the first one."


class RunsTable(CopyableTable):
    """Rows of runs; Delete removes the selected ones, F2 or a double click edits names and notes."""

    delete_wanted = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__("runs.csv", parent)
        self.setObjectName("runsTable")
        self.setAccessibleName("Runs")
        self.setAccessibleDescription("Every run with its settings, best held-out RMSE and time; the best on top")
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setModel(model)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(BEST, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(model.sort)
        self._recolor()

    def _recolor(self) -> None:
        """The style draws the frames of check marks in a darker shade of this role, invisible in a dark theme."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(current_theme().text))
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.palette().window().color() != current_theme().color(
            "text"
        ):
            self._recolor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes runs."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        else:
            super().keyPressEvent(event)


class RunsPanel(QWidget):
    """Table, differences of the selected runs, and buttons to restore, delete, copy."""

    overlays_changed = Signal(list)
    """Runs to be drawn beside the present one."""
    said = Signal(str)
    """Why something could not be done."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsPanel")
        self._workspace = workspace
        self.model = RunsModel(workspace, self)
        self.table = RunsTable(self.model)
        self.difference = QLabel(wordWrap=True)
        self.difference.setObjectName("runsDifference")
        self.difference.setAccessibleName("Differences of the selected runs")
        self.difference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.restore = _button("Restore", "Put the selected run's factors and settings back; Undo takes that back")
        self.delete = _button("Delete", "Take the selected runs out of the table (Delete)")
        self.more = _button("Export", "Copy or save the table")
        self.more.setMenu(self.table.menu())
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._invitation = QLabel(EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._invitation.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._refreshing = QTimer(self, singleShot=True, interval=0)
        self._arrange()
        self._connect()
        self._refresh()

    def _arrange(self) -> None:
        place = QWidget()
        self._stack = QStackedLayout(place)
        self._stack.addWidget(self._invitation)
        self._stack.addWidget(self.table)
        buttons = QHBoxLayout()
        for button in (self.restore, self.delete, self.more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(place, 1)
        layout.addWidget(self.difference)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._refreshing.timeout.connect(self._refresh)
        # Not at once: the table may be in the middle of an edit of its own.
        self._workspace.runs.changed.connect(self._refresh_soon)
        self.model.overlays_changed.connect(self._tell_overlays)
        self.model.modelReset.connect(self._follow_selection)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.restore.clicked.connect(self.restore_selected)
        self.delete.clicked.connect(self.delete_selected)
        self.table.delete_wanted.connect(self.delete_selected)

    def selected(self) -> list[Run]:
        """The selected runs, from top to bottom."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.run(row) for row in rows]

    def overlays(self) -> list[Run]:
        """The checked runs."""
        return [run for run in self._workspace.runs.runs if run.number in self.model.checked]

    def restore_selected(self) -> None:
        """Put the selected run's factors, settings and curve back as one undo step."""
        chosen = self.selected()
        if len(chosen) != 1:
            return
        self._workspace.about_to_change.emit()
        try:
            # The run may have been on, and come to rest just now.
            run = self._workspace.runs.get(chosen[0].number)
            self._workspace.exchange_state(f"restoring {run.title}", restored(run, self._workspace))
        except Refusal as refusal:
            self.said.emit(str(refusal))

    def delete_selected(self) -> None:
        """Take the selected runs out of the table."""
        for run in self.selected():
            self._workspace.edits.apply(RunRemovedEdit(self._workspace.runs, run.number))

    def refresh_live(self) -> None:
        """Show what the run that is on has measured, if the table is to be seen."""
        if self.isVisible():
            self.model.refresh()

    def _refresh_soon(self) -> None:
        self._refreshing.start()

    def _refresh(self) -> None:
        chosen = [run.number for run in self.selected()]
        self.model.refresh()
        self._stack.setCurrentIndex(1 if len(self._workspace.runs) else 0)
        if [run.number for run in self.selected()] != chosen:
            self._select(chosen)
        self._follow_selection()
        self._tell_overlays()

    def _select(self, numbers: list[int]) -> None:
        selection = QItemSelection()
        for number in numbers:
            row = self.model.row_of(number)
            if row is not None:
                selection.select(self.model.index(row, 0), self.model.index(row, len(HEADERS) - 1))
        flag = self.table.selectionModel().SelectionFlag
        self.table.selectionModel().select(selection, flag.ClearAndSelect)

    def _on_selection(self, *_: object) -> None:
        self._follow_selection()

    def _follow_selection(self) -> None:
        chosen = self.selected()
        self.restore.setEnabled(len(chosen) == 1 and chosen[0].state is not None)
        self.delete.setEnabled(bool(chosen))
        text = difference_text(chosen[0], chosen[1]) if len(chosen) == 2 else ""
        if not text and len(chosen) == 1 and chosen[0].state is None:
            limit = self._workspace.runs.most_bytes >> 20
            text = f"Its numbers were let go: all runs may keep {limit:,} MB, and the oldest go first, never the best. "
            text += "Settings and curve are still here; train again for the numbers."
        self.difference.setText(text)
        self.difference.setVisible(bool(text))

    def _tell_overlays(self) -> None:
        self.overlays_changed.emit(self.overlays())


def difference_text(one: Run, other: Run) -> str:
    """What two runs differ in, as a sentence."""
    changes = [f"{label.lower()} {_spoken(a)} → {_spoken(b)}" for label, a, b in differences(one.config, other.config)]
    what = ", ".join(changes) if changes else "no difference in the settings"
    return f"{one.title} → {other.title}: {what}."


def _spoken(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return SPOKEN.get(value, value or "none")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(f"{text} runs")
    button.setAccessibleDescription(tip)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
