"""The four live pictures of the page: line, surface, error, effective rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.error_plot import ErrorPlot
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.line_plot import LinePlot
from cfstudio.gui.optimizer_lab.method_box import line_sample
from cfstudio.gui.optimizer_lab.rate_plot import RatePlot
from cfstudio.gui.optimizer_lab.surface_plot import SurfacePlot
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.catalog import METHODS

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from cfstudio.gui.optimizer_lab.ghosts import Ghosts
    from cfstudio.gui.optimizer_lab.session import LabSession

ACROSS = 4


class Pictures(QWidget):
    """All pictures of the page shown, and which line is whose."""

    def __init__(self, session: LabSession, ghosts: Ghosts) -> None:
        super().__init__()
        self._session = session
        self.line, self.rates = LinePlot(session), RatePlot(session)
        self.surface, self.errors = SurfacePlot(session, ghosts), ErrorPlot(session, ghosts)
        self.others = QCheckBox("&Other methods from the same start")
        named(self.others, "Other methods from the same start", "Draw where the other methods would be by now")
        self.others.setChecked(True)
        self.others.toggled.connect(self._show_others)
        layout, grid = QVBoxLayout(self), QGridLayout()
        layout.setContentsMargins(4, 4, 4, 4)
        for place, plot in enumerate((self.line, self.surface, self.errors, self.rates)):
            grid.addWidget(plot, place // 2, place % 2)
        for place in range(2):
            grid.setRowStretch(place, 1)
            grid.setColumnStretch(place, 1)
        layout.addLayout(grid, 1)
        layout.addWidget(self.others)
        self._keys: dict[str, tuple[QLabel, QLabel]] = {}
        layout.addLayout(self._make_keys())
        fit_to_zoom(self, self._draw_keys)
        self.surface.clicked.connect(session.start_at)

    def show_page(self) -> None:
        """Another page, other points: draw everything anew."""
        for plot in (self.line, self.surface, self.errors, self.rates):
            plot.show_data()
        for name, (_, text) in self._keys.items():
            font = text.font()
            font.setBold(name == self._session.method)
            text.setFont(font)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == event.Type.PaletteChange and hasattr(self, "_keys"):
            self._draw_keys()

    def _make_keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        for place, (name, method) in enumerate(METHODS.items()):
            sample, text, pair = QLabel(), QLabel(method.title), QHBoxLayout()
            pair.setSpacing(6)
            pair.addWidget(sample)
            pair.addWidget(text, 1)
            grid.addLayout(pair, place // ACROSS, place % ACROSS)
            grid.setColumnStretch(place % ACROSS, 1)
            self._keys[name] = (sample, text)
        return grid

    def _draw_keys(self) -> None:
        height = self.fontMetrics().height()
        size = QSize(height * 3 // 2, height)
        for name, (sample, _) in self._keys.items():
            sample.setPixmap(line_sample(name, size, self.devicePixelRatioF()).pixmap(size))

    def _show_others(self, shows: bool) -> None:
        for plot in (self.surface, self.errors):
            plot.shows_others = shows
            plot.refresh()
