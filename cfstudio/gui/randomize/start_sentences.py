"""The readout of a start in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.models.start_statistics import Spread

if TYPE_CHECKING:
    from cfstudio.gui.randomize.start_preview import StartPreview
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.start_distribution import StartDistribution
    from cfstudio.models.start_statistics import Blocks

ALL_FACTORS = frozenset({"users", "items"})


def implied_sentences(preview: StartPreview, numbers: StartDistribution, blocks: Blocks) -> str:
    """What the choice implies before anything is drawn."""
    factors = preview.factors
    if not factors.is_dot_product:
        return "What a net predicts cannot be told from its embeddings alone; the layers keep their numbers."
    sentences = []
    if blocks >= ALL_FACTORS:
        sentences.append(_dot_sentence(numbers, factors.n_factors))
    is_dot_alone = not factors.has_bias and not factors.global_mean and factors.rating_range is None
    if not is_dot_alone or not sentences:
        sentences.append(f"{_what_is_added(factors)} predictions will lie around {around(preview.implied)}.")
    return " ".join(sentences)


def against_ratings(preview: StartPreview, ratings: Spread) -> str:
    """How that compares with the ratings."""
    if math.isnan(ratings.mean):
        return "There are no ratings to compare them with."
    if math.isnan(preview.implied_rmse):
        return f"Ratings lie around {around(ratings)}."
    return f"Ratings lie around {around(ratings)}: RMSE about {preview.implied_rmse:.2f}."


def drawn_sentence(preview: StartPreview, seed: int, n_train: int) -> str:
    """What the numbers of this seed give."""
    if not n_train:
        return ""
    cells = "training cell" if n_train == 1 else "training cells"
    about = "about " if preview.is_sample else ""
    return f"Seed {seed}: {around(preview.drawn)}, RMSE {about}{preview.rmse:.3f} on {n_train:,} {cells}."


def warning(numbers: StartDistribution, blocks: Blocks) -> str:
    """What would keep the model from learning."""
    if not blocks:
        return "Nothing is chosen to get new numbers; choose users, items or biases."
    if numbers.variance > 0 or not blocks >= ALL_FACTORS:
        return ""
    if numbers.mean == 0:
        return "With all factors 0 every gradient is 0: training would never move them."
    return "With all factors alike training moves them alike: the model would learn as if it had one factor."


def around(spread: Spread) -> str:
    """Mean ± standard deviation, both with the decimals that show the latter."""
    digits = _decimals(spread.sd)
    return f"{spread.mean:.{digits}f} ± {spread.sd:.{digits}f}"


def _dot_sentence(numbers: StartDistribution, n_factors: int) -> str:
    dot = numbers.dot_product(n_factors)
    if not dot.sd:
        return f"All dot products will be {dot.mean:.3g}."
    digits = _decimals(dot.sd)
    low, high = (f"{dot.percentile(part):.{digits}f}" for part in (0.05, 0.95))
    text = f"Dot products will lie around {around(Spread(dot.mean, dot.sd))}, nine in ten between {low} and {high}"
    least, most = dot.range
    return f"{text}, none outside {least:.3g} to {most:.3g}." if math.isfinite(most) else f"{text}."


def _decimals(sd: float) -> int:
    """Two, more where two would show no more than a zero."""
    return 2 if sd >= 0.1 or sd <= 0 else min(1 + math.ceil(-math.log10(sd)), 6)


def _what_is_added(factors: Factorization) -> str:
    parts = ["the biases"] if factors.has_bias else []
    if factors.global_mean:
        parts.append(f"the mean {factors.global_mean:.2f}")
    text = f"With {' and '.join(parts)}" if parts else ""
    if factors.rating_range is not None:
        low, high = factors.rating_range
        text += f"{', and through' if text else 'Through'} the sigmoid from {low:g} to {high:g},"
    return text or "The"
