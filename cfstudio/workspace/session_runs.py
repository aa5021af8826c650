"""The runs of a document in its session file: settings, curves, names, and the numbers of the best and latest."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cfstudio.learning.history import History
from cfstudio.workspace.model_state import NET_SETTINGS, SPLIT_SETTINGS, START_SETTINGS, ModelState
from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.run_log import Run
from cfstudio.workspace.session_archive import PartError
from cfstudio.workspace.session_model import model_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import Ratings

MOST_BYTES = 64 << 20
"""Numbers of runs kept in a file; of more the oldest are left out, the best stays."""


def rows_of(runs: Sequence[Run], ratings: Ratings, present: History | None) -> list[dict[str, Any]]:
    """One JSON object per run; the curve that is the document's own is not written twice."""
    kept = {run.number for run in with_numbers(runs, ratings)}
    rows = []
    for run in runs:
        row: dict[str, Any] = {
            "number": run.number,
            "name": run.name,
            "note": run.note,
            "settings": asdict(run.config),
            "history": None if run.history is present else run.history.to_dict(),
        }
        if run.number in kept and run.state is not None:
            row["model"] = model_facts(run.state.factors)
        rows.append(row)
    return rows


def with_numbers(runs: Sequence[Run], ratings: Ratings) -> list[Run]:
    """The runs whose numbers go into the file: the best, then the latest, while there is room.

    Those of other users or items than the document's are none of its: no undo in a file leads back to them.
    """
    runs = [run for run in runs if run.fits(ratings)]
    best = min((run for run in runs if run.best_valid is not None), key=lambda run: run.best_valid or 0.0, default=None)
    order = ([] if best is None else [best]) + [run for run in reversed(runs) if run is not best]
    chosen, n_bytes = [], 0
    for run in order:
        if run.state is not None and n_bytes + run.n_bytes <= MOST_BYTES:
            chosen.append(run)
            n_bytes += run.n_bytes
    return chosen


def member_of(number: int) -> str:
    """The archive member that holds a run's numbers."""
    return f"run-{number}.safetensors"


def read_runs(
    rows: list[dict[str, Any]],
    ratings: Ratings,
    document: ModelState,
    read_config: Callable[[dict[str, Any]], TrainingConfig],
    read_factors: Callable[[str, dict[str, Any]], Factorization | None],
) -> list[Run]:
    """The inverse of `rows_of`; what the rows leave out is the document's.

    `read_factors` gives None for a run of other users or items. Raises PartError, KeyError, ValueError.
    """
    if len({row["number"] for row in rows}) < len(rows):
        raise PartError("two of its runs have one number")
    return [_read_run(row, ratings, document, read_config, read_factors) for row in rows]


def _read_run(
    row: dict[str, Any],
    ratings: Ratings,
    document: ModelState,
    read_config: Callable[[dict[str, Any]], TrainingConfig],
    read_factors: Callable[[str, dict[str, Any]], Factorization | None],
) -> Run:
    number, config = int(row["number"]), read_config(row["settings"])
    history = document.history if row["history"] is None else History.from_dict(row["history"])
    state = None
    # The cells that a run held out are known where it had the document's split.
    if "model" in row and _same(SPLIT_SETTINGS, config, document.config):
        start = document.start
        if not _same((*START_SETTINGS, *NET_SETTINGS), config, document.config):
            start = starting_factors(ratings, config, document.held_out)
        factors = read_factors(member_of(number), row["model"])
        if factors is None:
            return Run(number, config, history, None, str(row["name"]), str(row["note"]))
        state = ModelState(config, document.held_out, start, factors, history)
    return Run(number, config, history, state, str(row["name"]), str(row["note"]))


def _same(names: tuple[str, ...], one: TrainingConfig, other: TrainingConfig) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in names)
