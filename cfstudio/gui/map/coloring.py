"""What the points of the map are colored by: a few classes, each with a color and a shape or size of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cfstudio.explore.filters import genre_columns, genre_names

if TYPE_CHECKING:
    from cfstudio.gui.theme import Theme
    from cfstudio.ratings.table import FloatArray, IntArray, Ratings

Quantity = Literal["genre", "bias", "mean", "year", "ratings"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
N_GENRES = 7
N_STEPS = 5
SHAPES = ("circle", "triangle", "square", "diamond", "down", "plus", "cross", "circle")
"""One per genre, so that color is not the only sign; numbers grow with their class instead."""


@dataclass(frozen=True)
class Look:
    """How a class is drawn: color "#rrggbb", shape, size relative to the others, and what it is called."""

    color: str
    shape: str
    size: float
    name: str


@dataclass(frozen=True)
class Classes:
    """`of_code` (n,) the class of every user or item; `names` of the classes; the last one is "other" or "unknown"."""

    of_code: IntArray
    names: tuple[str, ...]
    is_ordered: bool

    def looks(self, theme: Theme) -> list[Look]:
        """How the classes are drawn in a theme; "other" smaller, many ratings larger than few."""
        n = len(self.names) - 1
        if not self.is_ordered:
            colors = [*theme.categories[:n], theme.categories[-1]]
            shapes = [*SHAPES[:n], "circle"]
            sizes = [1.0] * n + [0.7]
        else:
            places = [round(step * 255 / max(n - 1, 1)) for step in range(n)]
            ramp = [tuple(theme.sequence_ramp[place]) for place in places]
            colors = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in ramp] + [theme.categories[-1]]
            shapes = ["circle"] * n + ["cross"]
            sizes = [0.75 + 0.55 * step / max(n - 1, 1) for step in range(n)] + [0.7]
        return [Look(*look) for look in zip(colors, shapes, sizes, self.names, strict=True)]


def genre_classes(ratings: Ratings) -> Classes:
    """Each item under the rarest of its genres among the seven most common: nearly everything is also a drama."""
    names = genre_names(ratings.item_table)
    table = genre_columns(ratings.item_table, names)
    totals = table.sum(axis=0)
    common = np.argsort(-totals, kind="stable")[:N_GENRES]
    of_code = np.full(ratings.n_items, len(common), dtype=np.int64)
    for place in np.argsort(-totals[common], kind="stable").tolist():
        of_code[table[:, common[place]]] = place
    return Classes(of_code, (*(names[one] for one in common.tolist()), "other"), is_ordered=False)


def number_classes(values: FloatArray, counted: FloatArray, write: str) -> Classes:
    """Five classes of about as many of the `counted` values each; `write` is a format, "{:.1f}"."""
    known = counted[np.isfinite(counted)]
    if not len(known):
        return Classes(np.zeros(len(values), dtype=np.int64), ("unknown",), is_ordered=True)
    edges = np.unique(np.quantile(known, np.arange(1, N_STEPS) / N_STEPS))
    edges = edges[edges > known.min()]
    of_code = np.where(np.isfinite(values), np.searchsorted(edges, values, side="right"), len(edges) + 1)
    texts = [write.format(edge).replace("-", "−") for edge in edges.tolist()]
    if not texts:
        names = [write.format(float(known.min())).replace("-", "−")]
    else:
        middle = [f"{low} – {high}" for low, high in pairwise(texts)]
        names = [f"< {texts[0]}", *middle, f"≥ {texts[-1]}"]
    return Classes(of_code.astype(np.int64), (*names, "unknown"), is_ordered=True)
