"""One step of giving stars, to be taken back beside the document's own edits."""

from __future__ import annotations

from typing import Protocol


class StarsHolder(Protocol):
    """Whoever has the stars."""

    def put(self, rated: dict[int, float]) -> None:
        """Have exactly these ratings, by code."""


class StarsEdit:
    """The stars before and after."""

    changes_numbers = False
    n_bytes = 1_000

    def __init__(self, holder: StarsHolder, label: str, before: dict[int, float], after: dict[int, float]) -> None:
        self._holder, self.label, self._before, self._after = holder, label, before, after

    def do(self) -> None:
        """Give them."""
        self._holder.put(self._after)

    def undo(self) -> None:
        """Take them back."""
        self._holder.put(self._before)


def with_stars(rated: dict[int, float], code: int, value: float | None) -> dict[int, float]:
    """The ratings with one more, in its old place if it is there already, or without it."""
    after = dict(rated)
    if value is None:
        after.pop(code, None)
    else:
        after[code] = value
    return after
