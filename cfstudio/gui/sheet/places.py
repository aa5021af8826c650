"""Finding the place that somebody names: an address, a user, a title, both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cfstudio.explore.titles import UnknownItem, find_item, search_titles
from cfstudio.gui.sheet.addresses import Place, SheetAddresses
from cfstudio.workspace.selection import Selection

if TYPE_CHECKING:
    from cfstudio.ratings.table import Ratings

ADDRESS = re.compile(r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}(:\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6})?")
PAIR = re.compile(r"(\d+)\s*,\s*(\d+)|users?\s+(\S+)\s+(?:movie|item)\s+(.+)", re.IGNORECASE)
BOTH = re.compile(r"(?:r\s*\[\s*|users?\s+)([^,]+?)\s*,\s*(.+?)\s*\]?", re.IGNORECASE)
USER = re.compile(r"(?:u\s*\[\s*([^\]]+?)\s*\]|users?\s+(\S+))", re.IGNORECASE)
ITEM_IN_BRACKETS = re.compile(r"[mi]\s*\[\s*(.+?)\s*\]", re.IGNORECASE)


def find_place(ratings: Ratings, addresses: SheetAddresses, text: str) -> Place | Selection:
    """What is meant by `H25`, `user 547, movie 356`, `user 547`, `movie 356`, `U[547]`, `M[Pulp Fiction]`, `Pulp Fic`.

    Raises UnknownItem with a sentence.
    """
    text = text.strip()
    pair = PAIR.fullmatch(text)
    if pair:
        return Selection(_user(ratings, pair[1] or pair[3].rstrip(",")), _item(ratings, pair[2] or f"movie {pair[4]}"))
    both = BOTH.fullmatch(text)
    if both:
        return Selection(_user(ratings, both[1]), _item(ratings, both[2]))
    user = USER.fullmatch(text)
    if user:
        return Selection(user=_user(ratings, user[1] or user[2]))
    if ADDRESS.fullmatch(text):
        place = addresses.locate(text)
        if place is None:
            raise UnknownItem(f"{text.upper()} holds nothing that the sheet shows.")
        return place
    named = ITEM_IN_BRACKETS.fullmatch(text)
    return Selection(item=_item(ratings, named[1] if named else text))


def _user(ratings: Ratings, wanted: str) -> int:
    ids = [str(one) for one in ratings.user_ids.tolist()]
    if wanted not in ids:
        raise UnknownItem(f"There is no user {wanted} in {ratings.name}.")
    return ids.index(wanted)


def _item(ratings: Ratings, wanted: str) -> int:
    """By id, with or without "movie" before it, or by title; part of a title means the most rated one that has it."""
    bare = re.sub(rf"^({re.escape(ratings.item_label)}|movie|item)\s+", "", wanted, flags=re.IGNORECASE)
    # A number is an id, and no part of a title.
    is_id, wanted = bare.isdecimal(), bare
    try:
        return int(find_item(ratings.item_table, wanted, ratings.item_label))
    except UnknownItem:
        found = [] if is_id else search_titles(ratings.item_table, wanted, 1, ratings.counts_by_item())
        if not len(found):
            raise
        return int(found[0])
