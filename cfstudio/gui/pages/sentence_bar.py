"""The line to type a sentence into, with its count of words and the way back to the example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from cfstudio.explore.word_embedding import MOST_WORDS
from cfstudio.gui.pages.one_hot_words import sentence_in_words

if TYPE_CHECKING:
    from cfstudio.explore.word_embedding import WordEmbedding

LONGEST = 2_000
"""Characters taken: a pasted book must not hold up the window."""


class SentenceBar(QWidget):
    """Edits the sentence as it is typed."""

    changed = Signal(str)
    """What was done: `sentence` was typed, or `reset of the words`."""

    def __init__(self, words: WordEmbedding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.field = QLineEdit(words.sentence)
        self.field.setObjectName("sentenceField")
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName("Sentence")
        self.field.setPlaceholderText("Type a sentence: each different word gets a row of numbers")
        self.field.setToolTip(f"A sentence of your own, up to {MOST_WORDS} words; words that stay keep their numbers")
        self.count = QLabel()
        self.count.setAccessibleName("Words and multiplications of the sentence")
        self.reset = QPushButton("&Reset words")
        self.reset.setAccessibleName("Reset words")
        self.reset.setToolTip("Back to the example sentence and its first random numbers")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.reset)
        self.field.textChanged.connect(self._read)
        self.reset.clicked.connect(self._reset)
        self._show_count()

    def _read(self, text: str) -> None:
        self._words.read(text)
        self._show_count()
        self.changed.emit("sentence")

    def _reset(self) -> None:
        self._words.reset()
        self.show_words()
        self.changed.emit("reset of the words")

    def show_words(self) -> None:
        """Show the sentence as it is, whoever changed it."""
        if self.field.text() != self._words.sentence:
            self.field.blockSignals(True)
            self.field.setText(self._words.sentence)
            self.field.blockSignals(False)
        self._show_count()

    def _show_count(self) -> None:
        words = self._words
        self.count.setText(sentence_in_words(len(words.words), len(words.vocabulary), words.n_factors))
