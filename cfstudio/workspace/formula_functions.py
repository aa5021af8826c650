"""The functions that a typed formula knows: what a spreadsheet's do with numbers, ranges and blank cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Value = float | NDArray[np.floating[Any]]
    """A number, or those of a range (n_rows, n_columns), NaN where blank."""


def _numbers(values: tuple[Value, ...]) -> list[float]:
    """All numbers of the arguments; blank cells are none."""
    parts = [np.ravel(value) for value in values]
    every = np.concatenate(parts) if parts else np.empty(0)
    numbers: list[float] = every[~np.isnan(every)].tolist()
    return numbers


def _total(*values: Value) -> float:
    return math.fsum(_numbers(values))


def _average(*values: Value) -> float:
    numbers = _numbers(values)
    return math.fsum(numbers) / len(numbers)


def _median(*values: Value) -> float:
    numbers = _numbers(values)
    if not numbers:
        raise ZeroDivisionError
    return float(np.median(numbers))


def _least(*values: Value) -> float:
    return min(_numbers(values), default=0.0)


def _largest(*values: Value) -> float:
    return max(_numbers(values), default=0.0)


def _count(*values: Value) -> float:
    return float(len(_numbers(values)))


def _sum_of_products(*values: Value) -> float:
    product = np.nan_to_num(np.asarray(values[0]))
    for value in values[1:]:
        _same_size("SUMPRODUCT", product, value)
        product = product * np.nan_to_num(np.asarray(value))
    return math.fsum(np.ravel(product).tolist())


def _sum_of_squared_differences(one: Value, other: Value) -> float:
    _same_size("SUMXMY2", one, other)
    squared = np.square(np.ravel(np.asarray(one) - np.asarray(other)))
    return math.fsum(squared[~np.isnan(squared)].tolist())


def _sum_of_squares(*values: Value) -> float:
    return math.fsum(number * number for number in _numbers(values))


def _matrix_product(one: Value, other: Value) -> Value:
    left, right = np.atleast_2d(np.nan_to_num(one)), np.atleast_2d(np.nan_to_num(other))
    if left.shape[1] != right.shape[0]:
        raise Refusal(
            f"MMULT multiplies rows with columns of the same length; {_size(left)} and {_size(right)} do not fit."
        )
    product: NDArray[np.floating[Any]] = left @ right
    return product


def _transposed(value: Value) -> Value:
    return np.atleast_2d(value).T


def _rounded(value: Value, digits: Value = 0.0) -> float:
    factor = 10.0 ** int(_single(digits))
    number = _single(value)
    # Half away from zero, as spreadsheets do.
    return math.copysign(math.floor(abs(number) * factor + 0.5) / factor, number)


def _of_one(function: Callable[[float], float]) -> Callable[[Value], float]:
    return lambda value: float(function(_single(value)))


def _single(value: Value) -> float:
    if np.size(value) != 1:
        raise TypeError("one number is wanted")
    return float(np.nan_to_num(np.ravel(value)[0]))


def _same_size(name: str, one: Value, other: Value) -> None:
    if np.shape(one) != np.shape(other):
        raise Refusal(f"{name} needs ranges of the same size; {_size(one)} and {_size(other)} are not.")


def _size(value: Value) -> str:
    return " × ".join(map(str, np.atleast_2d(value).shape))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "SUM": _total,
    "AVERAGE": _average,
    "MEDIAN": _median,
    "MIN": _least,
    "MAX": _largest,
    "COUNT": _count,
    "SUMPRODUCT": _sum_of_products,
    "SUMSQ": _sum_of_squares,
    "SUMXMY2": _sum_of_squared_differences,
    "MMULT": _matrix_product,
    "TRANSPOSE": _transposed,
    "ROUND": _rounded,
    "SQRT": _of_one(math.sqrt),
    "ABS": _of_one(abs),
    "EXP": _of_one(math.exp),
    "LN": _of_one(math.log),
    "PI": lambda: math.pi,
}
OF_ONE = ("SQRT", "ABS", "EXP", "LN")
"""Functions of a single number: a comma in them is a decimal one."""
