"""The Solver's parameters as Excel stores them with a page: hidden names such as solver_opt, solver_adj, solver_neg.

Only what the names say is understood here; which cells an address means is up to whoever knows the page.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cfstudio.ratings.errors import DataError
from cfstudio.solver.options import SolverOptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cfstudio.solver.constraints import Relation
    from cfstudio.solver.problem import Goal, Method

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

GOALS: dict[str, Goal] = {"1": "max", "2": "min", "3": "value"}
METHODS: dict[str, Method] = {"1": "grg", "2": "simplex", "3": "evolutionary"}
RELATIONS: dict[str, Relation] = {"1": "<=", "2": "=", "3": ">=", "4": "integer", "5": "binary", "6": "all-different"}

NUMBERS = {
    "solver_pre": "precision",
    "solver_cvg": "convergence",
    "solver_tim": "max_seconds",
    "solver_itr": "max_iterations",
    "solver_nod": "max_subproblems",
    "solver_ssz": "population",
    "solver_rsd": "seed",
    "solver_mrt": "mutation_rate",
    "solver_mni": "max_seconds_without_improvement",
}
SWITCHES = {
    "solver_scl": "automatic_scaling",
    "solver_sho": "show_iterations",
    "solver_msl": "multistart",
    "solver_rbv": "require_bounds",
}
"""1 is on, 2 is off."""

ADDRESS = re.compile(r"(?:('(?:[^']|'')*'|[^'!,]+)!)?(\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)")


@dataclass(frozen=True)
class StoredConstraint:
    """A stored constraint; `left` an address, `right` a number or an address."""

    left: str
    relation: Relation
    right: str


@dataclass(frozen=True)
class StoredParameters:
    """What a page's hidden names say. Addresses are as written, without the page: $H$21:$V$25."""

    objective: str
    changing: tuple[str, ...]
    goal: Goal
    target: float
    method: Method
    non_negative: bool
    constraints: tuple[StoredConstraint, ...]
    options: SolverOptions


def read_solver_names(path: Path) -> dict[str, dict[str, str]]:
    """The names that start with solver_, by page and name; empty where a workbook has none.

    Raises DataError with a sentence if the file is no workbook or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # Not a stranger's large or looping file: the page's reader has measured it, and expat refuses expansion.
            root = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise DataError(f"{path} is damaged or no Excel workbook (.xlsx).") from error
    pages = [str(sheet.get("name")) for sheet in root.iter(f"{SHEET}sheet")]
    found: dict[str, dict[str, str]] = {}
    for one in root.iter(f"{SHEET}definedName"):
        name, page = str(one.get("name", "")), one.get("localSheetId", "")
        if name.startswith("solver_") and page.isdecimal() and int(page) < len(pages):
            found.setdefault(pages[int(page)], {})[name] = (one.text or "").strip()
    return found


def understood(names: Mapping[str, str], derivatives: str = "") -> StoredParameters:
    """The parameters of one page's names; what is missing or out of range takes the program's default.

    `derivatives` replaces those of the names, which know only forward and central. Raises DataError with a sentence if
    there is no objective or no changing cell.
    """
    objective, changing = addresses(names.get("solver_opt", "")), addresses(names.get("solver_adj", ""))
    if len(objective) != 1 or not changing:
        raise DataError("The Solver's stored parameters name no objective or no changing cells; give options instead.")
    n_constraints = int(_number(names.get("solver_num", "0"), 0))
    return StoredParameters(
        objective=objective[0],
        changing=tuple(changing),
        goal=GOALS.get(names.get("solver_typ", "2"), "min"),
        target=_number(names.get("solver_val", "0"), 0.0),
        method=METHODS.get(names.get("solver_eng", "1"), "grg"),
        non_negative=names.get("solver_neg", "2") == "1",
        constraints=tuple(_constraints(names, n_constraints)),
        options=_options(names, derivatives),
    )


def addresses(text: str) -> list[str]:
    """The ranges of a list such as 'Dot product'!$H$21:$V$25,'Dot product'!$B$27:$F$41, without their page."""
    return [found[2] for found in ADDRESS.finditer(text)]


def _constraints(names: Mapping[str, str], n: int) -> list[StoredConstraint]:
    found = []
    for number in range(1, n + 1):
        left, right = addresses(names.get(f"solver_lhs{number}", "")), names.get(f"solver_rhs{number}", "")
        relation = RELATIONS.get(names.get(f"solver_rel{number}", ""))
        if not left or relation is None:
            raise DataError(f"The stored constraint {number} cannot be understood; delete it in the workbook's Solver.")
        found.append(StoredConstraint(left[0], relation, right))
    return found


def _options(names: Mapping[str, str], derivatives: str) -> SolverOptions:
    limits = {option.name: option.metadata for option in fields(SolverOptions)}
    defaults = SolverOptions()
    values: dict[str, object] = {}
    for name, option in NUMBERS.items():
        default = getattr(defaults, option)
        value = _number(names.get(name, ""), default)
        # Excel stores 0 as a seed for "by the clock", and limits that are wider than ours.
        value = min(max(value, limits[option]["minimum"]), limits[option]["maximum"])
        values[option] = int(value) if isinstance(default, int) else float(value)
    for name, option in SWITCHES.items():
        if name in names:
            values[option] = names[name] == "1"
    stored = {"1": "forward", "2": "central"}.get(names.get("solver_drv", ""), "analytic")
    return SolverOptions(**values, derivatives=derivatives or stored)  # type: ignore[arg-type]


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default
