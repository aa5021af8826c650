"""Which settings may change while a run is on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig


def differ_live(one: TrainingConfig, other: TrainingConfig) -> bool:
    """Whether settings differ only where they may change during a run."""
    return all(
        setting.metadata.get("live", False)
        for setting in fields(one)
        if getattr(one, setting.name) != getattr(other, setting.name)
    )
