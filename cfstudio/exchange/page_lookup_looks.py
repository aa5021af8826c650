"""What surrounds the cells of the long form: names, notes, colors, frozen panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import Block, quoted_page
from cfstudio.exchange.lookup_layout import HEAD_ROWS
from cfstudio.exchange.page_dot_looks import LARGEST_ERROR, NOTE_SIZE
from cfstudio.exchange.styles import color_errors, color_ratings, hatch_held_out

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from cfstudio.exchange.page_lookup import LookupPage
    from cfstudio.exchange.streamed_sheet import StreamedSheet


def dress_lookup(workbook: Workbook, sheet: StreamedSheet, page: LookupPage) -> None:
    """Dress the page. Its tables have their own names; on it `ratings`, `predictions`, `rmse` mean its columns."""
    at = page.layout
    sheet.freeze_panes(HEAD_ROWS, 3)
    sheet.set_column(0, at.width - 1, 8.5)
    sheet.set_column(at.item_ids.right, at.item_ids.right, 34)
    tables = {
        "user_ids": at.user_ids,
        "item_ids": at.item_ids,
        "user_table": at.user_factors,
        "item_table": at.item_factors,
        "user_bias_table": at.user_bias,
        "item_bias_table": at.item_bias,
    }
    for name, block in tables.items():
        if block is not None:
            workbook.define_name(name, f"={block.on(sheet.name)}")
    # A name must refer to a cell even where nothing is rated.
    shown = {name: Block(one.top, one.left, max(one.height, 1), 1) for name, one in _columns(page).items()}
    for name, block in shown.items():
        workbook.define_name(f"{quoted_page(sheet.name)}!{name}", f"={block.on(sheet.name)}")
    if at.mark is not None:
        for column in (2, at.prediction, at.prediction + 1):
            hatch_held_out(sheet, at.column(column), at.column(at.mark), page.styles.hatching)
    if at.n_ratings:
        color_ratings(sheet, at.column(2))
        color_errors(sheet, at.column(at.prediction + 1), LARGEST_ERROR)
    _notes(sheet, page)


def _columns(page: LookupPage) -> dict[str, Block]:
    at = page.layout
    columns = {
        "ratings": at.column(2),
        "predictions": at.column(at.prediction),
        "squared_errors": at.column(at.prediction + 2),
        "rmse": Block(0, 1, 1, 1),
    }
    if at.mark is not None:
        columns["held_out"] = at.column(at.mark)
    return columns


def _notes(sheet: StreamedSheet, page: LookupPage) -> None:
    at, label = page.layout, page.part.ratings.item_label
    notes = {
        (0, 1): "Root mean squared error of the rows below: the root of the mean of the last column.",
        (2, at.user_index): "Where MATCH finds the user in the table of users on the right.",
        (2, at.prediction): (
            f"The products of the user's and the {label}'s factors, summed up"
            + (", plus both biases." if at.has_bias else ".")
        ),
        (2, at.user_factors.left): (
            "Embedding table of the users: one row of factors each. Numbers that the crosstab page shows too are taken "
            "from there; change them there."
        ),
        (2, at.item_factors.left): f"Embedding table of the {label}s.",
    }
    for (row, column), text in notes.items():
        sheet.write_comment(row, column, text, NOTE_SIZE)
