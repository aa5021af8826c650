"""What is said when the worksheets cannot use what was typed."""

from __future__ import annotations

import math


class LabError(ValueError):
    """A number, setting or data that cannot be used; the text is one sentence that says what to do instead."""


def parse_number(text: str, label: str) -> float:
    """The number typed into a cell or field; a comma may stand for the decimal point. Raises LabError."""
    typed = text.strip().replace("−", "-")
    try:
        number = float(typed.replace(",", ".") if "." not in typed else typed)
    except ValueError:
        raise LabError(f'{label} must be a number such as 0.0001 or 1e-4, not "{_short(text)}".') from None
    if not math.isfinite(number):
        raise LabError(f"{label} must be a finite number, not {_short(text)}.")
    return number


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"
