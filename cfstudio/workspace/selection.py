"""What the user has selected in the sheet: a cell, a whole user, a whole item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Selection:
    """Codes of the selected user and item, None where the selection is a whole column or row."""

    user: int | None = None
    item: int | None = None

    @property
    def side(self) -> Literal["user", "item"] | None:
        """Whose neighbors are asked for: the item's, unless a whole user is selected."""
        if self.item is not None:
            return "item"
        return "user" if self.user is not None else None
