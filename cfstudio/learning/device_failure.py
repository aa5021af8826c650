"""What becomes of a run whose device fails or has no memory left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import Engine, MissingDeviceError, make_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.features import FeatureColumn

FAILURES = (RuntimeError, MemoryError)
"""What torch raises for a device that is gone or full."""


def first_engine(
    factors: Factorization, config: TrainingConfig, batch_size: int, columns: Sequence[FeatureColumn] = ()
) -> tuple[Engine, str]:
    """The engine that the settings ask for, or one on the CPU and a notice where the device has no room for it.

    Raises MissingDeviceError with a sentence when the device asked for is not there.
    """
    try:
        return make_engine(factors, config, batch_size, columns), ""
    except MissingDeviceError:
        raise
    except FAILURES as error:
        if config.device == "cpu":
            raise
        on_the_cpu = make_engine(factors, replace(config, device="cpu"), batch_size, columns)
        return on_the_cpu, failure_notice(config.device, 0, error)


def on_cpu(
    failed: Engine,
    config: TrainingConfig,
    batch_size: int,
    last_good: Factorization,
    columns: Sequence[FeatureColumn] = (),
) -> Engine:
    """An engine on the CPU with what the failed one still tells, else with the last good numbers."""
    try:
        factors, memory, report = failed.factorization(), failed.memory(), failed.report
    except FAILURES:  # the device is gone, and what it had learned since
        factors, memory, report = last_good, {}, np.zeros(2)
    engine = make_engine(factors, replace(config, device="cpu"), batch_size, columns)
    if memory:
        engine.load_memory(memory)
    engine.report[:] = report
    return engine


def failure_notice(device: str, step: int, error: Exception) -> str:
    """What a person is told, a sentence."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    named = "that was chosen" if device == "auto" else device
    return f"The device {named} failed at step {step:,} ({reason}); training goes on on the CPU from the last factors."
