"""A sentence as rows: each word with its index, its one-hot row and the numbers it looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.pages.columns import (
    WHOLE_TEXT,
    Column,
    Part,
    color_spread,
    factor_block,
    index_block,
    plain_block,
    widest,
)
from cfstudio.gui.pages.embedding_model import number_name
from cfstudio.gui.pages.painted_model import NO_PARENT, Index, PaintedModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.explore.word_embedding import WordEmbedding

WORD, INDEX, ONES = 0, 1, 2


class SentenceModel(PaintedModel):
    """One row per word of the sentence."""

    def __init__(self, words: WordEmbedding, parent: QObject) -> None:
        super().__init__(parent)
        self._words = words
        self.follow_sentence()

    def follow_sentence(self) -> None:
        """Show the sentence as it is now."""
        self.beginResetModel()
        words = self._words
        sample = widest(words.words)
        self.columns = (
            Column("word", "word", "The sentence, word by word", sample, stretches=True),
            Column("index", "index", "The row of the vocabulary that the word looks up", f"{len(words.vocabulary)}"),
            *(
                Column("one-hot", f"{n + 1}", f"1 where the word is {word}", f"{n + 1}", n)
                for n, word in enumerate(words.vocabulary)
            ),
            *(Column("number", f"f{n + 1}", "Looked up", self.look.factor_sample, n) for n in range(words.n_factors)),
        )
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row per word, repeated words too."""
        return 0 if parent.isValid() else len(self._words.words)

    def parts(self, rows: slice) -> list[Part]:
        """Word, index, zeros and the one, numbers."""
        words, indexes = self._words, self._words.indexes[rows]
        ones = indexes[:, None] == np.arange(len(words.vocabulary))
        return [
            Part(WORD, list(words.words[rows])),
            Part(INDEX, index_block(indexes)),
            Part(ONES, plain_block(ones.astype(np.int64), WHOLE_TEXT, ~ones)),
            Part(
                ONES + len(words.vocabulary),
                factor_block(words.table[indexes], color_spread(words.table), self.look.factor_text),
            ),
        ]

    def value(self, row: int, column: int) -> str | float | int | None:
        """The word, its index, 0 or 1, or an exact number."""
        what, index = self.columns[column], int(self._words.indexes[row])
        if what.kind == "word":
            return self._words.words[row]
        if what.kind == "index":
            return index + 1
        if what.kind == "one-hot":
            return int(what.number == index)
        return float(self._words.table[index, what.number])

    def describe(self, row: int, column: int) -> str:
        """The word and what the column says of it."""
        what, value = self.columns[column], self.value(row, column)
        name = f"place {what.name} of its one-hot row" if what.kind == "one-hot" else number_name(what.name)
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        return f"“{self._words.words[row]}”, {name}: {text}"
