"""Command-line options made from the training settings, so that both always offer the same."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

import click

from cfstudio.learning.config import TrainingConfig

OPTION_NAMES = {
    "n_factors": "factors",
    "n_item_factors": "item-factors",
    "n_folds": "folds",
    "valid_fraction": "valid",
    "keeps_best": "keep-best",
    "moves_untouched": "move-untouched",
}
"""What an option is called where its setting has another name."""


def setting_options(command: Any) -> Any:  # noqa: ANN401
    """Add one option per field of `TrainingConfig`; the command gets their values under the fields' names."""
    # Decorators apply from the bottom up, and help lists options in the order they were applied last.
    for setting in reversed(fields(TrainingConfig)):
        command = _option(setting)(command)
    return command


def _option(setting: Field[Any]) -> Any:  # noqa: ANN401
    meta = setting.metadata
    name = OPTION_NAMES.get(setting.name, setting.name).replace("_", "-")
    common = {"default": setting.default, "show_default": True, "help": meta["help"]}
    if isinstance(setting.default, bool):
        return click.option(f"--{name}/--no-{name}", setting.name, **common)
    if "choices" in meta:
        return click.option(f"--{name}", setting.name, type=click.Choice(meta["choices"]), **common)
    if isinstance(setting.default, str):
        return click.option(f"--{name}", setting.name, **common)
    limits = click.IntRange if isinstance(setting.default, int) else click.FloatRange
    return click.option(f"--{name}", setting.name, type=limits(meta["minimum"], meta["maximum"]), **common)
