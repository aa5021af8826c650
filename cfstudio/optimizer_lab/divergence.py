"""Noticing that a page diverges, and saying why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.curvature import stable_rate
from cfstudio.optimizer_lab.numbers import written
from cfstudio.optimizer_lab.worksheet import rmse

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.worksheet import Worksheet

GROWN = 10.0
"""Times the error at the start of the epochs shown from which on a page is said to diverge."""


def divergence(worksheet: Worksheet) -> str | None:
    """Sentences on how far the error has grown, why, and what to do; None while it has not grown much."""
    page, top = worksheet.page, worksheet.first_top
    start, now = rmse(page, top["a"], top["b"]), rmse(page, worksheet.a, worksheet.b)
    if math.isfinite(now) and now <= GROWN * start:
        return None
    grown = f"The error has grown from {written(start)} to {written(now)}."
    rate = page.settings.learning_rate
    limit = stable_rate(page)
    if limit is not None and rate > limit:
        return (
            f"{grown} The learning rate {written(rate)} is above {written(limit)}: each epoch ends farther from the "
            f"minimum than it began. Take a smaller one, or normalize x."
        )
    if page.method.name == "adagrad" and page.form_name == "workbook":
        return (
            f"{grown} The workbook's Adagrad divides by the derivatives of the last epoch: the closer it came to the "
            f"minimum, the larger its steps. Start again with a smaller learning rate, or switch to the papers' form."
        )
    return f"{grown} The steps are too large for these averages: take a smaller learning rate than {written(rate)}."
