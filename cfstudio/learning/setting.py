"""What one training setting is: its label, help, limits, and where it matters, beside its default."""

from __future__ import annotations

from dataclasses import Field, field
from typing import Any


def setting(default: Any, label: str, help: str, **meta: Any) -> Any:  # noqa: A002, ANN401
    """A dataclass field with what form and command line need to know of it.

    `meta` may hold `choices`, or `minimum` and `maximum`; `group`, the heading it stands under; `only`, which values
    of another setting it matters for: {"model": ("net",)}; `live`, whether it may change during a run; `names_file`,
    whether it only says which file was read.
    """
    return field(default=default, metadata={"label": label, "help": help, **meta})


def matters(one: Field[Any], config: object) -> bool:
    """Whether a setting has any effect under the other settings of `config`."""
    only = one.metadata.get("only", {})
    return all(getattr(config, name) in values for name, values in only.items())


def check_value(one: Field[Any], value: object) -> None:
    """Raise ValueError with a sentence that names the setting, the value and what is allowed."""
    meta = one.metadata
    if "choices" in meta and value not in meta["choices"]:
        raise ValueError(f"{meta['label']} must be one of {', '.join(meta['choices'])}, not {value!r}.")
    if "minimum" in meta and not (isinstance(value, (int, float)) and meta["minimum"] <= value <= meta["maximum"]):
        raise ValueError(f"{meta['label']} must be between {meta['minimum']:g} and {meta['maximum']:g}, not {value}.")
    if type(one.default) is int and isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{meta['label']} must be a whole number, not {value}.")
