"""The columns of the long form for a model with so many factors, with or without biases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.gui.pages.columns import Column, widest

if TYPE_CHECKING:
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.workspace.document import Workspace

FEW_FACTORS = 10
SAMPLED = 500
"""Ids and titles that say how wide their columns are."""


def long_form_columns(workspace: Workspace, look: SheetLook) -> tuple[Column, ...]:
    """User, item, title, rating, what each looks up, prediction, error; who is held out where somebody is."""
    ratings = workspace.ratings
    label, table = ratings.item_label, ratings.item_table
    columns = [
        Column("user", "user", "Who rated", widest(ratings.user_ids[:SAMPLED])),
        Column("item", f"{label}", f"Id of the {label}", widest(table.ids[:SAMPLED])),
        Column("title", "title", f"Title of the {label}", widest(table.titles[:SAMPLED]), stretches=True),
        Column("rating", "rating", "Double-click or F2 to change it, Delete to blank it", "4.25", is_editable=True),
    ]
    if workspace.held_out.any():
        columns.append(Column("held out", "part", "Held-out ratings are hatched: training never sees them", "held out"))
    looked_up = _looked_up(workspace, look, "user", "user", ratings.n_users)
    looked_up += _looked_up(workspace, look, "item", label, ratings.n_items)
    made = (
        "Sum of the products, and the biases where there are any"
        if workspace.factors.is_dot_product
        else "What the net makes of both rows, side by side"
    )
    results = [
        Column("prediction", "predic-\ntion", made, look.fine_sample),
        Column("error", "error", "Prediction minus rating", look.fine_sample),
        Column(
            "squared error",
            "squared\nerror",
            "Error × error: what the RMSE is the root of the mean of",
            f"0{look.fine_sample}",
        ),
    ]
    return (*columns, *results, *looked_up) if has_results_first(workspace) else (*columns, *looked_up, *results)


def has_results_first(workspace: Workspace) -> bool:
    """Whether so many factors are looked up that what comes of them would be out of sight behind them."""
    return workspace.factors.n_factors > FEW_FACTORS


def _looked_up(workspace: Workspace, look: SheetLook, side: str, label: str, n: int) -> list[Column]:
    tip = f"The row of the {label} table that is looked up, counted from 1"
    columns = [Column(f"{side} index", f"{label}\nindex", tip, f"{n}")]
    if workspace.factors.has_bias:
        columns.append(Column(f"{side} bias", f"{label}\nbias", f"Looked up in the {label} table", look.factor_sample))
    for number in range(workspace.factors.width("user" if side == "user" else "item")):
        tip = f"Factor {number + 1}, looked up in the {label} table; change it there"
        columns.append(Column(f"{side} factor", f"{label}\nf{number + 1}", tip, look.factor_sample, number))
    return columns
