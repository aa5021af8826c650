"""What a run says of itself while it goes on in its thread: how far, how fast, with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.history import History
    from cfstudio.learning.make_trainer import AnyTrainer as Trainer
    from cfstudio.learning.pace import Pace


class RunReadings:
    """Counters of a run that may be read from any thread at any time; there are none before the trainer is there."""

    def __init__(self, pace: Pace) -> None:
        self._trainer: Trainer | None = None
        self._pace = pace

    @property
    def steps_done(self) -> int:
        """Steps of this run so far."""
        return 0 if self._trainer is None else self._trainer.step

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, 0 before it is known."""
        return 0 if self._trainer is None else self._trainer.total_steps

    @property
    def epoch(self) -> float:
        """Epochs done, with fractions."""
        return 0.0 if self._trainer is None else self._trainer.epoch

    @property
    def total_epochs(self) -> int:
        """Epochs of the whole run, 0 before it is known."""
        return 0 if self._trainer is None else self._trainer.config.epochs

    @property
    def steps_per_second(self) -> float:
        """Measured over the last second."""
        return self._pace.measured

    @property
    def seconds_left(self) -> float:
        """What the rest of the run takes at the present speed; infinity before that is known."""
        speed = self._pace.measured
        return (self.total_steps - self.steps_done) / speed if speed > 0 else float("inf")

    @property
    def engine(self) -> str:
        """What computes, for people; empty before it is known."""
        return "" if self._trainer is None else self._trainer.engine_name

    @property
    def remark(self) -> str:
        """Why the run has ended by itself, and what a person should know of it besides; empty without."""
        trainer = self._trainer
        return "" if trainer is None else " ".join(part for part in (trainer.notice, trainer.stopped_because) if part)

    @property
    def history(self) -> History | None:
        """The run's measurements; grows while it runs."""
        return None if self._trainer is None else self._trainer.history
