"""What some settings may be, and which settings matter for which models."""

from __future__ import annotations

from typing import Literal

from cfstudio.models.registry import KINDS, names_fitted_by

ModelName = str
"""A name of `models.registry`."""
OptimizerName = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
DecayKind = Literal["decoupled", "l2"]
ScheduleName = Literal["constant", "one-cycle", "cosine", "sgdr"]
SplitName = Literal["random", "last", "users", "folds", "file"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]

OPTIMIZERS: tuple[OptimizerName, ...] = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
BY_GRADIENT = {"model": names_fitted_by("rows", "net")}
BY_ROWS = {"model": names_fitted_by("rows")}
NET = {"model": names_fitted_by("net")}
WITH_BIAS = {"model": tuple(kind.name for kind in KINDS if kind.has_bias and kind.engine == "rows")}
WITH_FEATURES = {"model": tuple(kind.name for kind in KINDS if kind.takes_features)}
