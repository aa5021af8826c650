"""Formulas made into Python functions: a row costs microseconds, and the shown formula is the one that ran."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cfstudio.optimizer_lab.formula import Formula

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Compiled(Protocol):
    """A function of positional numbers that returns one number per formula."""

    def __call__(self, *inputs: Any) -> tuple[Any, ...]:  # noqa: ANN401 - floats or arrays
        """The results, in the formulas' order."""


def _over(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 0.0


def _where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


def _square(value: Any) -> Any:  # noqa: ANN401 - a float or an array
    return value * value


def _mod(value: float, divisor: float) -> float:
    return math.fmod(value, divisor)


def _over_arrays(numerator: Any, denominator: Any) -> NDArray[np.float64]:  # noqa: ANN401
    top, bottom = np.broadcast_arrays(np.asarray(numerator, dtype=np.float64), denominator)
    quotients: NDArray[np.float64] = np.divide(top, bottom, out=np.zeros(top.shape), where=bottom != 0)
    return quotients


FOR_NUMBERS = {
    "sqrt": math.sqrt, "abs": abs, "cos": math.cos, "min": min, "max": max, "mod": _mod, "pi": math.pi,
    "where": _where, "over": _over, "square_of": _square,
}  # fmt: skip
FOR_ARRAYS = {
    "sqrt": np.sqrt, "abs": np.abs, "cos": np.cos, "min": np.minimum, "max": np.maximum, "mod": np.mod, "pi": np.pi,
    "where": np.where, "over": _over_arrays, "square_of": _square,
}  # fmt: skip


@lru_cache(maxsize=256)
def compiled(formulas: tuple[tuple[str, str], ...], inputs: tuple[str, ...], *, arrays: bool = False) -> Compiled:
    """A function of `inputs`, by position, that returns the results of named formulas as a tuple.

    `formulas` are (name, text); each may use the inputs and the results before it. With `arrays` the inputs may be
    NumPy arrays, and so are the results. Numbers that grow beyond all bounds become inf and NaN, never an exception.
    """
    lines = [f"    {name} = {Formula(text).python}" for name, text in formulas]
    results = ", ".join(name for name, _ in formulas)
    source = "\n".join([f"def calculate({', '.join(inputs)}):", *lines, f"    return ({results},)"])
    namespace: dict[str, Any] = dict(FOR_ARRAYS if arrays else FOR_NUMBERS)
    exec(compile(source, "<formulas>", "exec"), namespace)  # noqa: S102 - only the formulas of this package
    function: Compiled = namespace["calculate"]
    return function
