"""Command-line options made from the training settings, so that both always offer the same."""

from __future__ import annotations

from dataclasses import Field, fields, replace
from typing import Any

import click
from click.core import ParameterSource

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.training_presets import PRESET_NAMES, TRAINING_PRESETS, training_preset
from cfstudio.learning.usual_settings import USUAL

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
    """Add an option for every setting that can be chosen; the command gets their values under the fields' names."""
    # Decorators apply from the bottom up, and help lists options in the order they were applied last.
    for setting in reversed(fields(TrainingConfig)):
        # What names a file that was read is no choice: the command has an option for the file itself.
        if setting.metadata.get("names_file"):
            continue
        command = _option(setting)(command)
    return command


def preset_option(command: Any) -> Any:  # noqa: ANN401
    """Add `--preset`; the command gets its name as `preset`."""
    help_text = "; ".join(f"{preset.name}: {preset.help}" for preset in TRAINING_PRESETS)
    option = click.option(
        "--preset",
        type=click.Choice(PRESET_NAMES),
        default="default",
        show_default=True,
        help=f"Settings to start from, each overridden by its own option. {help_text}.",
    )
    return option(command)


def chosen_config(preset: str, settings: dict[str, Any]) -> TrainingConfig:
    """The preset's settings, with those in their place that were given as options of the present command.

    A given optimizer brings a learning rate and decay that suit it, unless they are given, too.

    Raises ValueError with a sentence for settings that contradict each other.
    """
    given = given_settings(settings)
    suiting = USUAL[given["optimizer"]] if "optimizer" in given else {}
    return replace(training_preset(preset).config, **(suiting | given))


def given_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Those of the settings that stand on the present command line."""
    context = click.get_current_context()
    return {
        name: value
        for name, value in settings.items()
        if context.get_parameter_source(name) not in (ParameterSource.DEFAULT, None)
    }


def option_name(setting: str) -> str:
    """What the option of a setting is called: “--valid” for “valid_fraction”."""
    return f"--{OPTION_NAMES.get(setting, setting).replace('_', '-')}"


def _option(setting: Field[Any]) -> Any:  # noqa: ANN401
    meta = setting.metadata
    name = option_name(setting.name)
    common = {"default": setting.default, "show_default": True, "help": meta["help"]}
    if isinstance(setting.default, bool):
        return click.option(f"{name}/--no-{name.removeprefix('--')}", setting.name, **common)
    if "choices" in meta:
        return click.option(name, setting.name, type=click.Choice(meta["choices"]), **common)
    if isinstance(setting.default, str):
        return click.option(name, setting.name, **common)
    limits = click.IntRange if isinstance(setting.default, int) else click.FloatRange
    return click.option(name, setting.name, type=limits(meta["minimum"], meta["maximum"]), **common)
