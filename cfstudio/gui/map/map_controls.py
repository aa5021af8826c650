"""The controls above the map: whom it shows, how they are arranged and colored, search, lasso, axes, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QMenu, QSizePolicy, QSpinBox, QToolButton, QWidget

from cfstudio.explore.embedding import HOW_TO_GET_UMAP, has_umap
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.signal_block import with_blocked

if TYPE_CHECKING:
    from cfstudio.gui.map.coloring import Quantity
    from cfstudio.workspace.model_state import Side

WAIT_MS = 120
"""Pause in typing after which is searched."""
METHODS = ("pca", "tsne", "umap")
MOST_RATINGS = 1_000_000


class MapControls(QWidget):
    """Two rows; says what was chosen."""

    side_chosen = Signal()
    method_chosen = Signal(str)
    color_chosen = Signal()
    minimum_chosen = Signal(int)
    searched = Signal(str)
    search_entered = Signal()
    lasso_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.side_box, self.method_box, self.color_box = QComboBox(), QComboBox(), QComboBox()
        self.min_ratings, self.search, self.lasso, self.more = QSpinBox(), QLineEdit(), QToolButton(), QToolButton()
        self.menu = QMenu(self.more)
        self._name_all()
        self.method_box.addItems(["PCA", "t-SNE", "UMAP" if has_umap() else "UMAP (not installed)"])
        if not has_umap():
            self.method_box.setItemData(2, HOW_TO_GET_UMAP, Qt.ItemDataRole.ToolTipRole)
        self._typing = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._arrange()
        self._connect()

    def _name_all(self) -> None:
        named(self.side_box, "Movies or users", "Whose factors are mapped")
        named(
            self.method_box,
            "Arrangement",
            "PCA: the two directions in which the factors differ most, at once, and followed live.\n"
            "t-SNE: keeps neighbors together, distances between groups mean little; takes a while.\n"
            "UMAP: alike, faster with many points",
        )
        named(self.color_box, "Color by", "What color and shape of the points say")
        named(self.min_ratings, "Fewest ratings", "Leave out what has fewer ratings: its place is mostly chance")
        named(self.search, "Search the map", "Points out titles that contain these words; Return selects the first")
        named(
            self.lasso, "Lasso", "Drag a line around points to select them in the sheet; Shift and drag does the same"
        )
        named(self.more, "More", "Axes and their names, fit, copy, save")
        for widget, name in (
            (self.side_box, "mapSide"), (self.method_box, "mapMethod"), (self.color_box, "mapColor"),
            (self.min_ratings, "mapMinRatings"), (self.search, "mapSearch"), (self.lasso, "mapLasso"),
            (self.more, "mapMore"),
        ):  # fmt: skip
            widget.setObjectName(name)

    def _arrange(self) -> None:
        self.min_ratings.setRange(0, MOST_RATINGS)
        self.min_ratings.setKeyboardTracking(False)
        self.min_ratings.setPrefix("≥ ")
        self.min_ratings.setSuffix(" ratings")
        self.search.setPlaceholderText("Search…")
        self.search.setClearButtonEnabled(True)
        self.lasso.setText("Lasso")
        self.lasso.setCheckable(True)
        self.more.setText("More")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.menu)
        for box in (self.side_box, self.method_box, self.color_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for place, box in enumerate((self.side_box, self.method_box, self.color_box)):
            grid.addWidget(box, 0, 2 * place, 1, 2)
        grid.addWidget(self.search, 1, 0, 1, 2)
        grid.addWidget(self.min_ratings, 1, 2, 1, 2)
        grid.addWidget(self.lasso, 1, 4)
        grid.addWidget(self.more, 1, 5)
        for column in range(6):
            grid.setColumnStretch(column, 1)

    def _connect(self) -> None:
        self.side_box.currentIndexChanged.connect(lambda _place: self.side_chosen.emit())
        self.method_box.activated.connect(lambda place: self.method_chosen.emit(METHODS[place]))
        self.color_box.activated.connect(lambda _place: self.color_chosen.emit())
        self.min_ratings.valueChanged.connect(self.minimum_chosen.emit)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._enter)
        self.lasso.toggled.connect(self.lasso_toggled.emit)
        self._typing.timeout.connect(lambda: self.searched.emit(self.search.text()))

    @property
    def side(self) -> Side:
        """Whose factors are mapped."""
        return "user" if self.side_box.currentIndex() == 1 else "item"

    @property
    def quantity(self) -> Quantity:
        """What the points are colored by."""
        chosen: Quantity = self.color_box.currentData() or "ratings"
        return chosen

    def name_sides(self, item_label: str) -> None:
        """Call items what the data calls them; the choice stays."""
        place = max(self.side_box.currentIndex(), 0)

        def fill() -> None:
            self.side_box.clear()
            self.side_box.addItems([f"{item_label.capitalize()}s", "Users"])
            self.side_box.setCurrentIndex(place)

        with_blocked(self.side_box, fill)

    def offer_quantities(self, quantities: list[Quantity]) -> None:
        """Offer what there is to color by; the choice stays where it can."""
        if quantities == [self.color_box.itemData(place) for place in range(self.color_box.count())]:
            return
        chosen = self.color_box.currentData()
        self.color_box.clear()
        for one in quantities:
            self.color_box.addItem(f"Color: {one}", one)
        self.color_box.setCurrentIndex(quantities.index(chosen) if chosen in quantities else 0)

    def show_method(self, method: str) -> None:
        """Show which arrangement is on."""
        self.method_box.setCurrentIndex(METHODS.index(method))

    def show_minimum(self, value: int) -> None:
        """Set the fewest ratings."""
        with_blocked(self.min_ratings, lambda: self.min_ratings.setValue(value))

    def _enter(self) -> None:
        self._typing.stop()
        self.searched.emit(self.search.text())
        self.search_entered.emit()
