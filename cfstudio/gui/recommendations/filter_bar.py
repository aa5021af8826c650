"""Which movies may be recommended: genres, years, number of ratings; how unlike each other; rated ones too or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cfstudio.explore.filters import ItemFilter, genre_names
from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.space_keeper import SpaceKeeper

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from cfstudio.ratings.table import Ratings

MOST_RATINGS = 1_000_000
LAST_YEAR = 2200
DIVERSITY_STEPS = 20
WHY_MINIMUM = "Leave out what has fewer ratings: its factors are still mostly the random start."
WHY_DIVERSITY = (
    "Further right, each next one is also to be unlike those above it: by the cosine of their factors, "
    "maximal marginal relevance."
)


class GenreButton(QToolButton):
    """A menu of genres to check; none checked means all."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("genreButton")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenu(QMenu(self))
        self._actions: list[QAction] = []
        self._describe()

    def offer(self, names: list[str]) -> None:
        """Offer other genres, none checked."""
        menu = self.menu()
        menu.clear()
        self._actions = []
        for name in names:
            action = menu.addAction(name)
            action.setCheckable(True)
            action.toggled.connect(self._on_toggled)
            self._actions.append(action)
        menu.addSeparator()
        menu.addAction("All genres", self.clear)
        self.setVisible(bool(names))
        self._describe()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The checked ones."""
        return tuple(action.text() for action in self._actions if action.isChecked())

    def clear(self) -> None:
        """Check none."""
        for action in self._actions:
            action.blockSignals(True)
            action.setChecked(False)
            action.blockSignals(False)
        self._on_toggled()

    def _on_toggled(self) -> None:
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        chosen = self.chosen
        text = "Genres" if not chosen else chosen[0] if len(chosen) == 1 else f"{len(chosen)} genres"
        self.setText(text)
        spoken = ", ".join(chosen) or "all"
        self.setAccessibleName(f"Genres: {spoken}")
        self.setToolTip(f"Only these genres: {spoken}")


class FilterBar(QWidget):
    """Two rows of controls; `changed` when a person moves one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self.setAccessibleName("Filters of the recommendations")
        self.genres = GenreButton()
        self.year_from = _year("From year", "Not older than this; “any” leaves the year open", "from ")
        self.year_to = _year("To year", "Not newer than this; “any” leaves the year open", "to ")
        self.min_ratings = QSpinBox()
        self.min_ratings.setObjectName("recommendedMinRatings")
        self.min_ratings.setRange(0, MOST_RATINGS)
        self.min_ratings.setKeyboardTracking(False)
        self.min_ratings.setPrefix("≥ ")
        self.min_ratings.setSuffix(" ratings")
        _explain(self.min_ratings, "Fewest ratings", WHY_MINIMUM)
        self.diversity = QSlider(Qt.Orientation.Horizontal)
        self.diversity.setObjectName("diversity")
        self.diversity.setRange(0, DIVERSITY_STEPS)
        _explain(self.diversity, "Diversity", WHY_DIVERSITY)
        self.with_rated = QCheckBox("&Rated ones too")
        self.with_rated.setObjectName("withRated")
        _explain(self.with_rated, "Rated ones too", "List what is rated already, crossed out")
        self._arrange()
        self._connect()
        self._keeper = SpaceKeeper(self)
        self._keeper.watch(self)

    def _arrange(self) -> None:
        label = QLabel("Di&versity")
        label.setBuddy(self.diversity)
        label.setToolTip(WHY_DIVERSITY)
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.genres, self.year_from, self.year_to, self.min_ratings):
            first.addWidget(widget)
        first.addStretch(1)
        second.addWidget(label)
        second.addWidget(self.diversity, 1)
        second.addWidget(self.with_rated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(first)
        layout.addLayout(second)

    def _connect(self) -> None:
        self.genres.changed.connect(self.changed)
        for box in (self.year_from, self.year_to, self.min_ratings):
            box.valueChanged.connect(lambda _value: self.changed.emit())
        self.diversity.valueChanged.connect(lambda _value: self.changed.emit())
        self.with_rated.toggled.connect(lambda _on: self.changed.emit())

    def offer(self, ratings: Ratings) -> None:
        """Offer what another document has, everything open."""
        self.blockSignals(True)
        self.genres.offer(genre_names(ratings.item_table))
        years = ratings.item_table.years[ratings.item_table.years > 0]
        for box in (self.year_from, self.year_to):
            box.setVisible(bool(len(years)))
            box.setMinimum((int(years.min()) if len(years) else 0) - 1)
            box.setValue(box.minimum())
        self.min_ratings.setValue(default_min_ratings(ratings.n_users))
        self.diversity.setValue(0)
        self.blockSignals(False)

    @property
    def filter(self) -> ItemFilter:
        """What the controls say."""
        return ItemFilter(
            self.genres.chosen, _year_of(self.year_from), _year_of(self.year_to), self.min_ratings.value()
        )

    @property
    def diversity_share(self) -> float:
        """Diversity from 0 to 1."""
        return self.diversity.value() / DIVERSITY_STEPS


def _year(name: str, tip: str, prefix: str) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name.replace(" ", "").lower())
    box.setRange(0, LAST_YEAR)
    box.setPrefix(prefix)
    box.setSpecialValueText(f"{prefix}any")
    box.setKeyboardTracking(False)
    _explain(box, name, tip)
    return box


def _year_of(box: QSpinBox) -> int | None:
    return None if box.value() == box.minimum() else box.value()


def _explain(widget: QWidget, name: str, tip: str) -> None:
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(tip)
    widget.setToolTip(tip)
