"""The Solver's three reports as plain tables, which can be shown, copied and exported.

Contents and words follow Excel's: Answer (before, after, slack), Sensitivity (reduced gradient, Lagrange multiplier),
Limits (how far each cell can go alone, and the objective there).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.formulas import Formulas
from cfstudio.solver.search import Search
from cfstudio.solver.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.result import SolverResult

Value = str | float | None

GOALS = {"min": "Min", "max": "Max", "value": "Value of"}

MOST_LIMITS = 5_000
"""Changing cells up to which limits are reported: each costs up to two recalculations of the sheet."""


@dataclass(frozen=True)
class ReportTable:
    """One table of a report: a title, names of its columns, rows of texts and numbers (None: not applicable)."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Value, ...]]


def answer_report(result: SolverResult) -> list[ReportTable]:
    """Objective and changing cells before and after, and each constraint's value, status and slack."""
    problem, ratings = result.problem, result.problem.ratings
    goal = GOALS[problem.goal] + (f" {problem.target:g}" if problem.goal == "value" else "")
    named = problem.objective.named(ratings)
    cells = [
        (problem.changing.name_of(place, ratings), before, after)
        for place, (before, after) in enumerate(
            zip(result.start_numbers.tolist(), result.numbers.tolist(), strict=True)
        )
    ]
    return [
        ReportTable(
            f"Objective cell ({goal})",
            ("Name", "Original value", "Final value"),
            [(named[0].upper() + named[1:], result.start, result.objective)],
        ),
        ReportTable("Changing cells", ("Name", "Original value", "Final value"), list(cells)),
        ReportTable("Constraints", ("Constraint", "Part", "Value", "Status", "Slack"), _constraint_rows(result)),
    ]


def sensitivity_report(result: SolverResult) -> list[ReportTable]:
    """How much the objective changes per unit of each changing cell, and of each constraint's right side."""
    problem, ratings = result.problem, result.problem.ratings
    search = Search(problem, Watch())
    gradient = search.objective_and_gradient(result.numbers)[1]
    sign = -1.0 if problem.goal == "max" else 1.0
    found = search.conditions(result.numbers, sign * gradient)
    reduced, of_rows = (sign * found.reduced_gradient).tolist(), (sign * found.of_rows).tolist()
    cells = [
        (problem.changing.name_of(place, ratings), final, slope)
        for place, (final, slope) in enumerate(zip(result.numbers.tolist(), reduced, strict=True))
    ]
    parts = _part_names(search.formulas)
    values = search.formulas.values(result.numbers).tolist()
    constraints = [
        (problem.constraints[owner].described(ratings), part, value, multiplier)
        for owner, part, value, multiplier in zip(search.formulas.owner.tolist(), parts, values, of_rows, strict=True)
    ]
    return [
        ReportTable("Changing cells", ("Name", "Final value", "Reduced gradient"), list(cells)),
        ReportTable(
            "Sums and formulas", ("Constraint", "Part", "Final value", "Lagrange multiplier"), list(constraints)
        ),
    ]


def limits_report(result: SolverResult) -> list[ReportTable]:
    """How far each changing cell can go down and up alone with all constraints met, and the objective there."""
    problem, ratings = result.problem, result.problem.ratings
    search = Search(problem, Watch())
    rows: list[tuple[Value, ...]] = []
    for place in range(min(problem.changing.n, MOST_LIMITS)):
        ends: list[Value] = []
        for direction in (-1.0, 1.0):
            limit = _limit(search, result.numbers, place, direction)
            ends += [limit, None if limit is None else _objective_with(search, result.numbers, place, limit)]
        rows.append((problem.changing.name_of(place, ratings), float(result.numbers[place]), *ends))
    left_out = problem.changing.n - len(rows)
    title = "Limits of the changing cells" + (f" (the first {len(rows):,}; {left_out:,} left out)" if left_out else "")
    columns = ("Name", "Value", "Lower limit", "Objective there", "Upper limit", "Objective there")
    return [ReportTable(title, columns, rows)]


def _constraint_rows(result: SolverResult) -> list[tuple[Value, ...]]:
    """One row per bounded cell, sum and formula."""
    problem, numbers = result.problem, result.numbers
    rows = problem.rows()
    formulas = Formulas(problem, rows, lambda: None)
    precision = problem.options.precision
    table: list[tuple[Value, ...]] = []
    values = formulas.values(numbers).tolist()
    limits = zip(
        formulas.owner.tolist(),
        _part_names(formulas),
        values,
        formulas.lower.tolist(),
        formulas.upper.tolist(),
        strict=True,
    )
    for owner, part, value, low, high in limits:
        name = problem.constraints[owner].described(problem.ratings)
        table.append((name, part, value, *_status(value, low, high, precision)))
    for place in np.flatnonzero(np.isfinite(rows.lower) | np.isfinite(rows.upper)).tolist():
        low, high, value = float(rows.lower[place]), float(rows.upper[place]), float(numbers[place])
        name = problem.changing.name_of(place, problem.ratings)
        table.append((_bounds_text(low, high), name, value, *_status(value, low, high, precision)))
    return table


def _bounds_text(low: float, high: float) -> str:
    if low == high:
        return f"= {low:g}"
    return " and ".join(f"{sign} {one:g}" for sign, one in (("≥", low), ("≤", high)) if math.isfinite(one))


def _status(value: float, low: float, high: float, precision: float) -> tuple[str, float]:
    """Excel's words, and how far the value is from its nearest limit."""
    slack = min(value - low, high - value)
    if slack < -precision:
        return "Not met", slack
    # A limit that is met to the precision has no slack, whatever rounding says.
    return ("Binding", 0.0) if slack <= precision else ("Not binding", slack)


def _part_names(formulas: Formulas) -> list[str]:
    """Which of a constraint's sums each value is: "1 of 15", empty where it has but one."""
    owners = formulas.owner.tolist()
    seen: dict[int, int] = {}
    names = []
    for owner in owners:
        seen[owner] = seen.get(owner, 0) + 1
        n = owners.count(owner)
        names.append(f"{seen[owner]} of {n}" if n > 1 else "")
    return names


def _limit(search: Search, numbers: FloatArray, place: int, direction: float) -> float | None:
    """How far one cell can go with the others fixed; None without end, its own number if it cannot move at all."""
    rows, value = search.rows, float(numbers[place])
    limit = float(rows.upper[place] if direction > 0 else rows.lower[place])
    column = rows.matrix[:, [place]].toarray()[:, 0] if rows.n_rows else np.zeros(0)
    if rows.n_rows:
        sums = rows.matrix @ numbers
        for slope, room_up, room_down in zip(column, rows.row_upper - sums, sums - rows.row_lower, strict=True):
            room = room_up if slope * direction > 0 else room_down
            if slope and math.isfinite(room):
                end = value + direction * max(0.0, float(room)) / abs(float(slope))
                limit = min(limit, end) if direction > 0 else max(limit, end)
    if search.formulas.n_formulas:
        limit = _formula_limit(search, numbers, place, limit)
    return limit if math.isfinite(limit) else None


def _formula_limit(search: Search, numbers: FloatArray, place: int, limit: float) -> float:
    """The last number towards `limit` that meets the formulas: ever longer steps, then halving."""
    moved, value = numbers.copy(), float(numbers[place])

    def is_met(number: float) -> bool:
        moved[place] = number
        return search.formulas.violation(moved) <= search.problem.options.precision

    good, bad, step = value, math.nan, math.copysign(0.125, limit - value)
    while math.isnan(bad):
        tried = good + step
        if abs(tried - value) >= abs(limit - value):
            tried = limit
        if abs(tried) > 1e6 or (tried == limit and is_met(limit)):
            return limit
        good, bad, step = (tried, bad, 2 * step) if is_met(tried) else (good, tried, step)
    return _bisected(is_met, good, bad)


def _bisected(is_met: Callable[[float], bool], good: float, bad: float) -> float:
    for _ in range(60):
        middle = 0.5 * (good + bad)
        good, bad = (middle, bad) if is_met(middle) else (good, middle)
    return good


def _objective_with(search: Search, numbers: FloatArray, place: int, number: float) -> float:
    moved = numbers.copy()
    moved[place] = number
    return search.objective_of(moved)
