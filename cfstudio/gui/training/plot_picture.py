"""Pictures of a plot: PNG at twice the screen's resolution, SVG with lines and text that stay such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter

from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QGraphicsView

SCALE = 2


def write_png(view: QGraphicsView, path: Path) -> None:
    """Save the view as it is on the screen. Raises OSError."""
    image = QImage(view.size() * SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Not QImage.save: PySide6 6.11 takes its format as str only, its type stubs as bytes only.
    QImageWriter(buffer, b"png").write(image)
    _write(path, buffer)


def write_svg(view: QGraphicsView, path: Path, title: str) -> None:
    """Save the view as a drawing. Raises OSError.

    Through Qt's own generator: pyqtgraph's SVG exporter fails on Qt 6.11 (pyqtgraph#3485).
    """
    # Only here: the window starts faster without QtSvg.
    from PySide6.QtSvg import QSvgGenerator

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(view.size()))
    generator.setViewBox(view.rect())
    generator.setTitle(title)
    painter = QPainter(generator)
    view.render(painter)
    painter.end()
    _write(path, buffer)


def _write(path: Path, buffer: QBuffer) -> None:
    with atomic_write(path) as file:
        file.write(bytes(buffer.data().data()))
