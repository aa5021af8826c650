"""By changing cells: whole blocks by check boxes, or the cells selected in the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.solver.cells import BLOCKS, Cells, block_of
from cfstudio.solver.constraints import BLOCK_NAMES

if TYPE_CHECKING:
    from cfstudio.gui.solver.sheet_cells import SheetCells
    from cfstudio.models.factorization import Factorization
    from cfstudio.solver.cells import BlockName
    from cfstudio.workspace.document import Workspace

MOST_CELLS_OF_EXCEL = 200


class ChangingChoice(QWidget):
    """What changes: the union of the checked blocks and, if that box is checked, of the picked cells."""

    changed = Signal()

    def __init__(self, workspace: Workspace, sheet_cells: SheetCells, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._sheet_cells = workspace, sheet_cells
        self._picked: Cells | None = None
        label = workspace.ratings.item_label
        self.blocks: dict[BlockName, QCheckBox] = {}
        for name in BLOCKS:
            text = BLOCK_NAMES[name].format(item=label)
            self.blocks[name] = QCheckBox(text[0].upper() + text[1:])
            self.blocks[name].setObjectName(f"solverChange_{name}")
            self.blocks[name].setToolTip(f"Change all {text}")
        self.selected = QCheckBox("The selected cells")
        self.selected.setObjectName("solverChangeSelected")
        self.selected.setToolTip("Change the factors and biases that were selected in the sheet")
        self.replace_button, self.add_button = QPushButton("Take &selection"), QPushButton("Add selec&tion")
        self.replace_button.setToolTip("Select factors or biases in the sheet, then click: they are what changes")
        self.add_button.setToolTip("Change what is selected in the sheet now, too")
        self.ranges, self.count = QLabel(), QLabel()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        boxes, picks = QGridLayout(), QHBoxLayout()
        for place, box in enumerate(self.blocks.values()):
            boxes.addWidget(box, *divmod(place, 2))
        boxes.setColumnStretch(2, 1)
        boxes.setHorizontalSpacing(2 * self.fontMetrics().height())
        for widget in (self.selected, self.replace_button, self.add_button):
            picks.addWidget(widget)
        picks.addStretch(1)
        for one in (*self.blocks.values(), self.selected, self.replace_button, self.add_button):
            one.setAccessibleName(one.text().replace("&", ""))
        for button in (self.replace_button, self.add_button):
            button.setAutoDefault(False)
        self.ranges.setAccessibleName("Ranges of the changing cells")
        self.count.setAccessibleName("Number of changing cells")
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.ranges.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(boxes)
        layout.addLayout(picks)
        layout.addWidget(self.ranges)
        layout.addWidget(self.count)

    def _connect(self) -> None:
        for box in (*self.blocks.values(), self.selected):
            box.toggled.connect(self._tell)
        self.replace_button.clicked.connect(lambda: self._pick(adds=False))
        self.add_button.clicked.connect(lambda: self._pick(adds=True))

    def cells(self) -> Cells:
        """The chosen cells of the document's model."""
        factors = self._workspace.factors
        chosen = [name for name, box in self.blocks.items() if box.isChecked() and box.isEnabled()]
        cells = Cells.whole(factors, chosen)
        if self.selected.isChecked() and self._picked is not None and self._picked.fits(factors):
            cells = united(factors, cells, self._picked)
        return cells

    def show_cells(self, cells: Cells) -> None:
        """Show a choice: whole blocks by their boxes, the rest as picked."""
        factors = self._workspace.factors
        whole = [name for name in cells.blocks if cells.is_whole[name]]
        rest = {name: cells.mask(name) for name in cells.blocks if name not in whole}
        self._picked = Cells.chosen(factors, rest) if rest else None
        for name, box in self.blocks.items():
            box.blockSignals(True)
            box.setChecked(name in whole)
            box.blockSignals(False)
        self.selected.blockSignals(True)
        self.selected.setChecked(bool(rest))
        self.selected.blockSignals(False)
        self._tell()

    def refresh(self) -> None:
        """Show ranges and count, which follow the sheet."""
        factors = self._workspace.factors
        all_changed = self.blocks["user_factors"].isChecked() and self.blocks["item_factors"].isChecked()
        for name, box in self.blocks.items():
            is_there = block_of(factors, name) is not None
            if is_there and not box.isEnabled() and all_changed:
                # The model has got biases: who changes everything changes them, too.
                box.setChecked(True)
            box.setEnabled(is_there)
        cells = self.cells()
        self.ranges.setText(self._sheet_cells.addresses(cells) or "Nothing is chosen: check a box above.")
        plural = "" if cells.n == 1 else "s"
        self.count.setText(f"{cells.n:,} cell{plural}; Excel's own Solver stops at {MOST_CELLS_OF_EXCEL}")

    def _pick(self, *, adds: bool) -> None:
        selected = self._sheet_cells.selected_cells()
        if selected is None or not selected.n:
            self.ranges.setText("Select factors or biases in the sheet first, left of the ratings or above them.")
            return
        factors = self._workspace.factors
        has_more = adds and self._picked is not None and self._picked.fits(factors)
        self._picked = united(factors, self._picked, selected) if has_more and self._picked is not None else selected
        if not adds:
            for box in self.blocks.values():
                box.setChecked(False)
        self.selected.setChecked(True)
        self._tell()

    def _tell(self) -> None:
        self.refresh()
        self.changed.emit()


def united(model: Factorization, one: Cells, other: Cells) -> Cells:
    """The cells that are part of one choice or of the other."""
    names = {*one.blocks, *other.blocks}
    return Cells.chosen(model, {name: np.logical_or(one.mask(name), other.mask(name)) for name in names})
