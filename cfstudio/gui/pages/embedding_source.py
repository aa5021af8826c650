"""Where the rows of an embedding table come from: the document's users or items, or the words of a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from cfstudio.explore.word_embedding import WordEmbedding
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

NOT_BLANK = "A factor cannot be blank; type a number, 0 for none."


class EmbeddingSource(ABC):
    """A table of one row of numbers per user, item or word."""

    label_names: tuple[str, ...]
    """What a row is called by: `user`, or `movie` and `title`."""

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """Users, items or words."""

    @abstractmethod
    def labels(self, row: int) -> tuple[Any, ...]:
        """What the row is called, one value per label name."""

    @abstractmethod
    def name(self, row: int) -> str:
        """What people call the row."""

    @abstractmethod
    def matrix(self) -> Floats:
        """The factors (n_rows, n_factors) as they are now."""

    def numbers(self, rows: slice) -> Floats:
        """What the table shows of some rows: the bias first where it has one, then the factors."""
        return self.matrix()[rows]

    @property
    def has_bias(self) -> bool:
        """Whether the first number is a bias."""
        return False

    @abstractmethod
    def write(self, row: int, number: int, value: float) -> None:
        """Change one of the numbers. Raises Refusal with a sentence."""


class DocumentEmbedding(EmbeddingSource):
    """The shown users or items of a document, in the order of their codes: row 3 of the table is the fourth of them."""

    def __init__(self, workspace: Workspace, side: Side, codes: IntArray) -> None:
        self._workspace, self.side = workspace, side
        self.codes = np.sort(codes)
        n_all = workspace.ratings.n_users if side == "user" else workspace.ratings.n_items
        self._is_whole = len(codes) == n_all
        label = workspace.ratings.item_label
        self.label_names = ("user",) if side == "user" else (label, "title")

    @property
    def n_rows(self) -> int:
        """Users or items that are shown."""
        return len(self.codes)

    def row_of(self, code: int | None) -> int | None:
        """The row of a user or item, None where it is not shown."""
        if code is None:
            return None
        row = int(np.searchsorted(self.codes, code))
        return row if row < len(self.codes) and self.codes[row] == code else None

    def labels(self, row: int) -> tuple[Any, ...]:
        """The id, and an item's title."""
        table, code = self._workspace.ratings, int(self.codes[row])
        if self.side == "user":
            return (_plain(table.user_ids[code]),)
        return _plain(table.item_table.ids[code]), str(table.item_table.titles[code])

    def name(self, row: int) -> str:
        """`User 15`, or the title."""
        table, code = self._workspace.ratings, int(self.codes[row])
        return table.user_name(code) if self.side == "user" else str(table.item_table.titles[code])

    def matrix(self) -> Floats:
        """Not a copy where everything is shown."""
        return self._matrix if self._is_whole else self._matrix[self.codes]

    @property
    def _matrix(self) -> Floats:
        factors = self._workspace.factors
        return factors.user_factors if self.side == "user" else factors.item_factors

    def numbers(self, rows: slice) -> Floats:
        """Bias and factors of some rows only."""
        codes, factors = self.codes[rows], self._workspace.factors
        bias = factors.user_bias if self.side == "user" else factors.item_bias
        values = self._matrix[codes]
        return values if bias is None else np.concatenate([bias[codes][:, None], values], axis=1)

    @property
    def has_bias(self) -> bool:
        """As the document's model."""
        return self._workspace.factors.has_bias

    def write(self, row: int, number: int, value: float) -> None:
        """Change a factor or bias of the document, as an edit that can be undone."""
        factors = self._workspace.factors
        # The document counts the bias last.
        column = (number - 1) % (factors.n_factors + 1) if factors.has_bias else number
        self._workspace.set_factor(self.side, int(self.codes[row]), column, value)


class WordSource(EmbeddingSource):
    """The vocabulary of a sentence."""

    label_names = ("word",)

    def __init__(self, words: WordEmbedding) -> None:
        self._words = words

    @property
    def n_rows(self) -> int:
        """Different words."""
        return len(self._words.vocabulary)

    def labels(self, row: int) -> tuple[Any, ...]:
        """The word."""
        return (self._words.vocabulary[row],)

    def name(self, row: int) -> str:
        """The word in quotation marks."""
        return f"“{self._words.vocabulary[row]}”"

    def matrix(self) -> Floats:
        """The table itself."""
        return self._words.table

    def write(self, row: int, number: int, value: float) -> None:
        """Change a number of the table."""
        if not np.isfinite(value):
            raise Refusal("A factor must be a finite number.")
        self._words.table[row, number] = value


def _plain(value: Any) -> Any:  # noqa: ANN401 - ids are integers or texts
    return value.item() if isinstance(value, np.generic) else value
