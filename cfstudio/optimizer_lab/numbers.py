"""Numbers as the lab writes them in sentences and formulas."""

from __future__ import annotations

import math


def written(value: float) -> str:
    """A number with six digits: 0.000102, −85.99, 1.5e+12; what grew beyond all bounds is said so."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.6g}".replace("-", "−").replace("e−", "e-")
