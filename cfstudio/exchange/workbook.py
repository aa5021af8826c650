"""A document as an Excel workbook with live formulas: the lesson's pages, calculated by any spreadsheet program."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from cfstudio.exchange.cell_names import MAX_COLUMNS
from cfstudio.exchange.cell_xml import RowXml
from cfstudio.exchange.crosstab_layout import CrosstabLayout
from cfstudio.exchange.crosstab_link import CrosstabLink
from cfstudio.exchange.facts import PAGE, crosstab_places, facts_of, lookup_places, pieces_of
from cfstudio.exchange.lookup_layout import HEAD_ROWS, MOST_RATINGS, LookupLayout
from cfstudio.exchange.page_dot import CrosstabPage
from cfstudio.exchange.page_dot_looks import dress_crosstab
from cfstudio.exchange.page_lookup import LookupPage
from cfstudio.exchange.page_lookup_looks import dress_lookup
from cfstudio.exchange.page_one_hot import OneHotPage
from cfstudio.exchange.page_read_me import explanations, read_me_rows, summary
from cfstudio.exchange.part import Watch
from cfstudio.exchange.solver_export import SolverExport
from cfstudio.exchange.streamed_sheet import StreamedSheet
from cfstudio.exchange.styles import Styles, add_styles
from cfstudio.exchange.zip_target import ZipTarget
from cfstudio.models.registry import needs_dot_product
from cfstudio.ratings.crosstab_choice import top_crosstab
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cfstudio.exchange.part import DocumentPart, IsCancelled, Progress
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray, Ratings
    from cfstudio.solver.problem import Problem

DOT, BIAS, LOOKUP, ONE_HOT, READ_ME = "Dot product", "With bias", "Embedding look-up", "One-hot", "Read me"

MOST_SHOWN = 250
"""Most users, and most items, of a crosstab page."""


def default_crosstab(ratings: Ratings) -> tuple[IntArray, IntArray]:
    """The users and items that a crosstab page shows: all of a small sheet, else the 250 × 250 with most ratings."""
    if ratings.n_users <= MOST_SHOWN and ratings.n_items <= MOST_SHOWN:
        return np.arange(ratings.n_users), np.arange(ratings.n_items)
    return top_crosstab(ratings, MOST_SHOWN, MOST_SHOWN)


def shown_crosstab(ratings: Ratings, users: IntArray, items: IntArray) -> tuple[IntArray, IntArray]:
    """What a sheet that shows `users` × `items` (codes, in its order) has on a crosstab page, at most 250 × 250.

    Of a large sheet that shows everything those with most ratings, of one that shows a choice the first ones.
    """
    if max(len(users), len(items)) <= MOST_SHOWN:
        return users, items
    if len(users) == ratings.n_users and len(items) == ratings.n_items:
        return default_crosstab(ratings)
    return users[:MOST_SHOWN], items[:MOST_SHOWN]


def export_workbook(
    document: DocumentPart,
    path: Path | str,
    *,
    users: IntArray,
    items: IntArray,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
    solver: Problem | None = None,
) -> str:
    """Write a workbook whose crosstab shows `users` × `items` (codes, at most 250 each); returns a sentence about it.

    All ratings are in the long form, up to the 1,048,573 that a page can list. `solver` is what Excel's Solver is
    filled in with on the page of the model, by default the smallest RMSE by changing everything.

    Raises DataError with a sentence if the document has nothing to show or the file cannot be written, ExportCancelled
    once `is_cancelled` says so; then and after any other exception no file is there, or the old one whole.
    """
    path = Path(path)
    _check(document, users, items)
    draft = _Draft(document, users, items, solver)
    watch = Watch(draft.n_rows, progress, is_cancelled)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="cfstudio-") as folder,
            atomic_write(path) as file,
            ZipTarget(file, watch.check) as target,
        ):
            draft.write(target, folder, watch)
            watch.check()
    except XlsxWriterException as error:
        raise DataError(f"{path} cannot be written: {error}.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    return draft.summary


def _check(document: DocumentPart, users: IntArray, items: IntArray) -> None:
    ratings, model = document.ratings, document.factors
    why_not = needs_dot_product("A workbook with live formulas", model)
    if why_not is not None:
        raise DataError(why_not)
    if not len(users) or not len(items):
        raise DataError(f"{ratings.name} has no users or no {ratings.item_label}s that a workbook could show.")
    if len(users) > MOST_SHOWN or len(items) > MOST_SHOWN:
        raise DataError(
            f"A crosstab of {len(users):,} × {len(items):,} is too large for a workbook page; "
            f"choose at most {MOST_SHOWN} × {MOST_SHOWN}."
        )
    if model.n_factors < 1:
        raise DataError("A workbook needs a model with at least one factor.")
    if 4 * model.n_factors + MOST_SHOWN + 20 > MAX_COLUMNS:
        raise DataError(f"{model.n_factors:,} factors are more than fit side by side on a page; choose fewer.")


class _Draft:
    """A workbook that is being put together."""

    def __init__(self, document: DocumentPart, users: IntArray, items: IntArray, solver: Problem | None) -> None:
        ratings, model = document.ratings, document.factors
        self._part, self._users, self._items = document, users, items
        has_marks = bool(document.held_out.any())
        # The page that shows the model comes first in what refers to a page; the learner reads dot product first.
        self._models = {
            DOT: replace(model, user_bias=None, item_bias=None),
            BIAS: model if model.has_bias else _with_zero_biases(model),
        }
        self._layouts = {
            page: CrosstabLayout(len(users), len(items), model.n_factors, one.has_bias, has_marks)
            for page, one in self._models.items()
        }
        self._master = BIAS if model.has_bias else DOT
        self._crosstab = self._layouts[self._master]
        n_listed = min(len(ratings.values), MOST_RATINGS)
        self._lookup = LookupLayout(
            n_listed, ratings.n_users, ratings.n_items, model.n_factors, model.has_bias, has_marks
        )
        if max(ratings.n_users, ratings.n_items) > MOST_RATINGS:
            raise DataError(f"{ratings.name} has more users or {ratings.item_label}s than a page has rows.")
        self.summary = summary(document, self._crosstab, self._lookup)
        self._solver_names: dict[str, str] | None = None
        if solver is not None and solver.changing.fits(model):
            export = SolverExport(solver, self._crosstab, users, items, self._master)
            self._solver_names = export.names
            self.summary = " ".join([self.summary, *export.remarks])

    @property
    def n_rows(self) -> int:
        """Rows of the large pages, by which progress is told."""
        return sum(layout.height for layout in self._layouts.values()) + self._lookup.height - HEAD_ROWS

    def write(self, file: ZipTarget, folder: str, watch: Watch) -> None:
        """Write the whole file; pages in the making lie in `folder`."""
        workbook = Workbook(file, {"tmpdir": folder, "use_zip64": True})
        workbook.set_properties({"title": self._part.ratings.name, "comments": "Made by CF Studio"})
        workbook.set_size(2400, 1500)
        styles = add_styles(workbook)
        for page, model in self._models.items():
            crosstab = CrosstabPage(self._layouts[page], self._part, model, self._users, self._items, styles)
            sheet = _add(workbook, page, crosstab.rows(watch), crosstab.layout.height, crosstab.layout.width)
            is_master = page == self._master
            solver = self._solver_names if is_master else None
            dress_crosstab(workbook, sheet, crosstab, is_model=is_master, solver=solver)
            if is_master:
                sheet.activate()
        self._add_lookup(workbook, styles, watch)
        self._add_one_hot(workbook, styles)
        self._add_read_me(workbook, styles)
        self._add_facts(workbook, styles)
        workbook.close()

    def _add_lookup(self, workbook: Workbook, styles: Styles, watch: Watch) -> None:
        link = CrosstabLink(self._master, self._crosstab, self._part.ratings, self._users, self._items)
        page = LookupPage(self._lookup, link, self._part, styles)
        sheet = _add(workbook, LOOKUP, page.rows(watch), self._lookup.height, self._lookup.width)
        dress_lookup(workbook, sheet, page)

    def _add_one_hot(self, workbook: Workbook, styles: Styles) -> None:
        page = OneHotPage(self._crosstab, self._master, self._part, self._users, self._items, styles)
        sheet = _add(workbook, ONE_HOT, page.rows(), page.height, page.width)
        sheet.set_column(0, 1, 12)
        sheet.set_column(2, page.width - 1, 6)
        sheet.freeze_panes(1, 2)

    def _add_read_me(self, workbook: Workbook, styles: Styles) -> None:
        pages = [self._master, *(page for page in self._models if page != self._master)]
        paragraphs = explanations(self._part, self._crosstab, self._lookup, pages)
        sheet = _add(workbook, READ_ME, read_me_rows(paragraphs, styles), 2 * len(paragraphs), 2)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 90)

    def _add_facts(self, workbook: Workbook, styles: Styles) -> None:
        crosstab = crosstab_places(self._master, self._crosstab)
        facts = facts_of(self._part, self._users, self._items, crosstab, lookup_places(LOOKUP, self._lookup))
        pieces = list(pieces_of(facts))
        _add(workbook, PAGE, _text_rows(pieces, styles), len(pieces), 1).hide()


def _with_zero_biases(model: Factorization) -> Factorization:
    """The same predictions, with biases to begin with."""
    kind = model.user_factors.dtype
    return replace(
        model,
        user_bias=np.zeros(len(model.user_factors), dtype=kind),
        item_bias=np.zeros(len(model.item_factors), dtype=kind),
    )


def _add(workbook: Workbook, name: str, rows: Iterable[str], height: int, width: int) -> StreamedSheet:
    sheet: StreamedSheet = workbook.add_worksheet(name, worksheet_class=StreamedSheet)
    sheet.stream(rows, height, width)
    return sheet


def _text_rows(texts: list[str], styles: Styles) -> Iterator[str]:
    for number, text in enumerate(texts):
        row = RowXml(number)
        row.text(0, text, styles.plain)
        yield row.xml()
