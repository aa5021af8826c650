"""What a workbook holds and how to use it, in words; and what it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_xml import RowXml
from cfstudio.exchange.solver_names import MOST_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.exchange.lookup_layout import LookupLayout
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.styles import Styles


def summary(part: DocumentPart, crosstab: CrosstabLayout, lookup: LookupLayout) -> str:
    """One sentence that says what was exported and, if it is not all, what was not."""
    ratings = part.ratings
    n_rows = len(ratings.values)
    shown = f"{crosstab.n_users:,} × {crosstab.n_items:,}"
    is_whole = (crosstab.n_users, crosstab.n_items) == (ratings.n_users, ratings.n_items)
    of_all = "" if is_whole else f" of {ratings.n_users:,} × {ratings.n_items:,}"
    listed = f"all {n_rows:,}" if lookup.n_ratings == n_rows else f"the first {lookup.n_ratings:,} of {n_rows:,}"
    why = "" if lookup.n_ratings == n_rows else ", as many as a page has rows"
    return (
        f"The crosstab shows {shown}{of_all} users × {ratings.item_label}s; the long form lists {listed} ratings{why}."
    )


def explanations(
    part: DocumentPart, crosstab: CrosstabLayout, lookup: LookupLayout, pages: Sequence[str]
) -> list[tuple[str, str]]:
    """Heading and text of each paragraph."""
    label = part.ratings.item_label
    n_changing = sum(block.height * block.width for block in crosstab.changing)
    parts = [
        (f"CF Studio: {part.ratings.name}", summary(part, crosstab, lookup)),
        (
            pages[0],
            f"Ratings at the top, {label} factors under them, predictions at the lower end with the user factors to "
            "their left. Every prediction is a formula: change a factor and see the RMSE change. Colored cells are "
            "numbers that may be changed.",
        ),
    ]
    other = "without the biases" if crosstab.has_bias else "with biases, which are 0: the model has none"
    parts += [
        (pages[1], f"The same factors {other}, as a page of its own: changes there stay there."),
        (
            "Embedding look-up",
            "The same predictions with one row per rating: each row finds its user and its "
            f"{label} in the tables on the right and multiplies their factors."
            + ("" if lookup.is_full else " There are so many that factors are looked up inside the formulas."),
        ),
        ("One-hot", "A look-up equals a multiplication with a row of zeros and a single one."),
        (
            "Solver",
            "In Excel, Data → Solver opens ready filled on the pages with a crosstab: smallest RMSE by changing all "
            f"{n_changing:,} factors{' and biases' if crosstab.has_bias else ''}."
            + (
                f" Excel's own Solver takes at most {MOST_VARIABLES} changing cells; choose fewer users, "
                f"{label}s or factors to use it."
                if n_changing > MOST_VARIABLES
                else ""
            )
            + " LibreOffice's solvers need the extension for nonlinear problems.",
        ),
        (
            "Back into CF Studio",
            "Save as .xlsx and open it there: changed ratings, factors, biases and marks come back. The hidden page "
            '"cfstudio" keeps what cells cannot show, such as types of ids; please leave it.',
        ),
    ]
    if crosstab.has_marks:
        parts.insert(
            -2,
            ("Held out", "Hatched ratings are held out: the Solver does not see them, they have an RMSE of their own."),
        )
    return parts


def read_me_rows(paragraphs: Sequence[tuple[str, str]], styles: Styles) -> Iterator[str]:
    """The rows of the page as XML."""
    for number, (heading, text) in enumerate(paragraphs):
        row = RowXml(2 * number)
        row.text(0, heading, styles.heading)
        row.text(1, text, styles.wrapped)
        yield row.xml()
