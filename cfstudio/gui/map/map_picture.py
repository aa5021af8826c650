"""Pictures of the map with its legend: PNG at twice the screen's resolution, SVG with points that stay such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.gui.map.legend import Legend
    from cfstudio.gui.map.map_plot import MapPlot

SCALE = 2


def write_map_png(plot: MapPlot, legend: Legend, path: Path) -> None:
    """Save map and legend as they are on the screen. Raises OSError."""
    image = QImage(_size(plot, legend) * SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    _paint(painter, plot, legend)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    _write(path, buffer)


def write_map_svg(plot: MapPlot, legend: Legend, path: Path) -> None:
    """Save map and legend as a drawing. Raises OSError."""
    # Only here: the window starts faster without QtSvg.
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    size = _size(plot, legend)
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle("Map of the factors")
    painter = QPainter(generator)
    _paint(painter, plot, legend)
    painter.end()
    _write(path, buffer)


def _size(plot: MapPlot, legend: Legend) -> QSize:
    return QSize(plot.width(), plot.height() + legend.heightForWidth(plot.width()))


def _paint(painter: QPainter, plot: MapPlot, legend: Legend) -> None:
    size = _size(plot, legend)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(QPoint(0, 0), size), current_theme().color("base"))
    plot.render(painter, QRectF(0, 0, plot.width(), plot.height()), plot.viewport().rect())
    painter.translate(0, plot.height())
    QWidget.render(legend, painter, QPoint(0, 0))


def _write(path: Path, buffer: QBuffer) -> None:
    with atomic_write(path) as file:
        file.write(bytes(buffer.data().data()))
