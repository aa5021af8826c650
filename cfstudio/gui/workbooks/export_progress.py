"""How far the export of a workbook is, and a button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from cfstudio.gui.shortened_label import ShortenedLabel

if TYPE_CHECKING:
    from cfstudio.gui.workbooks.workbook_files import WorkbookFiles


class ExportProgress(QWidget):
    """A line for the status bar, hidden while nothing is exported."""

    def __init__(self, workbooks: WorkbookFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportProgress")
        self.setAccessibleName("Export of a workbook")
        self.label = ShortenedLabel("What is being exported")
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setFixedWidth(self.fontMetrics().averageCharWidth() * 18)
        self.bar.setAccessibleName("Progress of the export")
        self.bar.setToolTip("Part of the workbook's rows that is written")
        self.cancel = QPushButton("Cancel export")
        self.cancel.setToolTip("Stop the export; no file is written")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.label, self.bar, self.cancel):
            layout.addWidget(part)
        self.cancel.clicked.connect(workbooks.cancel)
        workbooks.progressed.connect(self._show_progress)
        workbooks.busy_changed.connect(self._show_busy)
        self._show_busy("")

    def _show_busy(self, text: str) -> None:
        self.label.setText(text)
        self.setVisible(bool(text))
        if not text:
            self.bar.setRange(0, 100)
            self.bar.setValue(0)

    def _show_progress(self, done: int, total: int) -> None:
        if done < total:
            self.bar.setValue(100 * done // total)
        else:
            # All rows are written; the zip that they are packed into does not know how large it will be.
            self.bar.setRange(0, 0)
