"""A document with more or fewer users, items or factors; everything that stays keeps its numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.models.net import NetFactorization
from cfstudio.ratings.table import ItemTable
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.net_reshaping import feature_numbers, own_width, resized_net
from cfstudio.workspace.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings
    from cfstudio.workspace.model_state import ModelState, Side
    from cfstudio.workspace.shown import Shown


@dataclass(frozen=True)
class Contents:
    """The whole of a document at one moment."""

    ratings: Ratings
    state: ModelState
    shown: Shown
    selection: Selection = field(default_factory=Selection)


def with_user(contents: Contents, user_id: str | None = None) -> Contents:
    """One user more, at the end, who has rated nothing; without an id the next free number is taken.

    Raises Refusal with a sentence if somebody has this id already.
    """
    ratings = contents.ratings
    ids = _with_id(ratings.user_ids, user_id, "user")
    columns = {name: np.append(column, np.array([""], dtype=object)) for name, column in ratings.user_columns.items()}
    # Ratings are edited in place: those from before must not change with them, for Undo goes back to them.
    grown = replace(ratings, user_ids=ids, user_columns=columns, values=ratings.values.copy())
    shown = replace(contents.shown, users=np.append(contents.shown.users, ratings.n_users))
    return Contents(grown, _grown_state(contents, grown, "user"), shown)


def with_item(contents: Contents, title: str, genres: str = "", item_id: str | None = None) -> Contents:
    """One item more, at the end, that nobody has rated. Raises Refusal with a sentence if its id is taken."""
    ratings, table = contents.ratings, contents.ratings.item_table
    table = ItemTable(
        ids=_with_id(table.ids, item_id, ratings.item_label),
        titles=np.append(table.titles, np.array([title], dtype=object)),
        genres=np.append(table.genres, np.array([genres], dtype=object)),
        years=np.append(table.years, np.int16(_year_in(title))),
    )
    # Whatever was sorted by code × n_items must be sorted anew, which `replace` does.
    grown = replace(ratings, item_table=table, values=ratings.values.copy())
    shown = replace(contents.shown, items=np.append(contents.shown.items, ratings.n_items))
    return Contents(grown, _grown_state(contents, grown, "item"), shown)


def without(contents: Contents, side: Side, codes: IntArray) -> Contents:
    """Without some users or items and their ratings. Raises Refusal if nobody or nothing would be left."""
    ratings, state, shown = contents.ratings, contents.state, contents.shown
    n = ratings.n_users if side == "user" else ratings.n_items
    stays = np.ones(n, dtype=np.bool_)
    stays[codes] = False
    if not stays.any():
        raise Refusal(f"A sheet needs at least one {side if side == 'user' else ratings.item_label}.")
    new_code = np.cumsum(stays) - 1
    rows = stays[ratings.users if side == "user" else ratings.items]
    kept = replace(
        ratings,
        users=_recoded(ratings.users[rows], new_code, is_changed=side == "user"),
        items=_recoded(ratings.items[rows], new_code, is_changed=side == "item"),
        values=ratings.values[rows],
        timestamps=None if ratings.timestamps is None else ratings.timestamps[rows],
        user_ids=ratings.user_ids[stays] if side == "user" else ratings.user_ids,
        item_table=ratings.item_table if side == "user" else _items_where(ratings.item_table, stays),
        user_columns={name: column[stays] for name, column in ratings.user_columns.items()}
        if side == "user"
        else ratings.user_columns,
    )
    start, factors = (_on_side(one, side, lambda _name, old: old[stays]) for one in (state.start, state.factors))
    state = replace(state, held_out=state.held_out[rows], start=start, factors=factors)
    if side == "user":
        shown = replace(shown, users=new_code[shown.users[stays[shown.users]]])
    else:
        shown = replace(shown, items=new_code[shown.items[stays[shown.items]]])
    return Contents(kept, state, shown)


def with_n_factors(factors: Factorization, fresh: Factorization) -> Factorization:
    """Factors with as many columns as `fresh` has: the last ones dropped, or `fresh`'s added; the others stay."""
    if isinstance(factors, NetFactorization) and isinstance(fresh, NetFactorization):
        return resized_net(factors, fresh)
    k, n_wanted = factors.n_factors, fresh.n_factors

    def resized(old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.hstack((old[:, :n_wanted], new[:, k:].astype(old.dtype))))

    return replace(
        factors,
        user_factors=resized(factors.user_factors, fresh.user_factors),
        item_factors=resized(factors.item_factors, fresh.item_factors),
        user_bias=None if factors.user_bias is None else factors.user_bias.copy(),
        item_bias=None if factors.item_bias is None else factors.item_bias.copy(),
    )


def _grown_state(contents: Contents, grown: Ratings, side: Side) -> ModelState:
    """With numbers for the new last user or item, drawn from those that the others of that side started with.

    So they are distributed as the start is, whether that was drawn from the seed, re-randomized or the workbook's own.
    """
    state = contents.state
    rng = np.random.default_rng((state.config.seed, len(getattr(state.start, f"{side}_factors"))))
    drawn: dict[str, Floats] = {}

    def grown_factors(factors: Factorization) -> Factorization:
        def grow(name: str, old: Floats) -> Floats:
            if name not in drawn:
                started = getattr(state.start, name)
                drawn[name] = rng.choice(started.ravel(), size=(1, *started.shape[1:]))
            new = drawn[name]
            if isinstance(factors, NetFactorization):
                own = new[:, : own_width(factors, side)]
                new = np.hstack((own, feature_numbers(factors, contents.ratings, grown, side)))
            return np.concatenate((old, new.astype(old.dtype)))

        return _on_side(factors, side, grow)

    return replace(state, start=grown_factors(state.start), factors=grown_factors(state.factors))


def _on_side(factors: Factorization, side: Side, change: Callable[[str, Floats], Floats]) -> Factorization:
    """Change the factors and the biases of the users or of the items; `change` gets an array's name and the array."""
    if side == "user":
        bias = None if factors.user_bias is None else change("user_bias", factors.user_bias)
        return replace(factors, user_factors=change("user_factors", factors.user_factors), user_bias=bias)
    bias = None if factors.item_bias is None else change("item_bias", factors.item_bias)
    return replace(factors, item_factors=change("item_factors", factors.item_factors), item_bias=bias)


def _with_id(ids: NDArray[Any], wanted: str | None, what: str) -> NDArray[Any]:
    """Ids with one more. Raises Refusal if it is there already."""
    is_number = ids.dtype.kind in "iu"
    if wanted is None or not wanted.strip():
        new: object = int(ids.max(initial=0)) + 1 if is_number else _free_name(ids, f"new {what}")
    else:
        text = wanted.strip()
        new = int(text) if is_number and text.lstrip("-").isdecimal() else text
    if str(new) in {str(one) for one in ids.tolist()}:
        raise Refusal(f"There is a {what} {new} already; give another id.")
    if is_number and isinstance(new, int):
        return np.append(ids, np.array([new], dtype=ids.dtype))
    return np.array([*ids.tolist(), new], dtype=object)


def _free_name(ids: NDArray[Any], name: str) -> str:
    taken, number = {str(one) for one in ids.tolist()}, 1
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"


def _year_in(title: str) -> int:
    year = title.strip()[-5:-1]
    return int(year) if title.strip().endswith(")") and year.isdecimal() else 0


def _items_where(table: ItemTable, stays: BoolArray) -> ItemTable:
    return ItemTable(table.ids[stays], table.titles[stays], table.genres[stays], table.years[stays])


def _recoded(codes: NDArray[np.int32], new_code: IntArray, *, is_changed: bool) -> NDArray[np.int32]:
    return new_code[codes].astype(np.int32) if is_changed else codes.copy()
