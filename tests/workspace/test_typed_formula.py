"""Formulas typed into a cell mean what they mean in a spreadsheet."""

import math

import numpy as np
import pytest

from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_number import parse_number

TABLE = np.array([[1.0, 2.5, np.nan], [4.0, np.nan, 0.5]])
"""A1:C2."""


class Cells:
    def value(self, address):
        number = self.values(f"{address}:{address}")[0, 0]
        return None if math.isnan(number) else float(number)

    def values(self, address):
        first, last = address.upper().split(":")
        row, column = int(first[1:]) - 1, "ABC".index(first[0])
        if int(last[1:]) > 2:
            raise Refusal("not on the sheet")
        return TABLE[row : int(last[1:]), column : "ABC".index(last[0]) + 1]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("=SUM(A1:C2)", 8.0),
        ("=average(A1:C2)", 2.0),
        ("=COUNT($A$1:$C$2)", 4.0),
        ("=MIN(A1:C2)", 0.5),
        ("=MAX(A1:C2;7)", 7.0),
        ("=MAX(A1,3)", 3.0),
        ("=SUM(1,2)", 3.0),
        ("=SUM(1,5;2)", 3.5),
        ("=SQRT(2,25)", 1.5),
        ("=SQRT(A2)", 2.0),
        ("=ABS(-2)", 2.0),
        ("=COUNT(C1)", 0.0),
        ("=C1+1", 1.0),
        ("=SUMPRODUCT(A1:A2,B1:B2)", 2.5),
        ("=SUMPRODUCT((A1:A2)^2)", 17.0),
        ("=SUMXMY2(A1:C1,A2:C2)", 9.0),
        ("=MMULT(A1:B1,A1:A2)", 1 + 2.5 * 4),
        ("=SUM(MMULT(A1:A2,A1:B1))", 1 + 2.5 + 4 + 10),
        ("=SQRT(SUMXMY2(A1:A2,B1:B2)/COUNT(B1:B2))", 1.5),
        ("=MEDIAN(A1:C2)", 1.75),
        ("=ROUND(2.345,2)", 2.35),
        ("=ROUND(-0.5)", -1.0),
        ("=4,5-1", 3.5),
        ("=50%*A2", 2.0),
    ],
)
def test_a_formula_is_calculated_at_entry(text, number):
    assert parse_number(text, Cells()) == pytest.approx(number, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("=VLOOKUP(A1,A1:C2,2)", "VLOOKUP is not known here; there are SUM, AVERAGE"),
        ("=A1:C2", "2 × 3 numbers; a cell holds one"),
        ("=AVERAGE(C1)", "divides by zero"),
        ("=SUMPRODUCT(A1:A2,A1:C1)", "same size; 2 × 1 and 1 × 3"),
        ("=MMULT(A1:C1,A1:C1)", "do not fit"),
        ("=SUM(A1:C9)", "not on the sheet"),
        ("=SQRT(A1:C2)", "cannot be calculated"),
        ("=SQRT(-1)", "no finite value"),
        ("=(-8)^0.5", "no finite value"),
        ("=9^9^9^9", "no finite value"),
        ("=A1/C1", "divides by zero"),
        ("=A1:A2/0", "numbers; a cell holds one"),
        ("=__import__('os')", "not known here"),
        ("=A1.real", "cannot be calculated"),
        ("=SUM(", "cannot be calculated"),
        ("=[1,2]", "cannot be calculated"),
        ("=True", "cannot be calculated"),
        ("=" + "(" * 150, "cannot be calculated"),
    ],
)
def test_what_cannot_be_calculated_is_refused_with_the_reason(text, reason):
    with pytest.raises(Refusal, match=reason.replace("(", r"\(")):
        parse_number(text, Cells())
