"""The Solver's parameters and scenarios as a JSON file, to go on with later or on another machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.gui.solver.scenarios import Scenario
from cfstudio.ratings.errors import DataError
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.problem import Problem
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.ratings.table import Ratings
    from cfstudio.solver.constraints import Constraint
    from cfstudio.workspace.document import Workspace

FORMAT = "CF Studio solver model"
VERSION = 1


def write_model(path: Path, problem: Problem, scenarios: dict[str, Scenario]) -> None:
    """Write what a problem asks for, without its numbers, and some scenarios with theirs. Raises OSError."""
    data = {
        "format": FORMAT,
        "version": VERSION,
        "objective": _objective_to_json(problem.objective, problem.ratings),
        "goal": problem.goal,
        "target": problem.target,
        "changing": _cells_to_json(problem.changing),
        "constraints": [_constraint_to_json(one, problem.ratings) for one in problem.constraints],
        "non_negative": problem.non_negative,
        "method": problem.method,
        "options": asdict(problem.options),
        "scenarios": {
            name: {"cells": _cells_to_json(one.cells), "numbers": one.numbers.tolist()}
            for name, one in scenarios.items()
        },
    }
    with atomic_write(path) as file:
        file.write(json.dumps(data, indent=1).encode())


def read_model(path: Path, workspace: Workspace) -> tuple[Problem, dict[str, Scenario]]:
    """What a file asks of the open document. Raises DataError with a sentence where it is no such file or fits not."""
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] != FORMAT or data["version"] > VERSION:
            raise DataError(f"{path.name} is no Solver model that this program can read.")
        return _problem(data, workspace), _scenarios(data["scenarios"], workspace)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path.name} is damaged or no Solver model.") from error
    except (ValueError, IndexError) as error:
        raise DataError(
            f"{path.name} does not fit this document: {error} Open the data and the model it was saved with."
        ) from error


def _problem(data: dict[str, Any], workspace: Workspace) -> Problem:
    ratings = workspace.ratings
    return Problem(
        ratings,
        workspace.held_out,
        workspace.factors,
        _cells(data["changing"], workspace),
        _objective(data["objective"], ratings),
        _one_of(data["goal"], ("min", "max", "value")),  # type: ignore[arg-type]
        float(data["target"]),
        tuple(_constraint(one, workspace) for one in data["constraints"]),
        bool(data["non_negative"]),
        _one_of(data["method"], ("grg", "evolutionary", "als", "simplex")),  # type: ignore[arg-type]
        SolverOptions(**data["options"]),
    )


def _scenarios(data: dict[str, Any], workspace: Workspace) -> dict[str, Scenario]:
    scenarios = {}
    for name, one in data.items():
        cells, numbers = _cells(one["cells"], workspace), np.array(one["numbers"], dtype=np.float64)
        if numbers.shape != (cells.n,) or not np.isfinite(numbers).all():
            raise ValueError(f"Its scenario {name} has other numbers than cells.")
        scenarios[str(name)] = Scenario(cells, numbers)
    return scenarios


def _one_of(value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise TypeError(value)
    return str(value)


def _objective_to_json(objective: Objective, ratings: Ratings) -> dict[str, Any]:
    """By ids: codes mean others once rows were added or another part of the data was opened."""
    user = None if objective.user is None else str(ratings.user_ids[objective.user])
    item = None if objective.item is None else str(ratings.item_table.ids[objective.item])
    return {"kind": objective.kind, "user": user, "item": item}


def _objective(data: dict[str, Any], ratings: Ratings) -> Objective:
    kinds = ("rmse", "sse", "mae", "cell_error", "cell_prediction", "user_rmse", "item_rmse")
    user, item = data["user"], data["item"]
    return Objective(
        _one_of(data["kind"], kinds),  # type: ignore[arg-type]
        None if user is None else _code(ratings.user_ids.tolist(), user, "user"),
        None if item is None else _code(ratings.item_table.ids.tolist(), item, ratings.item_label),
    )


def _code(ids: list[Any], wanted: str, what: str) -> int:
    texts = [str(one) for one in ids]
    if wanted not in texts:
        raise ValueError(f"There is no {what} {wanted}.")
    return texts.index(wanted)


def _cells_to_json(cells: Cells) -> dict[str, Any]:
    return {
        name: {"shape": list(cells.shapes[name]), "places": "all" if cells.is_whole[name] else places.tolist()}
        for name, places in cells.places.items()
    }


def _cells(data: dict[str, Any], workspace: Workspace) -> Cells:
    masks = {}
    for name, one in data.items():
        mask = np.zeros(int(np.prod(one["shape"])), dtype=np.bool_)
        mask[slice(None) if one["places"] == "all" else np.array(one["places"], dtype=np.int64)] = True
        masks[name] = mask.reshape(one["shape"])
    cells = Cells.chosen(workspace.factors, masks)  # type: ignore[arg-type]
    if set(masks) - set(cells.places):
        raise ValueError("Its cells are not those of this model.")
    return cells


def _constraint_to_json(constraint: Constraint, ratings: Ratings) -> dict[str, Any]:
    common = {"relation": constraint.relation, "bound": constraint.bound}
    if isinstance(constraint, CellConstraint):
        return common | {"cells": _cells_to_json(constraint.cells), "form": constraint.form}
    return common | {"formula": _objective_to_json(constraint.formula, ratings)}


def _constraint(data: dict[str, Any], workspace: Workspace) -> Constraint:
    relation, bound = _one_of(data["relation"], ("<=", ">=", "=")), float(data["bound"])
    if "formula" in data:
        return FormulaConstraint(_objective(data["formula"], workspace.ratings), relation, bound)  # type: ignore[arg-type]
    form = _one_of(data["form"], ("each", "sum", "sums by row", "sums by factor"))
    return CellConstraint(_cells(data["cells"], workspace), relation, bound, form)  # type: ignore[arg-type]
