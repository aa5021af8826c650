"""A prediction's waterfall in the words of the document, ready to be drawn, copied and read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.waterfall import waterfall
from cfstudio.gui.keyed_model import points, signed

if TYPE_CHECKING:
    from cfstudio.explore.waterfall import Term
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import Ratings

MOST_FACTORS = 6
"""Factors with a bar of their own; one more would be the only one among the others."""


@dataclass(frozen=True)
class Step:
    """One bar: from `before` to `after` in rating points; `text` is its number as it is written."""

    label: str
    text: str
    amount: float
    before: float
    after: float


@dataclass(frozen=True)
class Explained:
    """The bars in their order, what they end at, and the actual rating, NaN without."""

    steps: tuple[Step, ...]
    prediction: float
    rating: float

    def table(self) -> list[list[object]]:
        """Header and rows for copies and files."""
        head: list[object] = ["Term", "Adds", "From", "To"]
        rows: list[list[object]] = [[one.label, one.amount, one.before, one.after] for one in self.steps]
        ends: list[list[object]] = [["prediction", None, None, self.prediction]]
        if np.isfinite(self.rating):
            ends.append(["rating", None, None, self.rating])
        return [head, *rows, *ends]

    def spoken(self) -> str:
        """All of it in a sentence."""
        terms = ", ".join(f"{one.label} {one.text}" for one in self.steps)
        rated = f"; rated {self.rating:g}" if np.isfinite(self.rating) else ""
        return f"{terms}; predicted {points(self.prediction)}{rated}."


def explain(model: Factorization, ratings: Ratings, user: int, item: int) -> Explained | None:
    """The bars of a cell; None where its numbers are not finite or too large."""
    most = MOST_FACTORS if model.n_factors > MOST_FACTORS + 1 else None
    with np.errstate(over="ignore", invalid="ignore"):
        found = waterfall(model, user, item, most)
    levels = [found.start, found.prediction, *(term.after for term in found.terms)]
    if not np.isfinite(levels).all():
        return None
    steps = [_step(term, ratings, user) for term in found.terms]
    if model.rating_range is not None:
        steps.append(_sigmoid(model, found.prediction, sum(term.amount for term in found.terms)))
    rating = float(ratings.values_at(np.array([user]), np.array([item]))[0])
    return Explained(tuple(steps), found.prediction, rating)


def _step(term: Term, ratings: Ratings, user: int) -> Step:
    label = {
        "user bias": f"{ratings.user_name(user)}'s bias",
        "item bias": f"the {ratings.item_label}'s bias",
    }.get(term.label, term.label)
    if term.factor is None and term.label.endswith("other factors"):
        label = f"the other {term.label.partition(' ')[0]} factors"
    text = points(term.amount) if term.label == "global mean" else signed(term.amount)
    return Step(label, text, term.amount, term.before, term.after)


def _sigmoid(model: Factorization, prediction: float, total: float) -> Step:
    """Terms add up to a sum without bounds; the sigmoid lays it into the range."""
    assert model.rating_range is not None
    low, high = model.rating_range
    label = f"sigmoid onto {low:g} to {high:g}".replace("-", "−")
    return Step(label, f"{signed(total)} → {points(prediction)}", prediction - total, prediction, prediction)
