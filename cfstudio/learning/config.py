"""The settings of a training run: one typed object that window, command line and code share."""

from __future__ import annotations

from dataclasses import dataclass, fields

from cfstudio.learning.fitting_settings import FittingSettings
from cfstudio.learning.options import BY_GRADIENT, DeviceName, ScheduleName, SplitName
from cfstudio.learning.setting import check_value, setting
from cfstudio.models.net import hidden_sizes


@dataclass(frozen=True)
class TrainingConfig(FittingSettings):
    """How a model is built and fitted. Every field says in one sentence what it is and what its extremes do."""

    epochs: int = setting(
        5, "Epochs", "Passes over the training ratings.", minimum=1, maximum=100_000, group="Schedule"
    )
    schedule: ScheduleName = setting(
        "one-cycle",
        "Schedule",
        "One-cycle warms up and anneals; cosine only anneals; SGDR restarts; constant leaves the learning rate alone.",
        choices=("constant", "one-cycle", "cosine", "sgdr"),
        group="Schedule",
        only=BY_GRADIENT,
    )
    cycle_len: float = setting(
        1.0,
        "Cycle length",
        "Epochs of the first cycle before the learning rate restarts.",
        minimum=0.01,
        maximum=10_000.0,
        group="Schedule",
        only={**BY_GRADIENT, "schedule": ("sgdr",)},
    )
    cycle_mult: float = setting(
        2.0,
        "Cycle factor",
        "How many times as long each next cycle is; 1 keeps them alike.",
        minimum=1.0,
        maximum=10.0,
        group="Schedule",
        only={**BY_GRADIENT, "schedule": ("sgdr",)},
    )
    minutes: float = setting(
        0.0, "Minutes", "Training time after which the run ends; 0 sets no limit.",
        minimum=0.0, maximum=100_000.0, group="Schedule", live=True,
    )  # fmt: skip
    patience: int = setting(
        0,
        "Patience",
        "Epochs without a better held-out RMSE after which the run ends; 0 goes on.",
        minimum=0,
        maximum=100_000,
        group="Schedule",
        live=True,
    )
    target_rmse: float = setting(
        0.0,
        "Target RMSE",
        "The run ends once the held-out RMSE (the training RMSE where nothing is held out) is this low; 0 goes on.",
        minimum=0.0,
        maximum=1e6,
        group="Schedule",
        live=True,
    )
    keeps_best: bool = setting(
        False,
        "Keep best",
        "On: a finished run leaves the numbers of its best held-out RMSE at an epoch's end; off: its last ones.",
        group="Schedule",
        only=BY_GRADIENT,
    )
    split: SplitName = setting(
        "random",
        "Split",
        "Random cells; the last ones of each user by time; all cells of some users; one of some folds; or a file's.",
        choices=("random", "last", "users", "folds", "file"),
        group="Held out",
    )
    valid_fraction: float = setting(
        0.2,
        "Held out",
        "Part of the rated cells, or of the users, that training never sees.",
        minimum=0.0,
        maximum=0.9,
        group="Held out",
        only={"split": ("random", "users")},
    )
    valid_file: str = setting(
        "",
        "Held-out file",
        "Name of the file whose ratings are held out.",
        group="Held out",
        only={"split": ("file",)},
        names_file=True,
    )
    last_n: int = setting(
        5,
        "Last ratings",
        "Latest ratings of each user that are held out; a user's only rating stays.",
        minimum=1,
        maximum=10_000,
        group="Held out",
        only={"split": ("last",)},
    )
    n_folds: int = setting(
        5, "Folds", "Parts of equal size that the rated cells are dealt into.",
        minimum=2, maximum=100, group="Held out", only={"split": ("folds",)},
    )  # fmt: skip
    fold: int = setting(
        1,
        "Fold held out",
        "Which of the folds is held out, counted from 1.",
        minimum=1,
        maximum=100,
        group="Held out",
        only={"split": ("folds",)},
    )
    split_seed: int = setting(
        42,
        "Split seed",
        "The same split seed holds out the same cells.",
        minimum=0,
        maximum=2**31 - 1,
        group="Held out",
        only={"split": ("random", "users", "folds")},
    )
    seed: int = setting(
        42, "Seed", "The same seed gives the same start and batches.", minimum=0, maximum=2**31 - 1, group="Run"
    )
    device: DeviceName = setting(
        "auto",
        "Device",
        "Where training runs; auto takes CUDA, then MPS, then the CPU.",
        choices=("auto", "cpu", "cuda", "mps"),
        group="Run",
        only=BY_GRADIENT,
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            check_value(one, value)
            if isinstance(value, float) and type(one.default) is int:
                object.__setattr__(self, one.name, int(value))
        hidden_sizes(self.hidden)
        if self.split == "folds" and self.fold > self.n_folds:
            raise ValueError(
                f"Fold held out must be between 1 and {self.n_folds}, the number of folds, not {self.fold}."
            )


def check_setting(name: str, value: object) -> None:
    """Raise ValueError with a sentence that names the setting, the value and what is allowed."""
    check_value(next(one for one in fields(TrainingConfig) if one.name == name), value)
