"""A document with somebody, or something, that has been tried out beside it: ratings and numbers become a row of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.workspace.reshaping import Contents, with_item, with_user

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.model_state import Side


def with_kept_user(
    contents: Contents, rated: dict[int, float], numbers: FloatArray, user_id: str | None = None
) -> Contents:
    """One user more, at the end, with ratings by item code and the factors, followed by the bias, found for it.

    Its ratings are training ratings; `numbers` is (d,). The starting factors get the random row that they would have
    had, so that a training from the start treats it like everybody else. Raises Refusal for an id that is taken.
    """
    grown = with_user(contents, user_id)
    return _filled(grown, "user", grown.ratings.n_users - 1, rated, numbers)


def with_kept_item(
    contents: Contents, title: str, genres: tuple[str, ...], rated: dict[int, float], numbers: FloatArray
) -> Contents:
    """One item more, at the end, with ratings by user code and numbers as `with_kept_user` takes them."""
    grown = with_item(contents, title, "|".join(genres))
    return _filled(grown, "item", grown.ratings.n_items - 1, rated, numbers)


def _filled(contents: Contents, side: Side, code: int, rated: dict[int, float], numbers: FloatArray) -> Contents:
    ratings, state = contents.ratings, contents.state
    if rated:
        others = np.fromiter(rated, dtype=np.int64, count=len(rated))
        own = np.full(len(rated), code)
        values = np.fromiter(rated.values(), dtype=np.float64, count=len(rated))
        # A table of its own: rows are appended to copies of its arrays.
        if side == "user":
            ratings.set_many(own, others, values)
        else:
            ratings.set_many(others, own, values)
        state = replace(state, held_out=np.pad(state.held_out, (0, len(rated))))
    _write(state.factors, side, code, numbers)
    return replace(contents, ratings=ratings, state=state)


def _write(factors: Factorization, side: Side, code: int, numbers: FloatArray) -> None:
    """Into the grown arrays, which nobody else has yet."""
    matrix, bias = (
        (factors.user_factors, factors.user_bias) if side == "user" else (factors.item_factors, factors.item_bias)
    )
    matrix[code] = numbers[: factors.n_factors]
    if bias is not None:
        bias[code] = numbers[-1]
