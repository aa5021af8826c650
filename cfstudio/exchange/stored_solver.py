"""What a workbook's Solver was filled in with, as a problem of the document that the workbook shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.cell_names import Block, parse_block
from cfstudio.exchange.solver_names import SETTINGS
from cfstudio.solver.cells import BLOCKS
from cfstudio.solver.page_cells import PageCells
from cfstudio.solver.stored_parameters import addresses, read_solver_names, understood
from cfstudio.solver.stored_problem import stored_problem

if TYPE_CHECKING:
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.ratings.table import IntArray
    from cfstudio.solver.problem import Problem


def solver_names_of(found: FoundCrosstab) -> dict[str, str]:
    """The hidden names of a crosstab's page that start with solver_."""
    return read_solver_names(found.path).get(found.page, {})


def is_only_ready(found: FoundCrosstab) -> bool:
    """Whether the names are those that an export writes of itself, so that nobody has asked for anything."""
    names = solver_names_of(found)
    everything = {found.blocks[name].fixed for name in BLOCKS if name in found.blocks}
    is_default = all(names.get(name) == content for name, content in SETTINGS.items())
    return found.is_own and is_default and set(addresses(names["solver_adj"])) == everything


def stored_solver(found: FoundCrosstab) -> Problem | None:
    """The problem in the hidden names of a crosstab's page, None where it has none or no factors.

    Raises DataError with a sentence if the names mean something that the document has not.
    """
    names, model = solver_names_of(found), found.to_factors()
    if not names or model is None:
        return None
    ratings, grid = found.to_ratings(), found.page_grid()

    def codes(strip: Block, ids: list[Any]) -> IntArray:
        known = {str(one): code for code, one in enumerate(ids)}
        shown = [str(int(one) if isinstance(one, float) and one.is_integer() else one) for one in grid.values(strip)]
        return np.array([known[one] for one in shown], dtype=np.int64)

    def number_at(cell: Block) -> float | None:
        number = float(grid.numbers_in(cell)[0, 0])
        return number if math.isfinite(number) else None

    users = codes(found.blocks["user_ids"], ratings.user_ids.tolist())
    items = codes(found.blocks["item_ids"], ratings.item_table.ids.tolist())
    page = PageCells(model, found.blocks, users, items)
    return stored_problem(understood(names), page, ratings, found.to_held_out(), parse_block, number_at)  # type: ignore[arg-type]
