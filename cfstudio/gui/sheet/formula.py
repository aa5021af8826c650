"""The formula behind the selection: as Excel has it, and with the present numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.sheet.net_formula import spelled_net
from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from cfstudio.gui.sheet.addresses import SheetAddresses
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.layers import Layer
    from cfstudio.models.factorization import Factorization
    from cfstudio.workspace.document import Workspace

MOST_PRODUCTS = 6
"""Products spelled out; a line has no room for fifty."""


def name_of_selection(workspace: Workspace) -> str:
    """What the name box shows: title, user, or both."""
    selection, ratings = workspace.selection, workspace.ratings
    title = None if selection.item is None else str(ratings.item_table.titles[selection.item])
    user = None if selection.user is None else ratings.user_name(selection.user)
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


def excel_formula(grid: GridView, addresses: SheetAddresses, layer: Layer) -> str:
    """`H25  =IF(H2="",0,MMULT(…))`: the current cell's address and what a spreadsheet has in it."""
    index = grid.currentIndex()
    if not index.isValid():
        return f"{addresses.of_rmse}  {addresses.formula_of_rmse}"
    row, column = index.row(), index.column()
    model = grid.grid_model
    address = model.address(row, column)
    if model.noun == "ratings":
        return f"{address}  {addresses.formula_of_cell(row, column, layer)}"
    return f"{address}  {model.value(row, column):.10g}"


def _prediction(workspace: Workspace, user: int, item: int) -> str:
    ratings = workspace.ratings
    factors = workspace.factors
    total = _spelled(factors, user, item)
    predicted = float(factors.predict(np.array([user]), np.array([item]))[0])
    rating = float(ratings.block(np.array([user]), np.array([item]))[0, 0])
    seen = "not rated" if math.isnan(rating) else f"rated {rating:g}, error {_signed(predicted - rating)}"
    sure, doubt = _uncertainty(workspace, user, item)
    return f"{seen}; predicted {_number(predicted)}{sure} = {total}{doubt}"


def _uncertainty(workspace: Workspace, user: int, item: int) -> tuple[str, str]:
    """` ± 0.78` behind a Bayesian model's prediction, and what that means; nothing for others or edited numbers."""
    posterior = workspace.state.posterior
    if posterior is None or not posterior.describes(workspace.factors, user, item):
        return "", ""
    cell = np.array([user]), np.array([item])
    spread, whole = float(posterior.spread(*cell)[0]), float(posterior.uncertainty(*cell)[0])
    return f" ± {whole:.2f}", f"; ±: one standard deviation, {spread:.2f} of it the model's own doubt"


def _spelled(factors: Factorization, user: int, item: int) -> str:
    if isinstance(factors, NetFactorization):
        return spelled_net(factors, user, item)
    total = _spelled_sum(factors, user, item)
    if factors.rating_range is None:
        return total
    low, high = factors.rating_range
    return f"{f'{low:g} + ' if low else ''}{high - low:g} · sigmoid({total})"


def _spelled_sum(factors: Factorization, user: int, item: int) -> str:
    """Mean, biases and products as one would write them: `3.54 − 0.12 + 0.40 + 0.19×0.71 − 0.30×0.81`."""
    terms = []
    if factors.global_mean and factors.rating_range is None:
        terms.append((factors.global_mean, f"{factors.global_mean:.2f}"))
    if factors.user_bias is not None and factors.item_bias is not None:
        biases = (float(factors.user_bias[user]), float(factors.item_bias[item]))
        terms += [(bias, f"{abs(bias):.2f}") for bias in biases]
    left, right = factors.user_factors[user], factors.item_factors[item]
    # The sign of a product stands before it, that of its second factor stays.
    for a, b in zip(left[:MOST_PRODUCTS].tolist(), right[:MOST_PRODUCTS].tolist(), strict=True):
        terms.append((a, f"{abs(a):.2f}×{_number(b) if b >= 0 else f'({_number(b)})'}"))
    if factors.n_factors > MOST_PRODUCTS:
        rest = float(left[MOST_PRODUCTS:] @ right[MOST_PRODUCTS:])
        terms.append((rest, f"{abs(rest):.2f} from {factors.n_factors - MOST_PRODUCTS} more products"))
    first, text = terms[0]
    spelled = f"{'−' if first < 0 else ''}{text}"
    return spelled + "".join(f" {'−' if value < 0 else '+'} {text}" for value, text in terms[1:])


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


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
