"""What a panel must offer to follow a run while it can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Container

    from PySide6.QtWidgets import QWidget

    from cfstudio.ratings.table import IntArray, Ratings
    from cfstudio.workspace.model_state import Side

    Rows = tuple[IntArray, IntArray]
    """Codes of users and of items."""

NOBODY = np.empty(0, dtype=np.int64)


class LiveFollower(Protocol):
    """A panel that shows moving numbers of others than the users and items in the sheet's window."""

    live_every: int
    """Frames between two refreshes."""

    def can_be_seen(self) -> bool:
        """Whether it is in front."""

    def live_rows(self) -> Rows | None:
        """Codes of the users and items whose numbers it shows; None for nothing."""

    def refresh_live(self) -> None:
        """Show the numbers as they are now."""


def is_in_front(widget: QWidget) -> bool:
    """Whether somebody can see it: Qt calls the pages behind the current tab of a dock visible, too."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def all_of(ratings: Ratings, sides: Container[Side]) -> Rows:
    """All users, all items, or both."""
    users = np.arange(ratings.n_users) if "user" in sides else NOBODY
    return users, np.arange(ratings.n_items) if "item" in sides else NOBODY
