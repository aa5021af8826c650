"""Draws of a Bayesian factorization machine's weights from their conditional distributions, compiled, without the lock.

The features of a rating are those of its user and those of its item, so the sums that a conditional needs are kept per
user and per item instead of per rating: a draw of a whole column of factors reads each rating twice a side and each
entry of the two feature tables once, however many ratings a feature stands in (relation blocks: S. Rendle, "Scaling
factorization machines to relational data", VLDB 2013). The conditionals are those of C. Freudenthaler,
L. Schmidt-Thieme and S. Rendle, "Bayesian factorization machines", 2011.

Importing this module compiles its public functions, or loads them from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float64, int64, void

from cfstudio.learning.compiled import CODES, compiled, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.int32]
    Places = NDArray[np.int64]

PLACES = int64[::1]
NUMBERS = float64[::1]
TABLE = float64[:, ::1]
COLUMNS = (PLACES, CODES, NUMBERS)
PRIOR = (CODES, NUMBERS, NUMBERS)

WEIGHT, SUM, SQUARES, ERRORS, PRODUCTS, FACTOR, OWN = range(7)
"""Columns of a tally over the ratings of one user or item: Σ α, Σ α·q, Σ α·q², Σ α·e, Σ α·e·q, where α is a rating's
noise precision, q the other side's factor and e the error; then its own Σ v·x and Σ v²·x² over its features."""
N_SUMS = 8
"""Numbers of a row: one line of the processor's cache."""


@part
def _add(row: Numbers, weight: float, total: float, squares: float, error_sum: float, products: float) -> None:
    row[WEIGHT] += weight
    row[SUM] += total
    row[SQUARES] += squares
    row[ERRORS] += error_sum
    row[PRODUCTS] += products


@compiled(void(CODES, CODES, NUMBERS, NUMBERS, NUMBERS, TABLE))
def tally(
    mine: Codes, other: Codes, precisions: Numbers, errors: Numbers, other_factor: Numbers, sums: Numbers
) -> None:
    """Sum over the ratings of each user (or item) what the conditionals of its features need.

    `mine` and `other` (n,) are the codes of the two sides, `precisions` (n,) those of the noise, `errors` (n,) rating
    minus prediction, `other_factor` one factor of the other side; fills the first five columns of `sums` (n_mine, 8).
    """
    sums[:, :FACTOR] = 0.0
    last = mine[0]
    weight = total = squares = error_sum = products = 0.0
    for n in range(len(errors)):
        # Ratings stand user by user: runs of one code are summed in registers.
        if mine[n] != last:
            _add(sums[last], weight, total, squares, error_sum, products)
            last = mine[n]
            weight = total = squares = error_sum = products = 0.0
        alpha = precisions[n]
        q = other_factor[other[n]]
        e = alpha * errors[n]
        weight += alpha
        total += alpha * q
        squares += alpha * q * q
        error_sum += e
        products += e * q
    _add(sums[last], weight, total, squares, error_sum, products)


@compiled(void(CODES, CODES, NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def settle(
    mine: Codes, other: Codes, errors: Numbers, factor_change: Numbers, bias_change: Numbers, other_factor: Numbers
) -> None:
    """Bring the errors up to date after one side's factor and bias have changed."""
    for n in range(len(errors)):
        m = mine[n]
        errors[n] -= bias_change[m] + factor_change[m] * other_factor[other[n]]


@compiled(void(*COLUMNS, NUMBERS, NUMBERS, *PRIOR, TABLE))
def draw_factor(
    starts: Places,
    rows: Codes,
    values: Numbers,
    weights: Numbers,
    normals: Numbers,
    groups: Codes,
    means: Numbers,
    precisions: Numbers,
    sums: Numbers,
) -> None:
    """Draw one factor of every feature of a side, one after the other, given all else.

    The side's feature table comes column by column: feature j has `values` in `rows` from `starts[j]` on. `weights`
    (n_features,) are replaced, with `normals` as the random numbers; `sums` from `tally`, with the side's own two sums
    filled in, follow. A prediction is linear in each weight v with slope x·(Σ v·x − v·x + q).
    """
    for j in range(len(weights)):
        old = weights[j]
        slopes2 = 0.0
        products = 0.0
        for p in range(starts[j], starts[j + 1]):
            r = rows[p]
            x = values[p]
            row = sums[r]
            rest = row[FACTOR] - x * old
            slopes2 += x * x * (row[WEIGHT] * rest * rest + 2.0 * rest * row[SUM] + row[SQUARES])
            products += x * (rest * row[ERRORS] + row[PRODUCTS])
        group = groups[j]
        precision = slopes2 + precisions[group]
        mean = (products + old * slopes2 + precisions[group] * means[group]) / precision
        new = mean + normals[j] / math.sqrt(precision)
        change = new - old
        weights[j] = new
        for p in range(starts[j], starts[j + 1]):
            r = rows[p]
            x = values[p]
            row = sums[r]
            rest = row[FACTOR] - x * old
            row[ERRORS] -= change * x * (row[WEIGHT] * rest + row[SUM])
            row[PRODUCTS] -= change * x * (rest * row[SUM] + row[SQUARES])
            row[FACTOR] += change * x
            row[OWN] += x * x * (new * new - old * old)


@compiled(void(*COLUMNS, NUMBERS, NUMBERS, *PRIOR, NUMBERS, TABLE))
def draw_linear(
    starts: Places,
    rows: Codes,
    values: Numbers,
    weights: Numbers,
    normals: Numbers,
    groups: Codes,
    means: Numbers,
    precisions: Numbers,
    linear: Numbers,
    sums: Numbers,
) -> None:
    """Draw the linear weight of every feature of a side; `linear` (n_mine,) = Σ w·x and the sums of errors follow."""
    for j in range(len(weights)):
        old = weights[j]
        slopes2 = 0.0
        products = 0.0
        for p in range(starts[j], starts[j + 1]):
            r = rows[p]
            x = values[p]
            slopes2 += x * x * sums[r, WEIGHT]
            products += x * sums[r, ERRORS]
        group = groups[j]
        precision = slopes2 + precisions[group]
        mean = (products + old * slopes2 + precisions[group] * means[group]) / precision
        new = mean + normals[j] / math.sqrt(precision)
        change = new - old
        weights[j] = new
        for p in range(starts[j], starts[j + 1]):
            r = rows[p]
            x = values[p]
            sums[r, ERRORS] -= change * x * sums[r, WEIGHT]
            linear[r] += change * x
