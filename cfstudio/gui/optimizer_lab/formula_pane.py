"""The selected cell explained: in words, as a spreadsheet writes it, with its numbers; and the chain rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cfstudio.gui.optimizer_lab.sheet_model import START_ROW
from cfstudio.gui.zoom import enlarge, fit_to_zoom
from cfstudio.optimizer_lab.explain import chain_rule, explain
from cfstudio.optimizer_lab.numbers import written

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

LINES = (("words", "In words"), ("excel", "Spreadsheet"), ("numbers", "With numbers"), ("chain", "Chain rule"))
LOOKING_BACK = {"de_da": "a", "est_de_da": "a", "de_db": "b", "est_de_db": "b"}
INVITATION = "Select a cell of a row that was run to see its formula; F8 runs a row."


class FormulaPane(QScrollArea):
    """Text that can be selected and copied, line by line."""

    def __init__(self, session: LabSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labFormula")
        self.setAccessibleName("Formula of the selected cell")
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        body = QWidget()
        self.title = QLabel(INVITATION)
        enlarge(self.title, 1.0, self.title.font().Weight.DemiBold)
        self.lines: dict[str, QLabel] = {}
        self._form = form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignTop)
        for name, label in LINES:
            text = self.lines[name] = QLabel()
            text.setAccessibleName(label)
            text.setToolTip(f"{label}: can be selected and copied")
            self._prepare(text)
            form.addRow(label, text)
        self._prepare(self.title)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.title)
        layout.addLayout(form)
        layout.addStretch(1)
        self.setWidget(body)
        fit_to_zoom(self, lambda: self.setMinimumHeight(self.fontMetrics().height() * 9))

    def show_cell(self, row: int, column: int) -> None:
        """Explain a cell of the table; row 0 holds the start values."""
        sheet = self._session.sheet
        columns = sheet.page.columns
        texts = dict.fromkeys(self.lines, "")
        if row < 0 or not 0 <= column < len(columns):
            title = INVITATION
        elif row == START_ROW:
            title = f"Start of {columns[column].title}"
            texts["words"] = self._words_of_start(column)
        elif row > len(sheet.rows):
            title = f"{columns[column].title}: this row was not run yet; F8 runs a row"
            texts["words"] = columns[column].words
        else:
            cell = explain(sheet, row - 1, columns[column])
            value = "" if cell.value is None else f" = {written(cell.value)}"
            title = f"{cell.address}  {cell.title}{value}"
            texts |= {"words": cell.words, "excel": cell.excel, "numbers": cell.numbers}
            weight = LOOKING_BACK.get(columns[column].name)
            texts["chain"] = chain_rule(sheet, row - 1, weight)[1] if weight else ""
        self._set(self.title, title)
        for name, text in texts.items():
            self._set(self.lines[name], text)
            self._form.setRowVisible(self.lines[name], bool(text))

    def _words_of_start(self, column: int) -> str:
        page = self._session.page
        name = page.columns[column].name
        if name in ("new_a", "new_b") or name in page.memories:
            return "What the first row continues from; after an epoch the last row's number goes here. Can be edited."
        return "This column needs no start value: it is calculated from its own row."

    @staticmethod
    def _prepare(label: QLabel) -> None:
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
