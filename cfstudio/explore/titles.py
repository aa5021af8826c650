"""Finding an item by what a person types: an id, a title, or a part of one."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import IntArray, ItemTable

N_SUGGESTIONS = 3

_YEAR = re.compile(r"\s*\(\d{4}\)\s*$")
_TRAILING_ARTICLE = re.compile(r"^(.*), (the|a|an|les|la|le|el|il|das|der|die)$")


class UnknownItem(LookupError):  # noqa: N818 - what is unknown says more than that it is an error
    """No item, or more than one, goes by the text given; the sentence names the closest."""


def find_item(item_table: ItemTable, text: str, label: str = "movie") -> int:
    """The code of the item with this id or title.

    Tried in turn: the id, the title, the title in any case, the title without its year and with its article in front
    ("the matrix" for "Matrix, The (1999)"). Raises `UnknownItem`.
    """
    text = text.strip()
    by_id = np.flatnonzero(item_table.ids.astype(str) == text)
    if len(by_id):
        return int(by_id[0])
    for spelling in (str, str.casefold, _plain):
        codes = _codes_spelled(item_table, text, spelling)
        if len(codes) == 1:
            return codes[0]
        if codes:
            raise UnknownItem(_which_one(item_table, text, codes, label))
    raise UnknownItem(_no_such(item_table, text, label))


def search_titles(item_table: ItemTable, text: str, limit: int = 20, n_ratings: IntArray | None = None) -> list[int]:
    """Codes of up to `limit` items whose titles contain every word typed, in any case.

    Titles that start with the text come first, then those with more ratings (`n_ratings`, (n_items,)), then the order
    of the table.
    """
    text = text.casefold().strip()
    words = text.split()
    if not words:
        return []
    folded = [title.casefold() for title in item_table.titles.tolist()]
    found = [code for code, title in enumerate(folded) if all(word in title for word in words)]

    def rank(code: int) -> tuple[bool, int]:
        starts = folded[code].startswith(text) or _plain(folded[code]).startswith(text)
        return not starts, 0 if n_ratings is None else -int(n_ratings[code])

    return sorted(found, key=rank)[:limit]


def _plain(title: str) -> str:
    """A title as people say it: lower case, no year, its article in front."""
    without_year = _YEAR.sub("", title.casefold())
    moved = _TRAILING_ARTICLE.match(without_year)
    return f"{moved[2]} {moved[1]}" if moved else without_year


def _codes_spelled(item_table: ItemTable, text: str, spelling: Callable[[str], str]) -> list[int]:
    wanted = spelling(text)
    return [code for code, title in enumerate(item_table.titles.tolist()) if spelling(title) == wanted]


def _which_one(item_table: ItemTable, text: str, codes: list[int], label: str) -> str:
    choices = ", ".join(f"{item_table.titles[code]} (id {item_table.ids[code]})" for code in codes[:N_SUGGESTIONS])
    return f'{len(codes)} {label}s go by "{text}": {choices}; give the id of the one that you mean.'


def _no_such(item_table: ItemTable, text: str, label: str) -> str:
    closest = _closest(item_table, text)
    hint = f"the closest are {'; '.join(closest)}." if closest else "check the spelling, or give its id."
    return f'No {label} has the title or id "{text}": {hint}'


def _closest(item_table: ItemTable, text: str) -> list[str]:
    """Up to three titles most like the text, the year and the place of the article aside."""
    titles = {_plain(title): title for title in item_table.titles.tolist()}
    names = difflib.get_close_matches(_plain(text), titles, n=N_SUGGESTIONS, cutoff=0.5)
    found = [titles[name] for name in names]
    for code in search_titles(item_table, text, N_SUGGESTIONS):
        if len(found) < N_SUGGESTIONS and item_table.titles[code] not in found:
            found.append(item_table.titles[code])
    return found
