"""When a run measures its error."""

from __future__ import annotations

EVALUATIONS = ((0, 20), (1, 3), (10, 1))
"""Evaluations per epoch from an epoch on: many at first, where most happens; one costs a tenth of an epoch."""


def next_evaluation(step: int, steps_per_epoch: int) -> int:
    """The next step at which to evaluate: a part of an epoch further, or its end."""
    epoch, within = divmod(step, steps_per_epoch)
    per_epoch = next(count for first, count in reversed(EVALUATIONS) if epoch >= first)
    every = -(-steps_per_epoch // per_epoch)
    return step - within + min((within // every + 1) * every, steps_per_epoch)
