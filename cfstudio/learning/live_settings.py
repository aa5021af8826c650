"""Settings that may change during a run: which did, and what a run is but for them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig


def changed_settings(old: TrainingConfig, new: TrainingConfig) -> list[tuple[str, float]]:
    """Names and new values of the settings that differ.

    Raises ValueError with a sentence when one is among them that may not change during a run.
    """
    changed = [one for one in fields(new) if getattr(old, one.name) != getattr(new, one.name)]
    for one in changed:
        if not one.metadata.get("live"):
            label = one.metadata["label"]
            raise ValueError(f"{label} cannot change while a run is on; it takes effect with the next run.")
    return [(one.name, float(getattr(new, one.name))) for one in changed]


def with_setting(config: TrainingConfig, name: str, value: float) -> TrainingConfig:
    """The settings with another value of one of them."""
    other: dict[str, Any] = {name: value}
    return replace(config, **other)


def same_run(one: TrainingConfig, other: TrainingConfig) -> bool:
    """Whether a run under these settings can go on under the others: only live ones and the device differ."""
    free = [each for each in fields(one) if each.metadata.get("live") or each.name == "device"]
    values: dict[str, Any] = {each.name: each.default for each in free}
    return replace(one, **values) == replace(other, **values)
