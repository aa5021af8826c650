"""A net with more or fewer numbers per user or item; what stays keeps its numbers, in the first layer, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.models.features import feature_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.factorization import Floats, Side
    from cfstudio.models.net import NetFactorization
    from cfstudio.ratings.table import Ratings


def resized_net(net: NetFactorization, fresh: NetFactorization) -> NetFactorization:
    """The net with as many own numbers per row as `fresh` has, whose other parts and layers are of the same sizes."""
    users = _resized(net.user_factors, fresh.user_factors, own_width(net, "user"), own_width(fresh, "user"))
    items = _resized(net.item_factors, fresh.item_factors, own_width(net, "item"), own_width(fresh, "item"))
    (old_users, old_items), (new_users, new_items) = (_by_side(one.weights[0], one) for one in (net, fresh))
    of_users = _resized(old_users, new_users, own_width(net, "user"), own_width(fresh, "user"))
    first = np.hstack((of_users, _resized(old_items, new_items, own_width(net, "item"), own_width(fresh, "item"))))
    return replace(
        net.copy(),
        user_factors=users,
        item_factors=items,
        weights=(first, *(weight.copy() for weight in net.weights[1:])),
        user_parts=fresh.user_parts,
        item_parts=fresh.item_parts,
    )


def own_width(net: NetFactorization, side: Side) -> int:
    """How many numbers of a row belong to the id alone."""
    return net.parts(side)[0][1]


def feature_numbers(net: NetFactorization, ratings: Ratings, grown: Ratings, side: Side) -> Floats:
    """What features give the last user or item of `grown`, who is not in `ratings`: (1, n) numbers.

    Labels that nobody had before give nothing.
    """
    rows = net.user_factors if side == "user" else net.item_factors
    begin, found = own_width(net, side), [np.zeros((1, 0))]
    for name, width in net.parts(side)[1:]:
        (known,), (new,) = feature_columns(ratings, name), feature_columns(grown, name)
        table = dict(zip(known.labels, known.table_for(rows[:, begin : begin + width]), strict=True))
        labels = [new.labels[place] for place in new.members[new.starts[-2] :].tolist()]
        found.append(sum((table.get(label, np.zeros(width)) for label in labels), np.zeros(width))[None, :])
        begin += width
    return np.hstack(found)


def _resized(old: NDArray[Any], new: NDArray[Any], n_old: int, n_new: int) -> NDArray[Any]:
    """Columns of `old`, of the own ones, the first `n_old`, the last dropped or those of `new` added."""
    added = new[:, n_old:n_new].astype(old.dtype)
    return np.ascontiguousarray(np.hstack((old[:, : min(n_old, n_new)], added, old[:, n_old:])))


def _by_side(weight: Floats, net: NetFactorization) -> tuple[Floats, Floats]:
    n_user = net.width("user")
    return weight[:, :n_user], weight[:, n_user:]
