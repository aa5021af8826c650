"""Which users and items a crosstab shows: the most rated ones, those of a genre, those selected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, IntArray, Ratings


class CrosstabChoice(Protocol):
    """A rule that picks users and items."""

    def codes(self, ratings: Ratings) -> tuple[IntArray, IntArray]:
        """Codes of the users and the items, each (n,) int64, in the order in which the crosstab shows them."""

    def sentence(self, ratings: Ratings) -> str:
        """What is picked, as one sentence."""


@dataclass(frozen=True)
class TopByCount:
    """The users and the items with the most ratings: the lesson's recipe. Numbers below 1 raise ValueError."""

    n_users: int
    n_items: int

    def codes(self, ratings: Ratings) -> tuple[IntArray, IntArray]:
        """See `top_crosstab`."""
        return top_crosstab(ratings, self.n_users, self.n_items)

    def sentence(self, ratings: Ratings) -> str:
        """What is picked, as one sentence."""
        users = counted(min(self.n_users, ratings.n_users), "user")
        items = counted(min(self.n_items, ratings.n_items), ratings.item_label)
        return f"The {users} and the {items} with the most ratings; of equal counts the smaller id comes in."


@dataclass(frozen=True)
class ByGenre:
    """The items of one genre with the most ratings, and the users who have rated most of that genre.

    Who or what has no rating in the genre stays out. Numbers below 1 raise ValueError.
    """

    genre: str
    n_users: int
    n_items: int

    def codes(self, ratings: Ratings) -> tuple[IntArray, IntArray]:
        """Codes in the order of the file; of equal counts the smaller id comes in."""
        _check(self.n_users, self.n_items)
        rows = items_of_genre(ratings, self.genre)[ratings.items] & ratings.rated
        by_user = np.bincount(ratings.users[rows], minlength=ratings.n_users)
        by_item = np.bincount(ratings.items[rows], minlength=ratings.n_items)
        users = _most_rated(by_user, ratings.user_ids, self.n_users)
        items = _most_rated(by_item, ratings.item_table.ids, self.n_items)
        return users[by_user[users] > 0], items[by_item[items] > 0]

    def sentence(self, ratings: Ratings) -> str:
        """What is picked, as one sentence."""
        n_users, n_items = (len(codes) for codes in self.codes(ratings))
        label = ratings.item_label
        if not n_items:
            return f"No {label} of the genre {self.genre} has a rating; choose another genre."
        return (
            f"The {counted(n_items, label)} of the genre {self.genre} with the most ratings, "
            f"and the {counted(n_users, 'user')} who rated most of that genre."
        )


@dataclass(frozen=True, eq=False)
class BySelection:
    """The users and items that are selected, (n,) int64 codes in the order given."""

    users: IntArray
    items: IntArray

    def codes(self, ratings: Ratings) -> tuple[IntArray, IntArray]:  # noqa: ARG002 - the selection is known
        """The selected codes."""
        return self.users, self.items

    def sentence(self, ratings: Ratings) -> str:
        """What is picked, as one sentence."""
        if not len(self.users) or not len(self.items):
            return "Nothing is selected; select cells in the sheet first."
        users, items = counted(len(self.users), "user"), counted(len(self.items), ratings.item_label)
        return f"The {users} and the {items} that are selected in the sheet, in its order."


def top_crosstab(ratings: Ratings, n_users: int, n_items: int) -> tuple[IntArray, IntArray]:
    """Codes of the users and the items with the most ratings, each (up to n,) int64, in the order of the file.

    This is the lesson's recipe (pandas: `groupby`, `sort_values`, then `crosstab`): of equal counts the smaller id
    comes in, and the crosstab is sorted by code. Numbers below 1 raise ValueError.
    """
    _check(n_users, n_items)
    return (
        _most_rated(ratings.counts_by_user(), ratings.user_ids, n_users),
        _most_rated(ratings.counts_by_item(), ratings.item_table.ids, n_items),
    )


def genre_names(ratings: Ratings) -> tuple[str, ...]:
    """The genres that the items have, in alphabetical order."""
    genres = {genre for text in set(ratings.item_table.genres.tolist()) for genre in text.split("|")}
    return tuple(sorted(genres - {""}))


def items_of_genre(ratings: Ratings, genre: str) -> BoolArray:
    """(n_items,) whether an item is of the genre, whatever else it is."""
    return np.array([genre in text.split("|") for text in ratings.item_table.genres.tolist()], dtype=np.bool_)


def counted(n: int, noun: str) -> str:
    """A number and what it counts: "1 user", "2,000 users"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _check(n_users: int, n_items: int) -> None:
    if n_users < 1 or n_items < 1:
        raise ValueError(f"A crosstab needs at least one user and one item, not {n_users} × {n_items}.")


def _most_rated(counts: IntArray, ids: NDArray[Any], n: int) -> IntArray:
    by_id = np.argsort(ids, kind="stable")
    by_count = by_id[np.argsort(-counts[by_id], kind="stable")]
    return np.sort(by_count[:n])
