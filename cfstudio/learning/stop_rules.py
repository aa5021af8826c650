"""When a run ends by itself, as a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.history import History


def time_is_up(config: TrainingConfig, seconds: float) -> str:
    """Why a run ends after so many seconds of training; empty to go on."""
    if 0 < config.minutes * 60 <= seconds:
        return f"The {config.minutes:g} minutes of training are over."
    return ""


def goal_is_reached(config: TrainingConfig, history: History) -> str:
    """Why a run ends after the last measurement; empty to go on."""
    train, valid = float(history.train_rmse[-1]), float(history.valid_rmse[-1])
    kind, measured = ("training", train) if math.isnan(valid) else ("held-out", valid)
    if 0 < measured <= config.target_rmse:
        return f"The {kind} RMSE of {measured:.4f} has reached the target of {config.target_rmse:g}."
    return ""


def patience_is_over(config: TrainingConfig, history: History) -> str:
    """Why a run ends at the end of an epoch; empty to go on."""
    rows = [row for row in history.epoch_rows() if row["valid_rmse"] is not None]
    if config.patience == 0 or not rows:
        return ""
    best = min(rows, key=lambda row: row["valid_rmse"] or 0.0)
    n_worse = int(rows[-1]["epoch"] or 0) - int(best["epoch"] or 0)
    if n_worse < config.patience:
        return ""
    return (
        f"The held-out RMSE has not improved for {n_worse} epoch{'s' if n_worse > 1 else ''}: "
        f"its best was {best['valid_rmse']:.4f} in epoch {best['epoch']}."
    )
