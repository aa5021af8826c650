"""What the lab says below the sheet: where the page is, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.gui.optimizer_lab.session import MOST_EPOCHS
from cfstudio.optimizer_lab.divergence import divergence
from cfstudio.optimizer_lab.numbers import written
from cfstudio.optimizer_lab.worksheet import rmse

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession


def status(session: LabSession) -> str:
    """Epoch, row, line and error."""
    sheet = session.sheet
    if not sheet.n_rows_run:
        return "Nothing was run yet: Space runs, F8 one row, F9 one epoch. Click any cell to see its formula."
    return (
        f"Epoch {sheet.epoch:,}, row {len(sheet.rows):,} of {len(sheet.order):,}.  a = {written(sheet.a)}, "
        f"b = {written(sheet.b)}, RMSE {written(rmse(sheet.page, sheet.a, sheet.b))}"
    )


def trouble(session: LabSession) -> str:
    """Why the page diverges or goes no further; "" where all is well."""
    if (said := divergence(session.sheet)) is not None:
        return said
    if session.sheet.epoch >= MOST_EPOCHS:
        return f"{MOST_EPOCHS:,} epochs have run: the page goes no further. F7 resets it."
    return ""


def about(session: LabSession) -> str:
    """What the method does and how its two forms differ."""
    page = session.page
    return f"{page.form.explanation} {page.method.difference} ({page.method.source})"
