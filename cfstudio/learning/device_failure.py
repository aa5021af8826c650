"""What becomes of a run whose device fails or has no memory left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cfstudio.learning.engine import Engine, make_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.features import FeatureColumn

FAILURES = (RuntimeError, MemoryError)
"""What torch raises for a device that is gone or full."""


def on_cpu(
    failed: Engine,
    config: TrainingConfig,
    batch_size: int,
    last_good: Factorization,
    columns: Sequence[FeatureColumn] = (),
) -> Engine:
    """An engine on the CPU with what the failed one still tells, else with the last good numbers."""
    try:
        factors, memory = failed.factorization(), failed.memory()
    except FAILURES:  # the device is gone, and what it had learned since
        factors, memory = last_good, {}
    engine = make_engine(factors, replace(config, device="cpu"), batch_size, columns)
    if memory:
        engine.load_memory(memory)
    engine.report[:] = failed.report
    return engine


def failure_notice(device: str, step: int, error: Exception) -> str:
    """What a person is told, a sentence."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return f"The device {device} failed at step {step:,} ({reason}); training goes on on the CPU from the last factors."
