"""From what stands in files to ratings: one per cell, items with titles, a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.ratings.files.duplicates import latest_rows
from cfstudio.ratings.files.observed import ItemDetails
from cfstudio.ratings.files.scale import infer_scale
from cfstudio.ratings.files.times import in_seconds
from cfstudio.ratings.files.titles import details_by_id, item_table
from cfstudio.ratings.files.users import user_columns
from cfstudio.ratings.table import Ratings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.ratings.files.observed import Observed


@dataclass(frozen=True)
class Listed:
    """What a file of items lists, by id as text, and how messages call the file."""

    by_id: Mapping[str, ItemDetails]
    file_name: str


def assemble(
    observed: Observed, listed: Listed | None, name: str, users_listed: Mapping[str, Mapping[str, str]] | None = None
) -> Ratings:
    """Ratings called `name`; what had to be mended stands in their notes.

    `users_listed` is what a file of users says: column → id as text → text.
    """
    notes = list(observed.notes)
    label = "movie" if listed is not None else observed.item_label
    items = observed.items
    details = observed.details or [ItemDetails()] * len(items.ids)
    if listed is not None:
        details = details_by_id(items.ids, listed.by_id)
        notes += _listing_notes(details, listed)
    users, codes, values, timestamps = observed.users.codes, items.codes, observed.values, observed.timestamps
    if timestamps is not None:
        timestamps, note = in_seconds(timestamps)
        notes += [note] if note else []
    keep = latest_rows(users, codes, len(items.ids), timestamps)
    if keep is not None:
        n_dropped = len(keep) - int(keep.sum())
        notes.append(
            f"{_counted(n_dropped, 'rating')} repeated a user and {label} of another row; "
            f"{'the last one' if timestamps is None else 'the latest one'} of each was kept."
        )
        users, codes, values = users[keep], codes[keep], values[keep]
        timestamps = None if timestamps is None else timestamps[keep]
    return Ratings(
        name=name,
        users=users,
        items=codes,
        values=values,
        user_ids=observed.users.ids,
        item_table=item_table(items.ids, details, label),
        scale=infer_scale(values),
        timestamps=timestamps,
        item_label=label,
        notes=tuple(notes),
        user_columns=user_columns(observed.users.ids, users_listed or {}),
    )


def _listing_notes(details: list[ItemDetails], listed: Listed) -> list[str]:
    """How the list of items and the ratings differ."""
    n_titled = sum(bool(one.title) for one in details)
    n_unrated, n_untitled = len(listed.by_id) - n_titled, len(details) - n_titled
    notes = []
    if n_unrated > 0:
        without = "has no ratings and was" if n_unrated == 1 else "have no ratings and were"
        notes.append(f"{_counted(n_unrated, 'movie')} in {listed.file_name} {without} left out.")
    if n_untitled:
        notes.append(f"{_counted(n_untitled, 'movie')} without a title in {listed.file_name} shown by id.")
    return notes


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
