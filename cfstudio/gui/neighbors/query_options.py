"""How likeness is measured and who may be named: metric, shrinkage, filters, several at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.explore.co_rating import SHRINKAGE
from cfstudio.explore.filters import ItemFilter, genre_names
from cfstudio.gui.neighbors.question import Measure
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.signal_block import with_blocked

if TYPE_CHECKING:
    from cfstudio.explore.neighbors import Metric
    from cfstudio.explore.similar import Together
    from cfstudio.ratings.table import ItemTable
    from cfstudio.workspace.model_state import Side

METRICS: tuple[tuple[str, Metric, str], ...] = (
    ("Cosine", "cosine", "Cosine of the angle between the two factor vectors: 1 the same direction, 0 unrelated, "
     "−1 opposite"),
    ("Euclidean", "euclidean", "1 / (1 + distance) between the two factor vectors: 1 the same, toward 0 far apart"),
    ("Dot product", "dot", "Dot product of the two factor vectors: long ones, of the much rated, come first"),
)  # fmt: skip
WHY_SHRINK = (
    f"Adjust for how little is known: a likeness counts n / (n + {SHRINKAGE:g}) of itself for one with n ratings, "
    "so that the rarely rated must be much more alike to come first"
)
ANY_YEAR, LAST_YEAR = 1873, 2100
"""The first is shown as "any"; it is a year before the first film."""
SLIDER_STEPS = 60


class QueryOptions(QWidget):
    """A row that is always there, one for filters, one for several at once."""

    changed = Signal()
    minimum_slid = Signal(int)
    title_entered = Signal(str)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.metric_box, self.shrink, self.slider = QComboBox(), QCheckBox("Shrink"), QSlider(Qt.Orientation.Horizontal)
        self.filters, self.several = QToolButton(), QToolButton()
        self.genre, self.year_from, self.year_to = QComboBox(), QSpinBox(), QSpinBox()
        self.title, self.together, self.clear = QLineEdit(), QComboBox(), QToolButton()
        self.filter_row, self.several_row = QWidget(), QWidget()
        self._most = 1
        self._name_all()
        self._arrange()
        self._connect()

    def _name_all(self) -> None:
        for text, metric, tip in METRICS:
            self.metric_box.addItem(text, metric)
            self.metric_box.setItemData(self.metric_box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.together.addItem("like their mean", "mean")
        self.together.addItem("like all of them", "all")
        named(self.metric_box, "Measure", "How likeness is measured: cosine, Euclidean distance or dot product")
        named(self.shrink, "Adjust for few ratings", WHY_SHRINK)
        named(self.slider, "Fewest ratings, as a slider", "Leave out what has fewer ratings")
        named(self.filters, "Filter", "Only some genres or years")
        named(self.several, "Several", "Ask about several at once: like these, not like those")
        named(self.genre, "Genre", "Name only movies of this genre")
        named(self.year_from, "From year", "Name only movies of this year or later")
        named(self.year_to, "To year", "Name only movies of this year or earlier")
        named(self.title, "Add a title", "Return adds it to what the list shall be like; with − in front, not be like")
        named(self.together, "Several together", "Like the mean of all (a compromise), or like every single one")
        named(self.clear, "Only the selected one", "Ask about the movie or user selected in the sheet again")
        for widget, name in (
            (self.metric_box, "neighborMetric"), (self.shrink, "neighborShrink"), (self.slider, "neighborMinimum"),
            (self.filters, "neighborFilter"), (self.several, "neighborSeveral"), (self.genre, "neighborGenre"),
            (self.year_from, "neighborYearFrom"), (self.year_to, "neighborYearTo"), (self.title, "neighborTitle"),
            (self.together, "neighborTogether"), (self.clear, "neighborClear"),
        ):  # fmt: skip
            widget.setObjectName(name)

    def _arrange(self) -> None:
        self.slider.setRange(0, SLIDER_STEPS)
        for button, text in ((self.filters, "Filter"), (self.several, "Several")):
            button.setText(text)
            button.setCheckable(True)
        self.clear.setText("Clear")
        self.title.setPlaceholderText("Add a title; − in front: not like it")
        for box in (self.year_from, self.year_to):
            box.setRange(ANY_YEAR, LAST_YEAR)
            box.setSpecialValueText("any year")
            box.setKeyboardTracking(False)
        self.year_to.setRange(ANY_YEAR, LAST_YEAR)
        self.genre.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.genre.setMinimumContentsLength(8)
        always = QHBoxLayout()
        always.addWidget(self.metric_box)
        always.addWidget(self.shrink)
        always.addWidget(self.slider, 1)
        always.addWidget(self.several)
        always.addWidget(self.filters)
        grid = QGridLayout(self.filter_row)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, widget in enumerate((self.genre, self.year_from, self.year_to)):
            grid.addWidget(widget, 0, place)
            grid.setColumnStretch(place, 1)
        row = QHBoxLayout(self.several_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 1)
        row.addWidget(self.together)
        row.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(always)
        layout.addWidget(self.several_row)
        layout.addWidget(self.filter_row)
        self.filter_row.hide()
        self.several_row.hide()

    def _connect(self) -> None:
        self.filters.toggled.connect(self._toggle_filters)
        self.several.toggled.connect(self.several_row.setVisible)
        for box in (self.metric_box, self.genre, self.together):
            box.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.shrink.toggled.connect(lambda _on: self.changed.emit())
        for year in (self.year_from, self.year_to):
            year.valueChanged.connect(lambda _year: self.changed.emit())
        self.slider.valueChanged.connect(lambda place: self.minimum_slid.emit(self._ratings_at(place)))
        self.title.returnPressed.connect(lambda: self.title_entered.emit(self.title.text().strip()))
        self.clear.clicked.connect(self.cleared.emit)

    @property
    def measure(self) -> Measure:
        """How likeness is measured."""
        metric: Metric = self.metric_box.currentData()
        together: Together = self.together.currentData()
        return Measure(metric, together, SHRINKAGE if self.shrink.isChecked() else 0.0)

    @property
    def tip(self) -> str:
        """What the chosen similarity is."""
        shrunken = f"\n{WHY_SHRINK}" if self.shrink.isChecked() else ""
        return METRICS[self.metric_box.currentIndex()][2] + shrunken

    def conditions(self, min_ratings: int) -> ItemFilter:
        """Who may be named."""
        if not self.filters.isChecked():
            return ItemFilter(min_ratings=min_ratings)
        genre = self.genre.currentData()
        first, last = (box.value() if box.value() > ANY_YEAR else None for box in (self.year_from, self.year_to))
        return ItemFilter((genre,) if genre else (), first, last, min_ratings)

    def follow_document(self, items: ItemTable, most_ratings: int) -> None:
        """Offer the genres there are, and no more ratings than something has."""
        self._most = max(most_ratings, 1)
        with_blocked(self.genre, lambda: self._fill_genres(genre_names(items)))
        for box in (self.year_from, self.year_to):
            with_blocked(box, lambda box=box: box.setValue(ANY_YEAR))  # type: ignore[misc]
        with_blocked(self.filters, lambda: self.filters.setChecked(False))
        self.filter_row.hide()

    def follow_side(self, side: Side, minimum: int) -> None:
        """Users have neither genre nor year."""
        self.filters.setEnabled(side == "item")
        self.filter_row.setVisible(side == "item" and self.filters.isChecked())
        with_blocked(self.slider, lambda: self.slider.setValue(self._place_of(minimum)))

    def _fill_genres(self, names: list[str]) -> None:
        self.genre.clear()
        self.genre.addItem("any genre", "")
        for name in names:
            self.genre.addItem(name, name)

    def _toggle_filters(self, on: bool) -> None:
        self.filter_row.setVisible(on)
        self.changed.emit()

    def _ratings_at(self, place: int) -> int:
        """Few ratings in fine steps, many in coarse ones."""
        return round(math.exp(math.log(self._most + 1) * place / SLIDER_STEPS) - 1)

    def _place_of(self, ratings: int) -> int:
        places = range(SLIDER_STEPS + 1)
        return min(places, key=lambda place: abs(self._ratings_at(place) - ratings))
