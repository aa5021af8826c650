"""The numbers that the lesson's workbook starts from."""

from __future__ import annotations

import csv
from importlib import resources

import numpy as np

from cfstudio.models.factorization import Factorization


def lesson_start(*, bias: bool) -> Factorization:
    """Five float64 factors per user and movie of the 15 × 15 crosstab, in its order; with `bias` also the biases."""
    file_name = f"lesson_start_{'bias' if bias else 'dot'}.csv"
    text = (resources.files("cfstudio.resources") / file_name).read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))[1:]
    numbers = {
        side: np.array([[float(one) for one in row[2:]] for row in rows if row[0] == side]) for side in ("user", "item")
    }
    if not bias:
        return Factorization(numbers["user"], numbers["item"])
    return Factorization(
        user_factors=numbers["user"][:, 1:].copy(),
        item_factors=numbers["item"][:, 1:].copy(),
        user_bias=numbers["user"][:, 0].copy(),
        item_bias=numbers["item"][:, 0].copy(),
    )
