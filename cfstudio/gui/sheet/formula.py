"""The formula behind the selection, in words and with the present numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

MOST_PRODUCTS = 6
"""Products spelled out; a line has no room for fifty."""


def name_of_selection(workspace: Workspace) -> str:
    """What the name box shows: title, user, or both."""
    selection, ratings = workspace.selection, workspace.ratings
    title = None if selection.item is None else str(ratings.item_table.titles[selection.item])
    user = None if selection.user is None else f"user {ratings.user_ids[selection.user]}"
    return " · ".join(part for part in (user, title) if part is not None)


def formula_of_selection(workspace: Workspace) -> str:
    """The prediction of the selected cell as a sum of products, or a hint when no cell is selected."""
    selection = workspace.selection
    if selection.user is None and selection.item is None:
        return "Select a cell to see the formula behind its number."
    if selection.user is None or selection.item is None:
        code, side = (selection.item, "item") if selection.item is not None else (selection.user, "user")
        return _summary(workspace, side, int(code or 0))
    return _prediction(workspace, selection.user, selection.item)


def _prediction(workspace: Workspace, user: int, item: int) -> str:
    factors, ratings = workspace.factors, workspace.ratings
    terms = []
    if factors.global_mean and factors.rating_range is None:
        terms.append(f"{factors.global_mean:.2f}")
    if factors.user_bias is not None and factors.item_bias is not None:
        terms += [_number(factors.user_bias[user]), _number(factors.item_bias[item])]
    left, right = factors.user_factors[user], factors.item_factors[item]
    terms += [f"{_number(a)}×{_number(b)}" for a, b in zip(left[:MOST_PRODUCTS], right[:MOST_PRODUCTS], strict=True)]
    total = " + ".join(terms)
    if factors.n_factors > MOST_PRODUCTS:
        rest = float(left[MOST_PRODUCTS:] @ right[MOST_PRODUCTS:])
        total += f" + … {factors.n_factors - MOST_PRODUCTS} more ({_number(rest)})"
    if factors.rating_range is not None:
        low, high = factors.rating_range
        total = f"{low:g} + {high - low:g}·sigmoid({total})"
    predicted = float(factors.predict(np.array([user]), np.array([item]))[0])
    rating = float(ratings.block(np.array([user]), np.array([item]))[0, 0])
    seen = "not rated" if math.isnan(rating) else f"rated {rating:g}, error {predicted - rating:+.2f}".replace("-", "−")
    return f"{seen}; predicted {predicted:.2f} = {total}"


def _summary(workspace: Workspace, side: str, code: int) -> str:
    ratings = workspace.ratings
    rows = ratings.rows_of_item(code) if side == "item" else ratings.rows_of_user(code)
    values = ratings.values[rows]
    values = values[~np.isnan(values)]
    if not len(values):
        return "no ratings"
    return f"{len(values):,} ratings, mean {values.mean():.2f}, from {values.min():g} to {values.max():g}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
