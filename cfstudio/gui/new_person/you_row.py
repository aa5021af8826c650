"""The row “You” at the foot of the sheet: your stars and predictions under the sheet's own columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QLabel, QTableView, QWidget

from cfstudio.gui.keyed_model import CENTER, points, signed, stars
from cfstudio.gui.new_person.star_bar import rating_of_key
from cfstudio.gui.panel_undo import PanelUndo
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.new_person.person_session import PersonSession
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.sheet import Sheet

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
HELP = "Your row: number keys give stars, Backspace takes them back. Gray is what the model predicts for you."


class YouCells(QAbstractTableModel):
    """One row: a rating, or in gray the prediction, for each item that the sheet shows."""

    def __init__(self, session: PersonSession, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._session, self._axes = session, sheet.axes
        self._rated = session.rated
        self._predictions = session.predictions()

    def item(self, column: int) -> int:
        """The item's code."""
        return int(self._axes.items[column])

    def refresh(self) -> None:
        """Take stars and predictions as they are now."""
        self._rated, self._predictions = self._session.rated, self._session.predictions()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One."""
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as the sheet has."""
        return 0 if parent.isValid() else len(self._axes.items)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Stars, or the prediction in gray."""
        code = self.item(index.column())
        rating = self._rated.get(code)
        predicted = self._predicted(code)
        if role == Role.EditRole:
            return rating
        if role == Role.DisplayRole:
            return stars(rating) if rating is not None else "" if predicted is None else f"{predicted:.1f}"
        if role == Role.TextAlignmentRole:
            return CENTER
        if role == Role.ForegroundRole:
            return QColor(current_theme().text if rating is not None else current_theme().muted_text)
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            title = self._session.workspace.ratings.item_table.titles[code]
            given = f"rated {rating:g}" if rating is not None else "not rated"
            return f"You, {title}, {given}" + ("" if predicted is None else f", predicted {points(predicted)}")
        return None

    def _predicted(self, code: int) -> float | None:
        return None if self._predictions is None or code >= len(self._predictions) else float(self._predictions[code])


class YouNumbers(QAbstractTableModel):
    """One row: your factors, the bias first as in the sheet; read-only, for they follow from the stars."""

    def __init__(self, session: PersonSession, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._session, self._sheet = session, sheet
        self._numbers: list[float] = []
        self.refresh()

    def refresh(self) -> None:
        """Take them as they are now."""
        person = self._session.person
        if person is None:
            self._numbers = []
            return
        folded = person.folded
        bias = [] if folded.bias is None else [folded.bias]
        self._numbers = [*bias, *folded.factors.tolist()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One."""
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as the sheet's users have."""
        return 0 if parent.isValid() else self._sheet.user_model.n_numbers

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """The number."""
        value = self._numbers[index.column()] if index.column() < len(self._numbers) else None
        if role == Role.EditRole:
            return value
        if role == Role.DisplayRole:
            return "" if value is None else f"{value:.{self._sheet.look.factor_decimals}f}".replace("-", "−")
        if role == Role.TextAlignmentRole:
            return CENTER
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            name = self._sheet.user_model.number_name(index.column())
            return (
                f"You, {name}: {'none' if value is None else signed(value)}; found by ridge regression from your stars"
            )
        return None


class FootView(QTableView):
    """One row without headers that stands and scrolls with the grid above it."""

    rated = Signal(int, object)

    def __init__(self, name: str, title: str, grid: GridView, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(HELP)
        self.setToolTip(HELP)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollMode(grid.horizontalScrollMode())
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._grid = grid
        grid.horizontalScrollBar().valueChanged.connect(self.horizontalScrollBar().setValue)
        self.horizontalScrollBar().valueChanged.connect(grid.horizontalScrollBar().setValue)

    def fit(self) -> None:
        """Take the widths of the columns above."""
        width, height = (
            self._grid.horizontalHeader().defaultSectionSize(),
            self._grid.verticalHeader().defaultSectionSize(),
        )
        if self.horizontalHeader().defaultSectionSize() != width:
            self.horizontalHeader().setMinimumSectionSize(1)
            self.horizontalHeader().setDefaultSectionSize(width)
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setMinimumSectionSize(1)
            self.verticalHeader().setDefaultSectionSize(height)
        self.horizontalScrollBar().setValue(self._grid.horizontalScrollBar().value())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only sideways; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)


class YouView(FootView):
    """Your stars: number keys rate the current cell."""

    def __init__(self, session: PersonSession, grid: GridView, parent: QWidget) -> None:
        super().__init__("youRow", "You", grid, parent)
        self._session = session
        self.undo = PanelUndo(self, session.edits)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Rate; up goes back into the sheet."""
        means, value = rating_of_key(event, self._session.stars)
        index = self.currentIndex()
        if means and index.isValid():
            model = index.model()
            assert isinstance(model, YouCells)
            self.rated.emit(model.item(index.column()), value)
        elif event.key() == Qt.Key.Key_Up:
            self._grid.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)


class YouRow(QWidget):
    """The strip under the sheet: “You”, your factors, your ratings, each below its own columns."""

    def __init__(self, session: PersonSession, sheet: Sheet) -> None:
        super().__init__(sheet)
        self.setObjectName("youStrip")
        self._session, self._sheet = session, sheet
        self.name = QLabel("You", self)
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setToolTip(HELP)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.name.setBackgroundRole(QPalette.ColorRole.Window)
        self.cells, self.numbers = YouCells(session, sheet), YouNumbers(session, sheet)
        self.view = YouView(session, sheet.ratings_view, self)
        self.number_view = FootView("youFactors", "Your factors", sheet.user_view, self)
        self.view.setModel(self.cells)
        self.number_view.setModel(self.numbers)
        self._connect()
        layout = sheet.layout()
        assert layout is not None
        layout.addWidget(self)
        self.place()

    def _connect(self) -> None:
        session, sheet = self._session, self._sheet
        session.changed.connect(self.refresh)
        sheet.axes.changed.connect(self._reset)
        session.workspace.model_changed.connect(self._reset)
        self.view.rated.connect(session.rate)
        for view in (sheet.ratings_view, sheet.user_view):
            view.viewport().installEventFilter(self)

    def refresh(self) -> None:
        """Show stars, predictions and factors as they are now."""
        self.cells.refresh()
        self.numbers.refresh()
        for view in (self.view, self.number_view):
            view.viewport().update()

    def _reset(self) -> None:
        for model in (self.cells, self.numbers):
            model.beginResetModel()
            model.refresh()
            model.endResetModel()
        self.place()

    def place(self) -> None:
        """Stand below the columns of the sheet."""
        sheet = self._sheet
        height = sheet.ratings_view.verticalHeader().defaultSectionSize()
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
        for view, above in ((self.view, sheet.ratings_view), (self.number_view, sheet.user_view)):
            corner = above.viewport().mapTo(sheet, above.viewport().rect().topLeft())
            wanted = (corner.x(), 0, above.viewport().width(), height)
            if view.geometry().getRect() != wanted:
                view.setGeometry(*wanted)
            view.fit()
        room = self.number_view.x() - sheet.fontMetrics().averageCharWidth()
        if self.name.geometry().getRect() != (0, 0, room, height):
            self.name.setGeometry(0, 0, room, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the sheet's columns: their widths are known when it has been painted."""
        if event.type() == QEvent.Type.Paint and self.isVisible():
            self.place()
        return bool(super().eventFilter(watched, event))
