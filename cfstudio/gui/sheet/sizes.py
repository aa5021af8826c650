"""How large the sheet's rows, columns and panes are: from the font, the data and the room there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontMetrics

from cfstudio.gui.sheet.cells import ARROW

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet

READABLE_COLUMNS = 40
"""Items up to which a sheet is meant to be seen at once."""
FACTOR_ROWS = 6
"""Rows of item factors shown at first; more scroll."""
FACTOR_COLUMNS = 6
LOWEST_ROW, HIGHEST_ROW = 1.45, 2.6
"""Heights of a row in heights of the font; a small sheet grows to fill its place."""
WIDEST_COLUMN = 1.5
"""Width of a small sheet's columns in usual widths."""
TITLE_LINES = 9
"""Height of the upright titles in lines of text, where there is room."""
FEWEST_TITLE_LINES = 4
TITLE_SHARE, CORNER_SHARE = 0.28, 0.5
"""Parts of the sheet that titles, and the panes of factors, take at most: at a large zoom the ratings need the rest."""


class SheetSizes:
    """Sizes of one sheet's sections and panes."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._cell_size = (0, 0)
        self._title_height = 0
        self._corner = (0, 0)
        self._characters: int | None = None

    @property
    def n_characters(self) -> int:
        """Width of the columns in average characters."""
        return round(self._cell_size[0] / self._sheet.fontMetrics().averageCharWidth())

    @property
    def own_characters(self) -> int | None:
        """The width that somebody has chosen, None while it is what suits the data."""
        return self._characters

    def set_characters(self, width: int) -> None:
        """Make the columns so many average characters wide, all of them: they are cells of one matrix."""
        self._characters = width
        self.fit_cells()

    def set_pixels(self, width: int) -> None:
        """The same, for a width that somebody drags."""
        self.set_characters(max(round(width / self._sheet.fontMetrics().averageCharWidth()), 3))

    def forget_width(self) -> None:
        """Let the columns be as wide as suits the data and the room."""
        self._characters = None
        self.fit_cells()

    @property
    def is_small(self) -> bool:
        """Whether the sheet has few enough columns to read each."""
        return self._sheet.ratings_model.columnCount() <= READABLE_COLUMNS

    def fit_all(self) -> None:
        """Size everything anew: for another document, another number of factors, another font."""
        sheet, metrics = self._sheet, self._sheet.fontMetrics()
        digits = "0" * sheet.look.factor_decimals
        number_width = metrics.horizontalAdvance(f"−0.{digits}") + metrics.averageCharWidth()
        sheet.user_view.horizontalHeader().setDefaultSectionSize(number_width)
        names = (sheet.user_model.user_name(row) for row in range(min(sheet.user_model.rowCount(), READABLE_COLUMNS)))
        bold = sheet.font()
        bold.setBold(True)
        # The selected user's name is written in bold.
        widest_name = max((QFontMetrics(bold).horizontalAdvance(name) for name in names), default=0)
        sheet.user_view.verticalHeader().setFixedWidth(widest_name + 3 * metrics.averageCharWidth())
        sheet.panes.item_numbers.setFixedWidth(metrics.horizontalAdvance("f100") + 2 * metrics.averageCharWidth())
        self._cell_size = self._corner = (0, 0)
        self.fit_cells()

    def fit_cells(self) -> None:
        """Make cells as large as a small sheet has room for; costs nothing when that stays the same."""
        self._fit_titles()
        size = self._fitting_cell_size()
        if size != self._cell_size:
            self._cell_size = size
            self._size_cells(*size)
        corner = self._corner_width(), self._corner_height(size[1])
        if corner != self._corner:
            self._corner = corner
            self._sheet.set_corner_size(*corner)

    def _fit_titles(self) -> None:
        sheet, line = self._sheet, self._sheet.fontMetrics().lineSpacing()
        height = min(line * TITLE_LINES, max(line * FEWEST_TITLE_LINES, round(sheet.height() * TITLE_SHARE)))
        if height != self._title_height:
            self._title_height = height
            sheet.item_view.horizontalHeader().setFixedHeight(height)
            sheet.panes.title_space.setFixedHeight(height)

    def _size_cells(self, width: int, height: int) -> None:
        sheet = self._sheet
        for grid in sheet.grids:
            grid.verticalHeader().setDefaultSectionSize(height)
        for grid in (sheet.ratings_view, sheet.item_view):
            grid.horizontalHeader().setDefaultSectionSize(width)
        sheet.panes.item_numbers.setDefaultSectionSize(height)
        for grid in (sheet.user_view, sheet.ratings_view):
            grid.horizontalHeader().setFixedHeight(height)

    def _corner_width(self) -> int:
        """Room for the user factors, all where they are few."""
        users = self._sheet.user_view
        shown = min(self._sheet.user_model.n_numbers, FACTOR_COLUMNS)
        wanted = users.verticalHeader().width() + shown * users.horizontalHeader().defaultSectionSize()
        return min(wanted, round(self._sheet.width() * CORNER_SHARE))

    def _corner_height(self, row_height: int) -> int:
        """Room for the titles and the item factors, all where they are few."""
        shown = min(self._sheet.item_model.n_numbers, FACTOR_ROWS)
        return min(self._title_height + shown * row_height, round(self._sheet.height() * CORNER_SHARE))

    def _fitting_cell_size(self) -> tuple[int, int]:
        sheet, metrics = self._sheet, self._sheet.fontMetrics()
        predicted = f"4.{'5' * sheet.look.prediction_decimals}".rstrip(".")
        texts = (f"4.5{ARROW}{predicted}", f"−0.{'0' * sheet.look.factor_decimals}")
        width = max(map(metrics.horizontalAdvance, texts)) + metrics.averageCharWidth()
        height = metrics.height() * LOWEST_ROW
        if self._characters is not None:
            width = self._characters * metrics.averageCharWidth()
        if not self.is_small:
            return width, int(height)
        bar = sheet.ratings_view.horizontalScrollBar().sizeHint().height()
        n_rows = 1 + min(sheet.item_model.n_numbers, FACTOR_ROWS) + sheet.ratings_model.rowCount()
        room_below = sheet.height() - self._title_height - bar - metrics.height()
        room_beside = sheet.width() - self._corner_width() - bar - metrics.averageCharWidth()
        widest, highest = WIDEST_COLUMN * width, HIGHEST_ROW * metrics.height()
        row_height = int(min(max(room_below / n_rows, height), highest))
        if self._characters is not None:
            return width, row_height
        # A little narrower than usual where that makes room for one column more.
        width -= metrics.averageCharWidth() // 2
        return int(min(max(room_beside / max(sheet.ratings_model.columnCount(), 1), width), widest)), row_height
