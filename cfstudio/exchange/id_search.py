"""Whether a spreadsheet finds ids that it searches for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# MATCH ignores case, takes * ? ~ as wildcards and finds no text of more than 255 characters; letters beyond ASCII
# are compared by rules that differ between programs.
PLAIN = re.compile(r"[A-Za-z0-9_.:/ -]{1,255}", re.ASCII)


def can_be_searched(cells: Sequence[int | str]) -> bool:
    """Whether MATCH finds every id as itself; where it might not, row numbers must be written as numbers."""
    if all(isinstance(cell, int) for cell in cells):
        return True
    texts = [cell for cell in cells if isinstance(cell, str) and PLAIN.fullmatch(cell)]
    return len(texts) == len(cells) == len({text.casefold() for text in texts})
