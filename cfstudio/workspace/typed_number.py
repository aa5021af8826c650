"""Reading what somebody typed or pasted as a number: decimal points and commas, `=` arithmetic, cell addresses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_formula import calculated

if TYPE_CHECKING:
    from cfstudio.workspace.typed_formula import Cells

SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "\u00a0": " "})


def parse_number(value: object, cells: Cells | None = None) -> float | None:
    """A typed number or `=` formula, calculated at once; nothing typed means blank (None).

    Decimal commas and percent signs are understood. Raises Refusal with a sentence.
    """
    if value is None or isinstance(value, (int, float)):
        number = None if value is None else float(value)
    else:
        text = str(value).strip().translate(SIGNS)
        if not text:
            return None
        number = calculated(text[1:], cells) if text.startswith("=") else _plain(text)
    if number is not None and not math.isfinite(number):
        raise Refusal("The number must be finite.")
    return number


def _plain(text: str) -> float:
    percent = text.endswith("%")
    digits = text.rstrip("%").replace(" ", "").replace("'", "")
    if "," in digits and "." in digits:
        # The last of the two is the decimal sign, the other one groups thousands.
        groups = "," if digits.rindex(".") > digits.rindex(",") else "."
        digits = digits.replace(groups, "")
    try:
        number = float(digits.replace(",", "."))
    except ValueError:
        raise Refusal(f"“{text[:40]}” is no number; type one such as 4 or 3.5.") from None
    return number / 100 if percent else number
