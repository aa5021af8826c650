"""A step in words and numbers, line by line, as one would write it on a blackboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.blackboard import Blackboard, change_line, number
from cfstudio.learning.feature_cell import FeatureCell
from cfstudio.learning.net_cell import NetCell
from cfstudio.learning.one_step import Cell

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.one_step import AnyCell, OneStep
    from cfstudio.ratings.table import FloatArray

RULES = {
    "sgd": "step = rate × gradient",
    "momentum": "m = {momentum:g} × m + gradient;  step = rate × m",
    "nesterov": "m = {momentum:g} × m + gradient;  step = rate × (gradient + {momentum:g} × m)",
    "adagrad": "s = s + gradient²;  step = rate × gradient / (√s + {epsilon:g})",
    "rmsprop": "s = {beta2:g} × s + {rest2:g} × gradient²;  step = rate × gradient / (√s + {epsilon:g})",
    "adam": "m = {momentum:g} × m + {rest1:g} × gradient;  s = {beta2:g} × s + {rest2:g} × gradient²;  "
    "step = rate × m / {bias1:.4g} / (√(s / {bias2:.4g}) + {epsilon:g})",
}
RULES["adamw"] = RULES["adam"]
MOST_PRODUCTS = 8
"""Products written out; of more the rest is summed up."""
MOST_NUMBERS = 5
"""Numbers of a vector written out."""


GRADIENTS = (
    "of a user's factor: slope × the item's factor; of an item's: slope × the user's",
    "slope × how fast the total grows with it: back through every ReLU above 0",
)
"""Of a dot product, of a net."""


def in_brackets(value: float) -> str:
    """Negative numbers stand in brackets within a product or sum."""
    return f"({number(value)})" if value < 0 else number(value)


def forward_lines(step: OneStep) -> list[str]:
    """How the prediction comes about, and how wrong it is."""
    cell, forward = step.before, step.forward
    shown = _shown(cell)
    lines = [*_label_lines(cell), *(_product_lines(shown) if isinstance(shown, Cell) else _layer_lines(shown))]
    if cell.rating_range is not None:
        low, high = cell.rating_range
        lines.append(
            f"prediction  {low:g} + {high - low:g} × sigmoid({number(forward.total)}) = {number(forward.predicted)}"
        )
    lines.append(
        f"error       {number(forward.predicted)} − {step.rating:g} (rated) = {number(step.error)};  "
        f"loss = error² = {number(step.error**2)}"
    )
    return lines


def _shown(cell: AnyCell) -> AnyCell:
    """The cell with its labels' numbers within its rows."""
    return cell.core if isinstance(cell, FeatureCell) else cell


def _label_lines(cell: AnyCell) -> list[str]:
    """What a row is made of besides its own numbers."""
    if not isinstance(cell, FeatureCell):
        return []
    lines = []
    for side in ("user", "item"):
        of_columns = [f"{one.column.name}: {' + '.join(one.texts) or 'none'}" for one in cell.of_side(side)]
        if of_columns:
            joined = " + " if cell.adds else ", then "
            lines.append(f"labels      {side} = own numbers{joined}{joined.join(of_columns)}")
    if cell.adds:
        lines[-1] += "; labels start at 0, as in a new run"
    return lines


def _product_lines(cell: Cell) -> list[str]:
    pairs = list(zip(cell.user.tolist(), cell.item.tolist(), strict=True))
    products = [f"{in_brackets(u)} × {in_brackets(i)}" for u, i in pairs[:MOST_PRODUCTS]]
    if len(pairs) > MOST_PRODUCTS:
        rest = float(cell.products[MOST_PRODUCTS:].sum())
        products.append(f"{in_brackets(rest)} ({len(pairs) - MOST_PRODUCTS} more)")
    total = float(cell.products.sum())
    lines = [f"products    {' + '.join(products)} = {number(total)}"]
    added = [
        (name, value)
        for name, value in (
            ("user bias", cell.user_bias),
            ("item bias", cell.item_bias),
            ("mean", cell.global_mean if cell.global_mean else None),
        )
        if value is not None
    ]
    if added:
        terms = " + ".join(f"{in_brackets(value)} ({name})" for name, value in added)
        lines.append(f"total       {number(total)} + {terms} = {number(cell.forward().total)}")
    return lines


def _layer_lines(cell: AnyCell) -> list[str]:
    assert isinstance(cell, NetCell), "There are two kinds of cells."
    given, *hidden, output = cell.activations()
    lines = [
        f"user        {_vector(cell.user)}",
        f"item        {_vector(cell.item)}",
        f"input       both in a line: {len(given)} numbers; in training some are left out at random, none here",
    ]
    n_in = len(given)
    for place, values in enumerate(hidden, start=1):
        table = f"{n_in} × {len(values)}"
        alive = int(np.count_nonzero(values))
        lines.append(f"{f'layer {place}':<12}ReLU({table} weights, offsets) = {_vector(values, f', {alive} > 0')}")
        n_in = len(values)
    mean = f" + {in_brackets(cell.global_mean)} (mean)" if cell.global_mean else ""
    lines.append(f"total       {n_in} weights × layer {len(hidden)} + offset = {number(float(output[0]))}{mean}")
    return lines


def _vector(values: FloatArray, note: str = " numbers") -> str:
    """The first numbers, how many there are, and what is to be said of them."""
    shown = "  ".join(number(value) for value in values[:MOST_NUMBERS].tolist())
    return f"{shown}{' …' if len(values) > MOST_NUMBERS else ''} ({len(values)}{note})"


def backward_lines(step: OneStep) -> list[str]:
    """The slope that all gradients share, clipping, and the optimizer's rule with its numbers."""
    forward = step.forward
    factors = f"2 × {in_brackets(step.error)}"
    if step.before.rating_range is not None:
        factors += f" × {number(forward.slope)} (slope of the sigmoid)"
    lines = [f"slope       {factors} = {number(step.total_slope)}"]
    lines.append(f"gradient    {GRADIENTS[isinstance(_shown(step.before), NetCell)]}{_of_labels(step.before)}")
    clipped = [f"{name}: × {number(row.clip_factor)}" for name, row in step.rows.items() if row.clip_factor < 1]
    if clipped:
        lines.append(f"clipped     {', '.join(clipped)} (longer than {step.config.clip:g})")
    lines.append(f"{'optimizer':<12}{rule(step.config, step.memory.steps)}")
    lines.append(f"{'decay':<12}{_decay(step)}")
    return lines


def _of_labels(cell: AnyCell) -> str:
    if not isinstance(cell, FeatureCell):
        return ""
    return "; of a label's number: that of the row's number it adds to"


def rule(config: TrainingConfig, t: int) -> str:
    """The optimizer's rule with its constants; `t` counts steps from 1."""
    return RULES[config.optimizer].format(
        momentum=config.momentum,
        rest1=1 - config.momentum,
        beta2=config.beta2,
        rest2=1 - config.beta2,
        epsilon=config.epsilon,
        bias1=1 - config.momentum**t,
        bias2=1 - config.beta2**t,
    )


def _decay(step: OneStep) -> str:
    config, is_net = step.config, isinstance(_shown(step.before), NetCell)
    decay, other, who = config.weight_decay, config.bias_decay, "biases"
    if isinstance(step.before, FeatureCell):
        # Those of labels decay as factors do.
        who = "own biases"
    if is_net:
        other, who = config.net_decay, "layers"
    if other < 0:
        other = decay
    if decay == 0 and other == 0:
        return "none"
    of_others = "" if other == decay else f", {other:g} for {who}"
    if config.decay_kind == "l2" and config.optimizer != "adamw":
        return f"L2: gradient + {decay:g} × number{of_others}, before the optimizer's rule"
    return f"decoupled: number − rate {config.learning_rate:g} × {decay:g} × number{of_others}, beside the step"


def header(step: OneStep) -> list[str]:
    """What the columns of `table` are called."""
    remembered = {"momentum": "m", "squares": "s"}
    names = [remembered[what] for what in step.rows["user"].memory_after]
    decay = ["+ L2"] if any(row.decay_gradient.any() for row in step.rows.values()) else []
    taken = ["decay"] if any(row.decayed.any() for row in step.rows.values()) else []
    return ["number", "old", "gradient", *decay, *names, "step", *taken, "new"]


def table(step: OneStep) -> list[list[str | float]]:
    """One row per number: its name, old value, gradient, what the optimizer remembers, step, new value.

    Of a whole layer the length of each of these: the root of the sum of the squares.
    """
    titles, names = header(step), step.before.names()
    rows: list[list[str | float]] = []
    for array, row in step.rows.items():
        columns = {
            "old": row.old,
            "gradient": row.clip_factor * row.gradient,
            "+ L2": row.decay_gradient,
            "step": -row.step,
            "decay": -row.decayed,
            "new": row.new,
        }
        for what, short in (("momentum", "m"), ("squares", "s")):
            if what in row.memory_after:
                columns[short] = row.memory_after[what]
        if len(names[array]) < len(row.old):
            columns = {title: np.array([np.linalg.norm(values)]) for title, values in columns.items()}
        for place, name in enumerate(names[array]):
            # Adding 0 makes a 0 of the negative zeros that come of taking nothing off.
            rows.append([name, *(float(columns[title][place]) + 0.0 for title in titles[1:])])
    return rows


def board(step: OneStep) -> Blackboard:
    """All of it, as the microscope shows it."""
    lines = [*forward_lines(step), *backward_lines(step)]
    outcome = change_line(step.forward.predicted, step.forward_after.predicted, step.rating)
    return Blackboard(lines, header(step), table(step), outcome)


def as_text(step: OneStep, title: str) -> str:
    """All of it as plain text with tabs in the table, to paste anywhere."""
    return board(step).as_text(title)
