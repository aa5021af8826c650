"""A draw of a user's numbers in words, line by line, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.blackboard import Blackboard, change_line, number
from cfstudio.learning.sampler_priors import NOISE_SHAPE

if TYPE_CHECKING:
    from cfstudio.learning.one_draw import OneDraw

HEADER = ["number", "old", "α Σ q²", "prior", "precision", "prior mean", "mean", "z", "new"]


def draw_board(draw: OneDraw, rating: float, before: float, after: float) -> Blackboard:
    """The draw, and the prediction of the selected cell `before` and `after` it."""
    noise, shape = draw.noise_precision, f"{NOISE_SHAPE:g}"
    lines = [
        f"ratings     {draw.n_ratings:,} of this user's, held-out ones apart; around what is expected they scatter by "
        f"1 / √α = {number(noise**-0.5)}: α = ({shape} + n / 2) / ({shape} + Σ error² / 2) = {number(noise)}",
        "prior       of each number, before this user's ratings: what all users' numbers of its column make likely",
        "precision   prior + α Σ q² over the movies this user has rated; q is the movie's factor, 1 for the bias",
        "mean        (α Σ q × (error + old × q) + prior × prior mean) / precision",
        "draw        new = mean + z / √precision, z from normal(0, 1); the bias first, then each factor in turn, "
        "given all that was drawn before",
    ]
    return Blackboard(lines, HEADER, _rows(draw), change_line(before, after, rating))


def _rows(draw: OneDraw) -> list[list[str | float]]:
    columns = (
        draw.old, draw.evidence, draw.prior.precision, draw.precision, draw.prior.mean, draw.mean,
        draw.normals, draw.new,
    )  # fmt: skip
    last = len(draw.old) - 1
    return [
        ["user bias" if place == last else f"user f{place + 1}", *(float(one[place]) for one in columns)]
        for place in (last, *range(last))
    ]
