"""The words in an empty plot that say what to do: they stand where nothing else does, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from cfstudio.gui.zoom import enlarge, fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.gui.training.rmse_canvas import RmseCanvas

STEPS = 24
"""Heights that are looked at above the middle of the plot, and as many below."""


class Invitation(QLabel):
    """Lies on a canvas, clear of its lines and their names."""

    placed = Signal()
    """Whether there is room may have changed."""

    def __init__(self, text: str, canvas: RmseCanvas) -> None:
        super().__init__(text, canvas)
        self._canvas = canvas
        self._is_wanted = False
        self.has_room = True
        """Whether there is a place in the plot for it."""
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Lines and names have their places only once the plot has been laid out.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._place)
        canvas.getPlotItem().getViewBox().sigTransformChanged.connect(self.place)
        enlarge(self, 1.4)
        fit_to_zoom(self, self.place)

    @property
    def is_wanted(self) -> bool:
        """Whether there is no run yet."""
        return self._is_wanted

    def want(self, wanted: bool) -> None:
        """Show it, where there is room, or take it away."""
        self._is_wanted = wanted
        self.setVisible(wanted and self.has_room)
        self.place()

    def place(self) -> None:
        """Look for a place anew, before the next picture."""
        if self._is_wanted:
            self._later.start()

    def _place(self) -> None:
        self.adjustSize()
        area, taken = self._canvas.drawn_area()
        found = free_place(self.rect(), area, taken)
        self.has_room = found is not None
        if found is not None:
            self.move(found.topLeft())
        self.setVisible(self._is_wanted and self.has_room)
        self.placed.emit()


def free_place(wanted: QRect, area: QRect, taken: Sequence[QRect]) -> QRect | None:
    """The place of this size in the middle of `area`, as near to its center as it is clear of all that is `taken`."""
    place = QRect(wanted)
    place.moveCenter(area.center())
    middle, most = place.top(), (area.height() - place.height()) / 2
    for step in range(STEPS + 1):
        for top in (middle - step * most / STEPS, middle + step * most / STEPS):
            place.moveTop(round(top))
            if area.contains(place) and not any(place.intersects(one) for one in taken):
                return place
    return None
