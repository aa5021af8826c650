"""Word embeddings in small: a sentence becomes indexes into a table with one row of numbers per different word."""

from __future__ import annotations

import re

import numpy as np

from cfstudio.ratings.table import FloatArray, IntArray

DEFAULT_SENTENCE = "The robot loved the movie about a movie that made a robot cry and laugh"
"""Fifteen words, as many as the lesson's example has; four come again, and get the same row again."""

N_FACTORS = 5
SEED = 42
MOST_WORDS = 100
"""Words taken of a sentence: more would be no small example."""

WORD = re.compile(r"\w+(?:['’-]\w+)*")


class WordEmbedding:
    """A sentence, its vocabulary in order of first appearance, and a table of numbers per word.

    `words` are those of the sentence as they are looked up, in lower case; `indexes` (n_words,) int64 say which row of
    `table` (n_vocabulary, n_factors) float64 each of them looks up. `table` may be edited in place.
    """

    words: tuple[str, ...]
    vocabulary: tuple[str, ...]
    indexes: IntArray
    table: FloatArray

    def __init__(self, sentence: str = DEFAULT_SENTENCE, n_factors: int = N_FACTORS, seed: int = SEED) -> None:
        self._first = (sentence, n_factors, seed)
        self.reset()

    def reset(self) -> None:
        """Go back to the first sentence and the seed's numbers: uniform from 0 to 1, as in the lesson's sheets."""
        self.sentence, self.n_factors, seed = self._first
        self._random = np.random.default_rng(seed)
        self.vocabulary, self.table = (), np.empty((0, self.n_factors))
        self.read(self.sentence)

    def read(self, sentence: str) -> None:
        """Take another sentence: words that were there keep their numbers, new ones get random ones.

        Punctuation and capitals are ignored; what comes after `MOST_WORDS` words, too.
        """
        self.sentence = sentence
        self.words = tuple(word.casefold() for word in WORD.findall(sentence)[:MOST_WORDS])
        known = dict(zip(self.vocabulary, self.table, strict=True))
        self.vocabulary = tuple(dict.fromkeys(self.words))
        rows = [known[word] if word in known else self._random.random(self.n_factors) for word in self.vocabulary]
        self.table = np.array(rows).reshape(len(rows), self.n_factors)
        index_of = {word: index for index, word in enumerate(self.vocabulary)}
        self.indexes = np.array([index_of[word] for word in self.words], dtype=np.int64)

    def looked_up(self) -> FloatArray:
        """The sentence as numbers: (n_words, n_factors) float64, one row of the table per word."""
        return self.table[self.indexes]

    @property
    def n_multiplications(self) -> int:
        """What one-hot rows × table would need for the whole sentence; looking up needs none."""
        return len(self.words) * self.table.size
