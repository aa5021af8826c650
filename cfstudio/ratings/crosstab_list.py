"""A crosstab of users and items that a person lists, one per line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.crosstab_choice import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import IntArray, Ratings

MOST_PROBLEMS = 3
"""Lines without a match that are told one by one; the rest is counted."""

_SEPARATOR = re.compile(r"[\n,;\t]")


@dataclass(frozen=True)
class ListedCodes:
    """What a list stands for: `codes` (n,) int64 in the order of the list, and a sentence for each unknown line."""

    codes: IntArray
    problems: tuple[str, ...]


@dataclass(frozen=True)
class PickedList:
    """Users by id and items by title or id, one per line; an empty list stands for all.

    `find_item` gives the code for a line and raises LookupError with a sentence if there is none; whoever calls hands
    over the search that the rest of the program uses.
    """

    users: str
    items: str
    find_item: Callable[[str], int]

    def codes(self, ratings: Ratings) -> tuple[IntArray, IntArray]:
        """Codes in the order of the lists, without repetitions and without the unknown."""
        return self.listed_users(ratings).codes, self.listed_items(ratings).codes

    def listed_users(self, ratings: Ratings) -> ListedCodes:
        """The users' list, read; ids that are numbers may also stand side by side, with "User" before them."""
        are_numbers = ratings.user_ids.dtype.kind in "iu"
        code_of = {str(user_id): code for code, user_id in enumerate(ratings.user_ids.tolist())}

        def find_user(line: str) -> int:
            name = line.lower().removeprefix("user").strip() if are_numbers else line
            if name not in code_of:
                example = ratings.user_ids[0] if ratings.n_users else "1"
                raise LookupError(f'No user has the id "{line}"; ids look like {example}.')
            return code_of[name]

        lines = _SEPARATOR.split(self.users) if are_numbers else self.users.splitlines()
        return _read(lines, find_user, ratings.n_users)

    def listed_items(self, ratings: Ratings) -> ListedCodes:
        """The items' list, read."""
        return _read(self.items.splitlines(), self.find_item, ratings.n_items)

    def problems(self, ratings: Ratings) -> tuple[str, ...]:
        """A sentence for each of the first lines that stand for nobody and nothing, and how many more there are."""
        found = (*self.listed_users(ratings).problems, *self.listed_items(ratings).problems)
        more = len(found) - MOST_PROBLEMS
        if more <= 0:
            return found
        return (*found[:MOST_PROBLEMS], f"{counted(more, 'more line')} could not be found either.")

    def sentence(self, ratings: Ratings) -> str:
        """What is picked, as one sentence."""
        users, items = self.codes(ratings)
        who = f"The {counted(len(users), 'user')}" if self.users.strip() else "All users"
        label = ratings.item_label
        if not self.items.strip():
            return f"{who} listed and all {label}s." if self.users.strip() else f"All users and all {label}s."
        return f"{who} and the {counted(len(items), label)} listed, in this order."


def _read(lines: list[str], find: Callable[[str], int], n_all: int) -> ListedCodes:
    wanted = [line.strip() for line in lines if line.strip()]
    if not wanted:
        return ListedCodes(np.arange(n_all, dtype=np.int64), ())
    codes: dict[int, None] = {}
    problems = []
    for line in wanted:
        try:
            codes[find(line)] = None
        except LookupError as unknown:
            problems.append(str(unknown))
    return ListedCodes(np.array(list(codes), dtype=np.int64), tuple(problems))
