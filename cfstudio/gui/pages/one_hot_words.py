"""What the one-hot page says: which place holds the 1, and what both ways cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.explore.one_hot import BothWays
    from cfstudio.gui.pages.embedding_source import EmbeddingSource


def place_in_words(source: EmbeddingSource, place: int) -> str:
    """Whose row it is, and what its one-hot row looks like."""
    n, n_factors = source.matrix().shape
    zeros = f"{n - 1:,} zero{'' if n == 2 else 's'}"
    return (
        f"{source.name(place)} is row {place + 1:,} of {n:,}: a 1 in place {place + 1:,} and {zeros}. "
        f"Shapes: (1 × {n:,}) × ({n:,} × {n_factors}) = 1 × {n_factors}"
    )


def verdict(both: BothWays, n_done: int | None, *, multiplies: bool) -> str:
    """Whether both ways give the same, and the multiplications of the chosen one; `n_done` of a walk in progress."""
    n = both.n_multiplications
    if n_done is not None:
        return f"{n_done:,} of {n:,} multiplications"
    same = "same: yes" if both.is_same else "same: no, a factor somewhere is infinite, and 0 × infinity is no number"
    if multiplies:
        return f"{n:,} multiplications, against none for looking up · {same}"
    return f"no multiplication, against {n:,} with the one-hot row · {same}"


def sentence_in_words(n_words: int, n_different: int, n_factors: int) -> str:
    """What the whole sentence would cost."""
    words = f"{n_words} words, {n_different} different"
    n = n_words * n_different * n_factors
    return f"{words}: {n_words} × {n_different} × {n_factors} = {n:,} multiplications for the sentence, or none"
