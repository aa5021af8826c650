"""How far a run is: what every trainer counts alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.live_settings import same_run

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.run_state import RunState


class CountedRun:
    """Steps and epochs of a run of known length."""

    def __init__(self, config: TrainingConfig, steps_per_epoch: int) -> None:
        self._config = config
        self.steps_per_epoch = steps_per_epoch
        self.total_steps = steps_per_epoch * config.epochs
        self.step = 0
        self.seconds = 0.0
        """Of training, without pauses and evaluations."""
        self.stopped_because = ""
        """Why the run is finished, a sentence; empty while it goes on."""
        self.notice = ""
        """What a person should know of the run, a sentence: a device that failed; empty without."""

    @property
    def config(self) -> TrainingConfig:
        """The settings in force."""
        return self._config

    @property
    def epoch(self) -> float:
        """Epochs done, with fractions."""
        return self.step / self.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether all epochs are done or a rule has ended the run; see `stopped_because`."""
        return bool(self.stopped_because)

    @property
    def steps_to_epoch_end(self) -> int:
        """Steps from here to the end of the epoch."""
        return self.steps_per_epoch - self.step % self.steps_per_epoch

    def check_own(self, state: RunState) -> None:
        """Raise ValueError with a sentence for a state of a run with other settings or steps."""
        if not same_run(state.config, self._config) or not 0 <= state.step <= self.total_steps:
            raise ValueError("The saved run had other settings; start a new run.")
        if not len(state.history) or state.history.epochs[-1] != state.history.steps[-1] / self.steps_per_epoch:
            raise ValueError("The saved run had other ratings or another split; start a new run.")
