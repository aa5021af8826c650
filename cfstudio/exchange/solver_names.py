"""The Solver's parameters as the hidden names in which Excel keeps them, so that Data → Solver opens ready filled.

Excel's Solver writes one hidden name per parameter, scoped to the page; the names and values are those found in files
that it saved (also in the lesson's own workbook: cvg 0.0001, drv 2, mni 30, neg 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import Block, quoted_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook

SETTINGS = {
    "solver_cvg": "0.0001",  # convergence: relative change of the objective over five iterations
    "solver_drv": "2",  # derivatives: 1 forward, 2 central
    "solver_eng": "1",  # engine: 1 GRG nonlinear, 2 simplex, 3 evolutionary
    "solver_est": "1",  # estimates: 1 tangent
    "solver_itr": "2147483647",  # most iterations
    "solver_mip": "2147483647",  # most subproblems
    "solver_mni": "30",  # evolutionary: most seconds without improvement
    "solver_mrt": "0.075",  # evolutionary: mutation rate
    "solver_msl": "2",  # multistart: 1 on, 2 off
    "solver_neg": "2",  # cells without bounds are at least 0: 1 on, 2 off
    "solver_nod": "2147483647",  # most feasible solutions
    "solver_num": "0",  # number of constraints
    "solver_nwt": "1",  # search: 1 Newton, 2 conjugate
    "solver_pre": "0.000001",  # precision of constraints
    "solver_rbv": "2",  # multistart needs bounds: 1 on, 2 off
    "solver_rlx": "2",  # ignore integer constraints: 1 on, 2 off
    "solver_rsd": "0",  # seed, 0 by the clock
    "solver_scl": "2",  # automatic scaling: 1 on, 2 off
    "solver_sho": "2",  # stop at every iteration: 1 on, 2 off
    "solver_ssz": "100",  # evolutionary: population
    "solver_tim": "2147483647",  # most seconds
    "solver_tol": "0.01",  # tolerance of integer solutions
    "solver_typ": "2",  # objective to 1 maximum, 2 minimum, 3 value of
    "solver_val": "0",  # that value
    "solver_ver": "3",  # version of the add-in: 3 since Excel 2010
}

MOST_VARIABLES = 200
"""Most changing cells that Excel's Solver takes (Frontline's standard limit)."""


def ready_names(page: str, objective: Block, changing: Sequence[Block]) -> dict[str, str]:
    """The names that make `objective` as small as possible by changing `changing`."""
    return {
        **SETTINGS,
        "solver_adj": ",".join(block.on(page) for block in changing),
        "solver_opt": objective.on(page),
    }


def add_solver(workbook: Workbook, page: str, names: Mapping[str, str]) -> None:
    """Fill in the Solver of a page."""
    for name in sorted(names):
        add_hidden_name(workbook, page, name, names[name])


def add_hidden_name(workbook: Workbook, page: str, name: str, content: str) -> None:
    """Define a name that people do not see, scoped to a page."""
    workbook.define_name(f"{quoted_page(page)}!{name}", f"={content}")
    # define_name has no word for it, but every entry carries Excel's "hidden" mark last (for its autofilter names).
    workbook.defined_names[-1][3] = True
