"""One weight under the microscope: its gradient, velocity, second moment and step, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.columns import VALUE, column_name

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.worksheet import Worksheet


@dataclass(frozen=True)
class Specimen:
    """What moved one weight in one row; None where the method has no such thing.

    `gradient` is what the method was given (a mean over the batch, with weight decay where that is added to it);
    `velocity` its moving average or sum, `second_moment` that of its square, `rate` the effective learning rate, `move`
    the weight after the row minus before it.
    """

    gradient: float | None
    velocity: float | None
    second_moment: float | None
    rate: float | None
    move: float


def specimen(worksheet: Worksheet, place: int, weight: str) -> Specimen:
    """Weight `a` or `b` in a row that was run, counted from 0. Raises IndexError where no row was run."""
    page = worksheet.page
    row = dict(zip(page.names, worksheet.rows[place], strict=True))
    gradients = [f"{kind}_d{weight}" for kind in ("grad", "mean", "de")]
    gradient = next(row[name] for name in gradients if name in row)
    after, before = row[f"new_{weight}"], row[VALUE[weight]]
    assert after is not None
    assert before is not None
    return Specimen(
        gradient=gradient,
        velocity=row.get(column_name("average", weight)),
        second_moment=row.get(column_name("square", weight)),
        rate=effective_rate(worksheet, place, weight),
        move=after - before,
    )


def effective_rate(worksheet: Worksheet, place: int, weight: str) -> float | None:
    """What a row multiplied the gradient of `a` or `b`, or its average, by; None where it made no step."""
    page, name = worksheet.page, worksheet.page.form.rate
    is_last = (place + 1) % page.settings.batch_size == 0 or place == len(worksheet.order) - 1
    if not is_last:
        return None
    if name == "rate":
        return worksheet.cell(place, column_name("rate", weight))
    return worksheet.top[name] if name in page.cells else page.settings.learning_rate
