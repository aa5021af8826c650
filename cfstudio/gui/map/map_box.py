"""The map's field: drag moves it, the wheel zooms, Shift and drag (or the lasso button) draws a lasso."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

LEAST_STEP = 3.0
"""Pixels between two corners of the lasso."""


class MapBox(pg.ViewBox):  # type: ignore[misc]
    """A view box with a lasso; `draws_lasso` makes every drag one."""

    lasso_moved = Signal(list)
    """Corners so far, in the plot's coordinates."""
    lasso_closed = Signal(list)

    def __init__(self) -> None:
        super().__init__(enableMenu=False, lockAspect=True)
        self.draws_lasso = False
        self._corners: list[QPointF] = []

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ANN401 - pyqtgraph's event
        """Draw, or move the map."""
        with_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_lasso = event.button() == Qt.MouseButton.LeftButton and (self.draws_lasso or with_shift or self._corners)
        if not is_lasso:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        if event.isStart():
            self._corners = [self.mapSceneToView(event.buttonDownScenePos())]
        self._corners.append(self.mapSceneToView(event.scenePos()))
        if event.isFinish():
            corners, self._corners = self._corners, []
            self.lasso_closed.emit(corners)
        else:
            self.lasso_moved.emit(list(self._corners))
