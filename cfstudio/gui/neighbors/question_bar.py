"""The head of the list of neighbors: back, forward, what was asked, and how many ratings it takes to be named."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpinBox, QToolButton, QWidget

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.shortened_label import ShortenedLabel

MOST_RATINGS = 1_000_000
WHY_MINIMUM = (
    "Leave out what has fewer ratings: its factors are still mostly the random start, "
    "and such rows would crowd the top of every list."
)


class QuestionBar(QWidget):
    """Says where somebody wants to go: −1 back, 1 forward."""

    gone = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.back, self.forward = QToolButton(), QToolButton()
        self.header, self.min_ratings = ShortenedLabel("Neighbors of"), QSpinBox()
        font = self.header.font()
        font.setWeight(font.Weight.DemiBold)
        self.header.setFont(font)
        # A long title must not force the panel to be wide.
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.min_ratings.setRange(0, MOST_RATINGS)
        self.min_ratings.setKeyboardTracking(False)
        self.min_ratings.setPrefix("≥ ")
        self.min_ratings.setSuffix(" ratings")
        named(self.min_ratings, "Fewest ratings", WHY_MINIMUM)
        for button, arrow, name, keys, by in (
            (self.back, Qt.ArrowType.LeftArrow, "Previous list", "Alt+Left", -1),
            (self.forward, Qt.ArrowType.RightArrow, "Next list", "Alt+Right", 1),
        ):
            button.setArrowType(arrow)
            button.setAutoRaise(True)
            named(button, name, f"{name} ({keys})")
            button.clicked.connect(lambda _checked=False, by=by: self.gone.emit(by))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.back, self.forward):
            layout.addWidget(widget)
        layout.addWidget(self.header, 1)
        layout.addWidget(self.min_ratings)
