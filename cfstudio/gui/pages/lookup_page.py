"""Page 3 of the lesson: the long form, and the embedding tables whose rows each rating looks up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from cfstudio.gui.pages.embedding_model import EmbeddingModel
from cfstudio.gui.pages.embedding_source import DocumentEmbedding
from cfstudio.gui.pages.long_form_model import LongFormModel
from cfstudio.gui.pages.long_form_rmse import FEW_ROWS, explained_rmse, rmse_at_rest, rmse_while_running, spelled_rmse
from cfstudio.gui.pages.long_form_table import LongFormTable
from cfstudio.gui.pages.lookup_words import lookup_in_words
from cfstudio.gui.pages.page import Page, one_line
from cfstudio.gui.pages.painted_table import PaintedTable
from cfstudio.gui.zoom import enlarge, fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.explore.long_form import LongRmse
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.ratings.table import IntArray, Ratings
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class LookupPage(Page):
    """One row per rating; a selected row lights up the two rows that its factors were looked up in."""

    def __init__(
        self, workspace: Workspace, axes: SheetAxes, look: SheetLook | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(workspace, axes, look, parent)
        self.setObjectName("lookupPage")
        self.setAccessibleName("Embedding look-up")
        self.rmse = QLabel()
        self.rmse_formula = one_line("How the RMSE is calculated")
        self.explanation = one_line("What the selected row looks up")
        self.calculation = one_line("What is calculated from it")
        self._model = LongFormModel(workspace, self)
        self.table = LongFormTable(self._model)
        self.tables: dict[Side, PaintedTable] = {}
        self._sources: dict[Side, DocumentEmbedding] = {}
        for side in ("user", "item"):
            self.tables[side] = PaintedTable(f"{side}-factors.csv", EmbeddingModel(self))
        for each in (self.table, *self.tables.values()):
            each.painted_model.look = self._look
        self._shape: tuple[object, ...] = ()
        self._ratings: Ratings | None = None
        self._is_exchanging = False
        self._is_fitted = False
        self._arrange()
        self._connect()
        fit_to_zoom(self, self._fit_anew)
        self._listen()

    def _arrange(self) -> None:
        self.rmse.setAccessibleName("RMSE over the rows")
        enlarge(self.rmse, 1.6, QFont.Weight.Bold)
        for line in (self.explanation, self.calculation):
            enlarge(line, 1.15)
        copy, save = QPushButton("&Copy rows"), QPushButton("&Save as CSV…")
        copy.setToolTip("Copy the selected rows, or all, with their header, to paste into a spreadsheet (Ctrl+C)")
        save.setToolTip("Save all rows with exact numbers")
        copy.clicked.connect(self.table.copy_selected)
        save.clicked.connect(self.table.save_csv)
        top = QHBoxLayout()
        top.addWidget(self.rmse)
        top.addWidget(self.rmse_formula, 1)
        for button in (copy, save):
            button.setAccessibleName(button.text().replace("&", ""))
            top.addWidget(button)
        self._beside = QSplitter()
        self._panes = QSplitter()
        self._panes.addWidget(self.table)
        for side in ("user", "item"):
            self._beside.addWidget(self._titled(side))
        self._panes.addWidget(self._beside)
        for splitter in (self._panes, self._beside):
            splitter.setChildrenCollapsible(False)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addLayout(top)
        layout.addWidget(self.explanation)
        layout.addWidget(self.calculation)
        layout.addWidget(self._panes, 1)

    def _titled(self, side: Side) -> QWidget:
        """An embedding table under its name."""
        table, box, title = self.tables[side], QWidget(), QLabel()
        table.setObjectName(f"{side}EmbeddingTable")
        enlarge(title, 1, QFont.Weight.Bold)
        title.setObjectName(f"{side}EmbeddingTitle")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(title)
        column.addWidget(table, 1)
        return box

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(lambda current: self._choose_row(current.row()))
        self.table.said.connect(self.said)
        for table in (self.table, *self.tables.values()):
            table.about_to_edit.connect(self.about_to_edit)
            table.painted_model.refused.connect(self.said)
        for side, table in self.tables.items():
            table.clicked.connect(lambda index, side=side: self._choose(side, index.row()))

    def _choose_row(self, row: int) -> None:
        """Select in the document the cell that somebody went to here."""
        if row < 0 or self._is_exchanging:
            return
        self._is_exchanging = True
        try:
            self._workspace.select(*self._model.cell_of(row))
        finally:
            self._is_exchanging = False

    def _choose(self, side: Side, row: int) -> None:
        """Select a user or item; of a selected cell the other half stays."""
        code, selection = int(self._sources[side].codes[row]), self._workspace.selection
        user, item = (code, selection.item) if side == "user" else (selection.user, code)
        self._workspace.select(user, item)

    @property
    def main_table(self) -> PaintedTable:
        """The long form."""
        return self.table

    def show_document(self) -> None:
        """Show the shown users' ratings; keeps its place where nothing but numbers has changed."""
        workspace, axes = self._workspace, self._axes
        shape = (
            len(workspace.ratings.values),
            axes.users.tobytes(),
            axes.items.tobytes(),
            workspace.factors.width("user"),
            workspace.factors.width("item"),
            workspace.factors.has_bias,
            workspace.factors.is_dot_product,
            bool(workspace.held_out.any()),
        )
        if shape != self._shape or workspace.ratings is not self._ratings:
            self._shape, self._ratings = shape, workspace.ratings
            self._sources = {
                "user": DocumentEmbedding(workspace, "user", axes.users),
                "item": DocumentEmbedding(workspace, "item", axes.items),
            }
            self._model.show_between(self._sources["user"].codes, self._sources["item"].codes)
            for side, table in self.tables.items():
                self._show_table(side, table)
            self._fit_anew()
        self.show_selection()
        self._show_rmse(rmse_at_rest(workspace, self._model.form))

    def show_look(self) -> None:
        """The columns are as wide as their numbers."""
        if not self._sources:
            return
        across = self.table.horizontalScrollBar().value()
        self._model.describe_columns()
        for side, table in self.tables.items():
            self._show_table(side, table)
        self._fit_anew()
        self.show_selection()
        self.table.horizontalScrollBar().setValue(across)

    def _show_table(self, side: Side, table: PaintedTable) -> None:
        source, model = self._sources[side], table.model()
        assert isinstance(model, EmbeddingModel)
        model.show_source(source)
        label = source.label_names[0]
        name = f"Embedding table of the {label}s"
        table.setAccessibleName(name)
        table.setAccessibleDescription(f"One row of numbers per {label}. F2 changes a number.")
        title = self.findChild(QLabel, f"{side}EmbeddingTitle")
        assert title is not None
        title.setText(f"{name}: {source.n_rows:,} × {model.columnCount() - model.first_number}")
        title.setToolTip(title.text())

    def show_numbers(self) -> None:
        """Ratings, factors, RMSE at rest; a new rating is a new row."""
        if len(self._workspace.ratings.values) != self._shape[0]:
            self.show_document()
            return
        self._repaint()
        self._show_rmse(rmse_at_rest(self._workspace, self._model.form))

    def refresh(self) -> None:
        """Repaint what a run in progress moves."""
        if not self.isVisible():
            self._is_behind = True
            return
        self._repaint()
        rmse = rmse_while_running(self._workspace, self._model.form)
        if rmse is not None:
            self._show_rmse(rmse)

    def _repaint(self) -> None:
        for table in (self.table, *self.tables.values()):
            table.viewport().update()
        self._explain()

    def _show_rmse(self, rmse: LongRmse) -> None:
        self.rmse.setText(spelled_rmse(rmse))
        text = explained_rmse(rmse)
        self.rmse.setToolTip(text)
        self.rmse_formula.setText(text)
        self.rmse_formula.setToolTip(text)

    def show_selection(self) -> None:
        """Go to the selected cell's row and light up what it looks up."""
        selection = self._workspace.selection
        if not self._is_exchanging:
            self._is_exchanging = True
            try:
                self.table.show_row(self._model.row_of(selection.user, selection.item))
            finally:
                self._is_exchanging = False
        self.table.light(self._model.row_of(selection.user, selection.item))
        self.tables["user"].light(self._sources["user"].row_of(selection.user))
        self.tables["item"].light(self._sources["item"].row_of(selection.item))
        self._explain()

    def _explain(self) -> None:
        texts = lookup_in_words(self._workspace, self._sources["user"], self._sources["item"])
        for label, text in zip((self.explanation, self.calculation), texts, strict=True):
            label.setText(text)
            label.setToolTip(text)

    def visible_users(self) -> IntArray:
        """Those of the rows and of the users' table that can be seen."""
        return self._visible("user")

    def visible_items(self) -> IntArray:
        """Those of the rows and of the items' table that can be seen."""
        return self._visible("item")

    def _visible(self, side: Side) -> IntArray:
        if not self._shape:
            return np.empty(0, dtype=np.int64)
        form, source = self._model.form, self._sources[side]
        if len(form) <= FEW_ROWS:
            # The RMSE is calculated from all of them.
            return source.codes
        rows = form[self.table.visible_rows()]
        of_rows = rows.users if side == "user" else rows.items
        return np.union1d(of_rows, source.codes[self.tables[side].visible_rows()])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the embedding tables beside the long form where there is room, else below it."""
        super().resizeEvent(event)
        self._fit_panes()

    def _fit_panes(self) -> None:
        least, most = (max(table.wanted_widths[n] for table in self.tables.values()) for n in (0, 1))
        is_wide = self.width() >= self.table.wanted_widths[0] + (least + most) // 2
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        orientation = across if is_wide else down
        if self._panes.orientation() == orientation and self._is_fitted:
            return
        self._is_fitted = bool(self._shape)
        self._panes.setOrientation(orientation)
        self._beside.setOrientation(down if is_wide else across)
        size, part = (self.width(), (least + most) // 2) if is_wide else (self.height(), 2 * self.height() // 5)
        self._panes.setSizes([max(size - part, 1), part])
        margins, between = self._column.contentsMargins(), self._beside.handleWidth()
        room = self.width() - margins.left() - margins.right() - between
        users = min(self.tables["user"].wanted_widths[1] + between, room // 2)
        self._beside.setSizes([1_000, 1_000] if is_wide else [users, room - users])

    def _fit_anew(self) -> None:
        self._is_fitted = False
        self._fit_panes()
