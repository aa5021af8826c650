"""The facts on the hidden page of a workbook, checked: a stranger may have written them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.facts import FORMAT_NAME, FORMAT_VERSION, PAGE, Places
from cfstudio.exchange.workbook_pages import MOST_CELLS
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.exchange.workbook_pages import WorkbookPages
    from cfstudio.ratings.table import IntArray


class FactsError(ValueError):
    """The hidden page does not fit the workbook; completes "its hidden page "cfstudio" is not used: "."""


def read_facts(pages: WorkbookPages) -> dict[str, Any]:
    """The facts of a workbook that has the page. Raises FactsError, DataError if a newer program wrote it."""
    grid = pages[PAGE]
    pieces = [grid.value(row, 0) for row in range(grid.height)]
    facts = json.loads("".join(piece for piece in pieces if isinstance(piece, str)))
    if not isinstance(facts, dict) or facts.get("format") != FORMAT_NAME:
        raise FactsError("it is another program's")
    version = facts["format_version"]
    if type(version) is not int or version < 1:
        raise FactsError("it has no version")
    if version > FORMAT_VERSION:
        raise DataError(
            f"The workbook was exported by CF Studio {facts.get('program_version')} in format {version}; "
            f"this program reads formats up to {FORMAT_VERSION}, please update."
        )
    return facts


def places_in(content: dict[str, Any]) -> Places:
    """A page and its blocks. Raises FactsError if blocks are none, KeyError or TypeError if there are none."""
    blocks = {str(name): Block(**block) for name, block in content["blocks"].items()}
    for block in blocks.values():
        sizes = (block.top, block.left, block.height, block.width)
        # The product of the sizes is what reading the block costs.
        if any(type(size) is not int or size < 0 for size in sizes) or block.height * block.width > MOST_CELLS:
            raise FactsError("its blocks are no ranges")
    return Places(str(content["page"]), blocks)


def codes_in(content: list[Any], n: int) -> IntArray:
    """Codes (len(content),) int64 below `n`. Raises FactsError or ValueError if they are none."""
    codes = np.array(content, dtype=np.int64).reshape(len(content))
    if len(codes) and not 0 <= codes.min() <= codes.max() < n:
        raise FactsError("it names ids that it does not have")
    return codes


def places_of(codes: IntArray, shown: IntArray, n: int) -> IntArray:
    """Where each code stands in the crosstab, −1 if it does not."""
    places = np.full(n, -1, dtype=np.int64)
    places[shown] = np.arange(len(shown))
    return places[codes]


def texts_in(texts: list[Any]) -> NDArray[np.object_]:
    """Texts as (n,) objects."""
    column = np.empty(len(texts), dtype=np.object_)
    column[:] = [str(text) for text in texts]
    return column


def is_same(found: float | str | None, expected: int | str) -> bool:
    """Whether a cell still holds an id; blank texts are read as blanks, line ends as one kind of them."""
    if isinstance(expected, str):
        return "".join(str(found or "").split()) == "".join(expected.split())
    return found == expected
