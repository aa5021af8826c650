"""The RMSE over the rows of the long form: live while a run moves the numbers, exact at rest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.explore.long_form import LongForm, LongRmse

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

FEW_ROWS = 5_000
"""Rows that are predicted anew whenever the RMSE is painted: half a millisecond."""


def rmse_at_rest(workspace: Workspace, form: LongForm) -> LongRmse:
    """The RMSE of the numbers as they stand; the document's own score where the rows are all of its ratings."""
    if not form.is_whole:
        return form.rmse()
    score = workspace.score
    return LongRmse(score.train_rmse, score.valid_rmse, score.n_train, score.n_valid)


def rmse_while_running(workspace: Workspace, form: LongForm) -> LongRmse | None:
    """The RMSE of a run in progress, None where it is not known: chosen rows that are too many to predict each time."""
    if len(form) <= FEW_ROWS:
        return form.rmse()
    history = workspace.history
    if not form.is_whole or not len(history):
        return None
    score = workspace.score
    return LongRmse(float(history.train_rmse[-1]), float(history.valid_rmse[-1]), score.n_train, score.n_valid)


def spelled_rmse(rmse: LongRmse) -> str:
    """`RMSE 2.8061`, or a dash where there is nothing to measure."""
    return f"RMSE {rmse.overall:.4f}" if math.isfinite(rmse.overall) else "RMSE –"


def explained_rmse(rmse: LongRmse) -> str:
    """How the number comes about, in words and as a spreadsheet writes it."""
    n = rmse.n_training + rmse.n_held_out
    words = f"root of the mean squared error of {n:,} rated rows · =SQRT(SUM(squared_errors)/COUNT(ratings))"
    if not rmse.n_held_out:
        return words
    parts = (("training", rmse.training, rmse.n_training), ("held out", rmse.held_out, rmse.n_held_out))
    return " · ".join([*(f"{name} {root:.4f} ({count:,} rows)" for name, root, count in parts), words])
