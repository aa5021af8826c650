"""An embedding table: index, id, title and numbers of each user or item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.gui.pages.columns import Column, Part, color_spread, factor_block, index_block, widest
from cfstudio.gui.pages.embedding_source import NOT_BLANK
from cfstudio.gui.pages.painted_model import NO_PARENT, Index, PaintedModel
from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from cfstudio.gui.pages.embedding_source import EmbeddingSource

SAMPLED_LABELS = 200
"""Rows whose labels say how wide their column is."""


class EmbeddingModel(PaintedModel):
    """Shows one source after another; editing a number changes the source."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.source: EmbeddingSource | None = None

    def show_source(self, source: EmbeddingSource) -> None:
        """Show other rows, or the same ones after their number or shape has changed."""
        self.beginResetModel()
        self.source = source
        self.columns = self._describe_columns(source)
        self.endResetModel()

    def _describe_columns(self, source: EmbeddingSource) -> tuple[Column, ...]:
        return (*self._lead_columns(source), *self._number_columns(source))

    def _lead_columns(self, source: EmbeddingSource) -> list[Column]:
        tip = "The row of the table, counted from 1"
        columns = [Column("index", "index", tip, f"{source.n_rows}")]
        shown = [source.labels(row) for row in range(min(source.n_rows, SAMPLED_LABELS))]
        for number, name in enumerate(source.label_names):
            sample = widest(labels[number] for labels in shown)
            # The last of several labels is a title; its column may be cut.
            stretches = number > 0 or name == "word"
            tip = f"Whose numbers these are: {name}"
            columns.append(Column("label", name, tip, sample, number, stretches=stretches))
        return columns

    def _number_columns(self, source: EmbeddingSource) -> list[Column]:
        n_biases, n_factors = int(source.has_bias), source.matrix().shape[1]
        names = ["bias"] * n_biases + [f"f{number}" for number in range(1, n_factors + 1)]
        tip = "A number that training finds; double-click or F2 to change it"
        return [
            Column("number", name, tip, self.look.factor_sample, n, is_editable=True) for n, name in enumerate(names)
        ]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row per user, item or word."""
        return 0 if parent.isValid() or self.source is None else self.source.n_rows

    def parts(self, rows: slice) -> list[Part]:
        """Index, labels, numbers."""
        return [*self._lead_parts(rows), self._number_part(rows)]

    def _lead_parts(self, rows: slice, dimmed: NDArray[np.bool_] | None = None) -> list[Part]:
        assert self.source is not None
        labels = [self.source.labels(row) for row in range(rows.start, rows.stop)]
        index = Part(0, index_block(np.arange(rows.start, rows.stop), dimmed))
        texts = [[str(label[number]) for label in labels] for number in range(len(self.source.label_names))]
        return [index, *(Part(1 + number, column, muted=dimmed) for number, column in enumerate(texts))]

    def _number_part(self, rows: slice, dimmed: NDArray[np.bool_] | None = None) -> Part:
        assert self.source is not None
        spread = color_spread(self.source.matrix())
        return Part(self.first_number, factor_block(self.source.numbers(rows), spread, self.look.factor_text, dimmed))

    @property
    def first_number(self) -> int:
        """The column of the first bias or factor."""
        return next((at for at, column in enumerate(self.columns) if column.kind == "number"), len(self.columns))

    def value(self, row: int, column: int) -> str | float | int | None:
        """The exact index, label or number."""
        assert self.source is not None
        what = self.columns[column]
        if what.kind == "index":
            return row + 1
        if what.kind == "label":
            label: Any = self.source.labels(row)[what.number]
            return label  # type: ignore[no-any-return]
        return float(self.source.numbers(slice(row, row + 1))[0, what.number])

    def describe(self, row: int, column: int) -> str:
        """Whose number it is, which one, and its value."""
        assert self.source is not None
        what, value = self.columns[column], self.value(row, column)
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        return f"{self.source.name(row)}, {number_name(what.header)}: {text}"

    def write(self, row: int, column: int, value: float | None) -> None:
        """Change a number of the source."""
        if value is None:
            raise Refusal(NOT_BLANK)
        assert self.source is not None
        self.source.write(row, self.columns[column].number, value)


def number_name(header: str) -> str:
    """What a screen reader says for the header `f3`."""
    return f"factor {header[1:]}" if header[1:].isdigit() else header
