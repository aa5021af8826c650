"""Recommendations as rows of a table, each with its reason in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.gui.keyed_model import Column, Row, points, signed, stars, whole

if TYPE_CHECKING:
    from cfstudio.explore.new_person import PersonalRecommendations
    from cfstudio.explore.reasons import Reasons
    from cfstudio.ratings.table import IntArray, Ratings

N_SHOWN = 50
LEAST_EFFECT = 0.005
"""Rating points below which a rating is no reason."""

TITLE, PREDICTED, SPREAD, BECAUSE, GENRES, COUNT = range(6)


def columns(label: str = "movie") -> tuple[Column, ...]:
    """What is said of each recommendation."""
    spread = (
        "How far the prediction may be off because little is known of this person: one standard deviation of it; "
        "a rating scatters around it in any case"
    )
    return (
        Column(label.capitalize(), "Double-click or Enter goes there in the sheet", share=1.5),
        Column("Predicted", "The rating that the model predicts", points, "0.00"),
        Column("±", spread, points, "0.00"),
        Column("Because of", "The ratings given that move this prediction most, and by how much", share=1.4),
        Column("Genres", "What the data set says of it; the model knows nothing of genres", share=0.7),
        Column("Ratings", "How many ratings it has: the fewer, the less its factors say", whole, "0,000"),
    )


def recommended_rows(found: PersonalRecommendations, ratings: Ratings, counts: IntArray) -> list[Row]:
    """A row for each recommendation, in their order."""
    items = ratings.item_table
    rows = []
    for place, code in enumerate(found.codes.tolist()):
        because = reason_words(found.reasons[place], ratings)
        values = (
            str(items.titles[code]),
            float(found.predictions[place]),
            float(found.uncertainties[place]),
            because,
            str(items.genres[code]).replace("|", ", "),
            int(counts[code]),
        )
        rows.append(Row(code, values, bool(found.is_rated[place])))
    return rows


def reason_words(reasons: Reasons, ratings: Ratings) -> str:
    """`Heat 5 ★ +0.31; Alien 3 ★ −0.12`: ratings and what each adds to the prediction."""
    said = [
        f"{short_title(str(ratings.item_table.titles[code]))} {stars(value)}★ {signed(effect)}"
        for code, value, effect in zip(
            reasons.codes.tolist(), reasons.values.tolist(), reasons.effects.tolist(), strict=True
        )
        if abs(effect) >= LEAST_EFFECT
    ]
    return "; ".join(said) or "nothing rated bears on it"


def short_title(title: str) -> str:
    """A title without its year."""
    head, separator, year = title.rpartition(" (")
    return head if separator and year.rstrip(")").isdecimal() else title
