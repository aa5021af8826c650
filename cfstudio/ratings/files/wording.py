"""How messages show what stands in a file: short, on one line, without control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 40
MOST_NAMES = 12


def quoted(text: str) -> str:
    """A text from a file in quotes, cut after 40 characters, unprintable characters escaped."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return '"' + "".join(one if one.isprintable() else ascii(one)[1:-1] for one in shown) + '"'


def listed(names: Sequence[str]) -> str:
    """Names with commas between them; after the first 12, how many more there are."""
    shown = ", ".join(quoted(name)[1:-1] for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES:,} more"
