"""The foot of the map: what is said of it, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from cfstudio.gui.zoom import fit_to_zoom


class MapFoot(QWidget):
    """Progress and Cancel are there only while something is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.note, self.progress, self.stop = QLabel(), QProgressBar(), QPushButton("Cancel")
        self.note.setObjectName("mapNote")
        self.note.setAccessibleName("About this map")
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setWordWrap(True)
        self.progress.setObjectName("mapProgress")
        self.progress.setAccessibleName("Progress of the map")
        self.progress.setToolTip("Iterations done")
        self.stop.setObjectName("mapCancel")
        self.stop.setToolTip("Stop here and keep the map as it is")
        self.stop.setAccessibleName("Cancel the map")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.note, 1)
        layout.addWidget(self.progress)
        layout.addWidget(self.stop)
        fit_to_zoom(self, lambda: self.progress.setMaximumWidth(self.fontMetrics().averageCharWidth() * 16))
        self.show_progress(None)

    def show_progress(self, iteration: int | None, of_all: int = 0) -> None:
        """So many iterations of all, where that is known; None for nothing on its way."""
        for widget in (self.progress, self.stop):
            widget.setVisible(iteration is not None)
        if iteration is not None:
            self.progress.setRange(0, of_all)
            self.progress.setValue(iteration)
