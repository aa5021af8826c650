"""Reading a second file whose ratings are held out of the open ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cfstudio.exchange.open_any import open_document_ratings
from cfstudio.ratings.valid_file import what_was_held_out, with_held_out
from cfstudio.workspace.held_out_file import HeldOutFile

if TYPE_CHECKING:
    from cfstudio.ratings.table import Ratings


def read_held_out_file(path: str, ratings: Ratings) -> HeldOutFile:
    """Read a file as `cfstudio train --valid-file` does and hold its ratings out of `ratings`, which stay as they are.

    Raises DataError, or ValueError, with a sentence.
    """
    held = open_document_ratings(path)
    whole, held_out = with_held_out(ratings, held)
    name = Path(path).name
    sentence = " ".join([what_was_held_out(name, ratings, whole, held_out), *held.notes])
    return HeldOutFile(name, whole, held_out, sentence)
