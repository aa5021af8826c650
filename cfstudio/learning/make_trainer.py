"""Which trainer fits a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.engine import FactorRows
    from cfstudio.learning.gibbs_trainer import GibbsTrainer
    from cfstudio.learning.posterior import Posterior
    from cfstudio.learning.run_state import RunState
    from cfstudio.learning.trainer import Trainer
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

    AnyTrainer = Trainer | GibbsTrainer


def make_trainer(ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> AnyTrainer:
    """A run at its first step: gradient descent, or the sampler for the Bayesian model.

    Imports numba, perhaps torch. Raises ValueError or RuntimeError with a sentence when it cannot be.
    """
    if config.model == "bayes":
        from cfstudio.learning.gibbs_trainer import GibbsTrainer

        return GibbsTrainer(ratings, held_out, start, config)
    from cfstudio.learning.trainer import Trainer

    return Trainer(ratings, held_out, start, config)


def resumed_trainer(ratings: Ratings, held_out: BoolArray, start: Factorization, state: RunState) -> AnyTrainer:
    """A saved run where it was left; `start` is what a sampler shows once it has been taken back to its first step.

    Raises ValueError or RuntimeError with a sentence when the state is not one of a run on these ratings.
    """
    is_sampled = state.config.model == "bayes"
    trainer = make_trainer(ratings, held_out, (start if is_sampled else state.factors).copy(), state.config)
    trainer.restore(state)
    return trainer


def unfinished_state_of(trainer: AnyTrainer) -> RunState | None:
    """What the run needs to go on another day; None when it is done."""
    return None if trainer.finished else trainer.state()


def posterior_of(trainer: AnyTrainer) -> Posterior | None:
    """How sure a Bayesian model is of its predictions; other models do not know."""
    ask = getattr(trainer, "posterior", None)
    return None if ask is None else ask()


def begin_rows_of(trainer: AnyTrainer, users: IntArray, items: IntArray) -> Callable[[], FactorRows | None]:
    """Copies of some rows, and what to ask for them: None while a device is still to send them."""
    ask = getattr(trainer, "begin_rows", None)
    if ask is not None:
        begun: Callable[[], FactorRows | None] = ask(users, items)
        return begun
    rows = trainer.rows(users, items)
    return lambda: rows
