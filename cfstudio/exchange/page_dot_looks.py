"""What surrounds the cells of a crosstab page: names, notes, colors, frozen panes, the Solver's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import Block, cell_name, quoted_page
from cfstudio.exchange.formulas import parameters_of
from cfstudio.exchange.solver_names import MOST_VARIABLES, add_solver, ready_names
from cfstudio.exchange.styles import color_errors, color_ratings, hatch_held_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter import Workbook

    from cfstudio.exchange.page_dot import CrosstabPage
    from cfstudio.exchange.streamed_sheet import StreamedSheet

MOST_FROZEN = 10
"""Columns that stay in sight when scrolling, if they are no more: the user factors and the ids."""

LARGEST_ERROR = 2.0
"""Rating points at which the colors of errors end."""

NOTE_SIZE = {"author": "CF Studio", "x_scale": 2.2, "y_scale": 1.3}


def dress_crosstab(
    workbook: Workbook,
    sheet: StreamedSheet,
    page: CrosstabPage,
    *,
    is_model: bool,
    solver: Mapping[str, str] | None = None,
) -> None:
    """Dress a page; the one that shows the document's model also gets the names that other pages use.

    `solver` are the Solver's names, by default those that make the RMSE small by changing everything.
    """
    at = page.layout
    _widths(sheet, page)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if at.ratings.left <= MOST_FROZEN:
        sheet.freeze_panes(at.ratings.top, at.ratings.left)
    else:
        sheet.freeze_panes(at.ratings.top, 0)
    if at.marks is not None:
        for block in (at.ratings, at.predictions, at.errors):
            hatch_held_out(sheet, block, at.marks, page.styles.hatching)
    color_ratings(sheet, at.ratings, page.numbers.held_out)
    color_errors(sheet, at.errors, LARGEST_ERROR, page.numbers.held_out)
    for name, block in named_blocks(page).items():
        workbook.define_name(f"{quoted_page(sheet.name)}!{name}", f"={block.on(sheet.name)}")
        if is_model:
            workbook.define_name(name, f"={block.on(sheet.name)}")
    add_solver(workbook, sheet.name, solver or ready_names(sheet.name, at.objective, at.changing))
    _notes(sheet, page)
    if at.user_bias is not None and not page.part.factors.has_bias:
        text = (
            "The document's model has no biases: they are 0 here, so that the predictions are those of the page "
            "Dot product. Type some, or let the Solver find them, and see what they gain."
        )
        sheet.write_comment(at.user_bias.top, at.user_bias.left, text, NOTE_SIZE)


def named_blocks(page: CrosstabPage) -> dict[str, Block]:
    """The names that formulas and people find the blocks by."""
    at = page.layout
    named = {
        "ratings": at.ratings,
        "predictions": at.predictions,
        "rmse": at.rmse,
        "user_factors": at.user_factors,
        "item_factors": at.item_factors,
        "user_bias": at.user_bias,
        "item_bias": at.item_bias,
        "held_out": at.marks,
    }
    for place, (name, _) in enumerate(parameters_of(page.model)):
        named[name] = Block(at.parameters.top + place, at.parameters.left + 1, 1, 1)
    return {name: block for name, block in named.items() if block is not None}


def _widths(sheet: StreamedSheet, page: CrosstabPage) -> None:
    ids = page.layout.user_ids.left
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, ids - 1, 6.5)
    sheet.set_column(ids, ids, 12)
    sheet.set_column(ids + 1, page.layout.width - 1, 7)


def _notes(sheet: StreamedSheet, page: CrosstabPage) -> None:
    at, label = page.layout, page.part.ratings.item_label
    n_changing = sum(block.height * block.width for block in at.changing)
    first = cell_name(at.predictions.top, at.predictions.left)
    biases = f" plus the user's and the {label}'s bias" if at.has_bias else ""
    notes = {
        (at.predictions.top, at.predictions.left): (
            f"{first} is a prediction: the user's row of factors (left) times the {label}'s column of factors (above), "
            f"product by product, summed up{biases}. Cells without a rating are left out: they are 0."
        ),
        (at.rmse.top, at.rmse.left): (
            "Root mean squared error: the differences of ratings and predictions, squared, summed up, divided by how "
            "many ratings there are, and the root of that. 0 is perfect."
        ),
        (at.item_factors.top, at.item_factors.left): (
            f"Factors of each {label}, one column per {label}. Change one and watch the RMSE. The Solver "
            f"(Data → Solver) is filled in to change all {n_changing:,} of them."
            + (f" Excel's own takes at most {MOST_VARIABLES}." if n_changing > MOST_VARIABLES else "")
        ),
        (at.user_factors.top, at.user_factors.left): "Factors of each user, one row per user.",
        (at.errors.top, at.errors.left): "How much too high (+) or too low (−) each prediction is.",
    }
    if at.marks is not None:
        notes[at.marks.top, at.marks.left] = (
            "A 1 holds the rating in the same place out: it is hatched, counts for the RMSE of held-out cells and not "
            "for the Solver. Type or delete a 1 to change that."
        )
    for (row, column), text in notes.items():
        sheet.write_comment(row, column, text, NOTE_SIZE)
