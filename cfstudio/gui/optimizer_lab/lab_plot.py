"""What all pictures of the lab share: colors of the theme, plain axes, copying and saving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPen, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem, QMenu, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.plot_picture import write_png, write_svg
from cfstudio.gui.training.rmse_axes import RmseAxis
from cfstudio.gui.zoom import fit_to_zoom, is_left_to_zoom

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF


class LabPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that follows its numbers until a person pans or zooms; a double-click follows again.

    Subclasses say in `table` what their numbers are, and draw in `recolor` what has its color from the theme.
    """

    clicked = Signal(float, float)
    """A place in the plot's coordinates."""

    def __init__(self, name: str, title: str, tip: str, axes: tuple[str, str]) -> None:
        super().__init__(axisItems={"left": RmseAxis("left"), "bottom": RmseAxis("bottom")})
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(tip)
        self.setToolTip(f"{title}: {tip}\nDrag to move, wheel to zoom, double-click to fit, right-click to save.")
        self.title, self._axes = title, axes
        self.follows = True
        self._was_shown = False
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.disableAutoRange()
        plot.getViewBox().sigRangeChangedManually.connect(self._stop_following)
        for side in ("left", "bottom"):
            plot.getAxis(side).enableAutoSIPrefix(False)
            # Axes seldom change, and would be painted with every frame of what is between them.
            plot.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu().popup(self.mapToGlobal(place)))
        self.scene().sigMouseClicked.connect(self._on_click)
        fit_to_zoom(self, self._fit)

    def table(self) -> list[list[object]]:
        """Header and rows of what is drawn."""
        raise NotImplementedError

    def recolor(self) -> None:
        """Take the theme's colors; called again when the theme changes."""

    def follow(self) -> None:
        """Fit the axes to the numbers again."""
        self.follows = True

    def menu(self) -> QMenu:
        """What can be taken along."""
        menu, file_name = QMenu(self), self.objectName()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Fit the axes", self.follow)
        menu.addSeparator()
        menu.addAction("Copy the numbers", lambda: copy_rows(self.table()))
        write = lambda path: write_csv(path, self.table())  # noqa: E731
        menu.addAction("Save the numbers as CSV…", partial(self._save, f"{file_name}.csv", "CSV files (*.csv)", write))
        png, svg = partial(write_png, self), partial(write_svg, self, title=self.title)
        menu.addAction("Save the picture as PNG…", partial(self._save, f"{file_name}.png", "PNG pictures (*.png)", png))
        menu.addAction("Save the picture as SVG…", partial(self._save, f"{file_name}.svg", "SVG drawings (*.svg)", svg))
        return menu

    def set_axes(self, bottom: str, left: str) -> None:
        """Name the axes."""
        self._axes = (bottom, left)
        self._take_theme()

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Put the axes where the numbers are."""
        self.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom into the plot; with Ctrl the whole program zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "title"):
            self._take_theme()

    def showEvent(self, event: QEvent) -> None:
        """Take the colors now at the latest."""
        super().showEvent(event)
        self._was_shown = True
        self._take_theme()

    def _take_theme(self) -> None:
        if not self._was_shown:
            return
        theme, plot, size = current_theme(), self.getPlotItem(), f"{self.font().pointSizeF():.1f}pt"
        self.setBackground(theme.color("base"))
        for side, text in (("bottom", self._axes[0]), ("left", self._axes[1])):
            axis = plot.getAxis(side)
            axis.setPen(QPen(theme.color("mid"), 1))
            axis.setTextPen(theme.color("muted_text"))
            axis.setLabel(text, **{"color": theme.muted_text, "font-size": size})
        plot.setTitle(self.title, color=theme.text, size=size)
        self.recolor()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setTickFont(self.font())
            axis.setStyle(hideOverlappingLabels=True)
        self.getPlotItem().getAxis("left").setWidth(metrics.horizontalAdvance("0.00005") + metrics.height() * 2)
        self.setMinimumSize(metrics.averageCharWidth() * 24, metrics.height() * 8)
        self._take_theme()

    def _save(self, file_name: str, kind: str, write: object) -> None:
        ask_and_save(self, file_name, kind, write)  # type: ignore[arg-type]

    def _stop_following(self) -> None:
        self.follows = False

    def _on_click(self, event: object) -> None:
        if event.double():  # type: ignore[attr-defined]
            self.follow()
        elif event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            place: QPointF = self.getPlotItem().getViewBox().mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
            self.clicked.emit(place.x(), place.y())


def named(widget: QWidget, name: str, tip: str) -> None:
    """Give a control its accessible name and its tooltip."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(tip)
    widget.setToolTip(tip)
