"""Predictions for pairs by their ids, whether the model knows both, one or none of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.explore.new_movie import fit_feature_model
from cfstudio.explore.prior import average_numbers, training_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, ItemTable, Ratings


@dataclass(frozen=True)
class StrangerPredictions:
    """Predicted ratings (n,) of pairs, and which of them had an unknown user or item, (n,) bool.

    `is_from_features` are those whose unknown item was predicted from its genres and year.
    """

    predictions: FloatArray
    is_user_unknown: BoolArray
    is_item_unknown: BoolArray
    is_from_features: BoolArray
    n_unknown_users: int
    n_unknown_items: int

    def sentences(self, label: str = "movie") -> list[str]:
        """What people should know of the unknown ones; nothing if there are none."""
        said = []
        if self.n_unknown_users:
            said.append(
                f"{_counted(self.n_unknown_users, 'unknown user')} in {_counted(self.is_user_unknown.sum(), 'row')}: "
                "predicted as the average user."
            )
        if self.n_unknown_items:
            n_from_features = int(self.is_from_features.sum())
            n_average = int(self.is_item_unknown.sum()) - n_from_features
            ways = [(n_average, f"as the average {label}"), (n_from_features, "from genres and year")]
            how = ", ".join(f"{_counted(n, 'row')} {way}" for n, way in ways if n)
            said.append(f"{_counted(self.n_unknown_items, f'unknown {label}')}: {how}.")
        return said


class Strangers:
    """Predicts by ids; somebody unknown counts as the average one, a movie with known genres as one like it.

    The split tells whom the model was trained on: a user or item without a training rating still has its random start
    and counts as unknown. `described` may know genres and years of items that the ratings do not have.
    """

    def __init__(
        self, model: Factorization, ratings: Ratings, held_out: BoolArray, described: ItemTable | None = None
    ) -> None:
        rows = training_rows(ratings, held_out)
        self._average_user, self._average_item = ratings.n_users, ratings.n_items
        self._users = _trained(ratings.user_ids, ratings.users[rows])
        self._items = _trained(ratings.item_table.ids, ratings.items[rows])
        new_users = average_numbers(model, "user", ratings, held_out)[None, :]
        new_items = average_numbers(model, "item", ratings, held_out)[None, :]
        featured = self._featured(model, ratings, held_out, described)
        if featured is not None:
            new_items = np.vstack((new_items, featured))
        self._model = _with_rows(model, new_users, new_items)

    def predict(self, user_ids: NDArray[Any], item_ids: NDArray[Any]) -> StrangerPredictions:
        """Predict pairs of ids, (n,) each; ids are compared as text."""
        users, n_unknown_users = _looked_up(user_ids, self._users, self._average_user)
        items, n_unknown_items = _looked_up(item_ids, self._items, self._average_item)
        return StrangerPredictions(
            self._model.predict(users, items),
            users >= self._average_user,
            items >= self._average_item,
            items > self._average_item,
            n_unknown_users,
            n_unknown_items,
        )

    def _featured(
        self, model: Factorization, ratings: Ratings, held_out: BoolArray, described: ItemTable | None
    ) -> FloatArray | None:
        """Numbers (n, d) of unknown items from their genres and years; gives these items codes after the average."""
        if described is None:
            return None
        ids = [str(one) for one in described.ids.tolist()]
        has_features = (described.genres != "") | (described.years > 0)
        unknown = [place for place, one in enumerate(ids) if one not in self._items and has_features[place]]
        if not unknown:
            return None
        try:
            features = fit_feature_model(model, ratings, held_out)
        except ValueError:  # the session has no genres and years to learn from
            return None
        self._items |= {ids[place]: self._average_item + 1 + number for number, place in enumerate(unknown)}
        return features.numbers(features.features.columns(described)[unknown])


def _trained(ids: NDArray[Any], codes: NDArray[np.int32]) -> dict[str, int]:
    """Codes of those with a training rating, by id as text."""
    counts = np.bincount(codes, minlength=len(ids))
    return {str(one): code for code, one in enumerate(ids.tolist()) if counts[code]}


def _looked_up(ids: NDArray[Any], known: dict[str, int], average: int) -> tuple[IntArray, int]:
    """Codes of ids, that of the average where there is none, and how many different ones are unknown."""
    different, places = np.unique(ids, return_inverse=True)
    codes = np.array([known.get(str(one), average) for one in different.tolist()], dtype=np.int64)
    return codes[places.reshape(-1)], int(np.count_nonzero(codes >= average))


def _with_rows(model: Factorization, users: FloatArray, items: FloatArray) -> Factorization:
    """The model with more users and items at its end, (n, d) numbers each."""

    def longer(rows: Floats, more: FloatArray) -> Floats:
        return np.concatenate((rows, more.astype(rows.dtype)))

    return replace(
        model,
        user_factors=longer(model.user_factors, users[:, : model.width("user")]),
        item_factors=longer(model.item_factors, items[:, : model.width("item")]),
        user_bias=None if model.user_bias is None else longer(model.user_bias, users[:, -1]),
        item_bias=None if model.item_bias is None else longer(model.item_bias, items[:, -1]),
    )


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
