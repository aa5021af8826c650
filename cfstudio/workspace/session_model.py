"""A model in a session file: its numbers as tensors, what they cannot say as facts of the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load as load_tensors

from cfstudio.models.factorization import ARRAYS, Factorization
from cfstudio.models.net import NetFactorization, Parts, layer_name
from cfstudio.workspace.session_archive import PartError

if TYPE_CHECKING:
    from cfstudio.ratings.table import Ratings


def model_facts(model: Factorization) -> dict[str, Any]:
    """What is no tensor, as JSON values."""
    facts: dict[str, Any] = {"global_mean": float(model.global_mean), "rating_range": model.rating_range}
    if isinstance(model, NetFactorization):
        facts["net"] = {
            "n_layers": len(model.weights),
            "user_parts": [list(part) for part in model.parts("user")],
            "item_parts": [list(part) for part in model.parts("item")],
        }
    return facts


def model_tensors(model: Factorization) -> dict[str, np.ndarray[Any, Any]]:
    """All numbers by name."""
    return {name: np.ascontiguousarray(array) for name, array in model.arrays().items()}


def read_model(content: bytes, facts: dict[str, Any]) -> Factorization:
    """A model from the bytes of its tensors and its facts, not yet checked against the ratings."""
    # The arrays are edited in place, so they must own memory that may be written to.
    tensors = {name: tensor.copy() for name, tensor in load_tensors(content).items()}
    rating_range = facts["rating_range"]
    common: dict[str, Any] = {
        "global_mean": float(facts["global_mean"]),
        "rating_range": None if rating_range is None else (float(rating_range[0]), float(rating_range[1])),
    }
    if "net" not in facts:
        return Factorization(**tensors, **common)
    names = [layer_name(place) for place in range(int(facts["net"]["n_layers"]))]
    return NetFactorization(
        **{name: tensors[name] for name in ARRAYS if name in tensors},
        **common,
        weights=tuple(tensors[f"{name}.weight"] for name in names),
        offsets=tuple(tensors[f"{name}.bias"] for name in names),
        user_parts=_parts(facts["net"]["user_parts"]),
        item_parts=_parts(facts["net"]["item_parts"]),
    )


def check_model(model: Factorization, ratings: Ratings, like: Factorization, what: str) -> None:
    """Raise PartError unless the numbers are as many as the ratings need, and as those of the model they belong to."""
    wanted = _wanted_shapes(model, ratings, like)
    tensors = model.arrays()
    for name, shape in wanted.items():
        if name not in tensors:
            raise PartError(f"its {what} has no {name}")
        if tensors[name].shape != shape:
            found = " × ".join(str(length) for length in tensors[name].shape)
            raise PartError(f"its {name} are {found} numbers and not {' × '.join(map(str, shape))}")
        if tensors[name].dtype not in (np.float32, np.float64):
            raise PartError(f"its {name} are {tensors[name].dtype}, not float32 or float64")


def _wanted_shapes(model: Factorization, ratings: Ratings, like: Factorization) -> dict[str, tuple[int, ...]]:
    k = like.user_factors.shape[-1]
    is_net = isinstance(like, NetFactorization)
    wanted: dict[str, tuple[int, ...]] = {
        "user_factors": (ratings.n_users, k),
        "item_factors": (ratings.n_items, like.item_factors.shape[-1] if is_net else k),
    }
    if model.user_bias is not None or model.item_bias is not None:
        wanted |= {"user_bias": (ratings.n_users,), "item_bias": (ratings.n_items,)}
    if not isinstance(like, NetFactorization):
        return wanted
    for side in ("user", "item"):
        if sum(width for _, width in like.parts(side)) != wanted[f"{side}_factors"][1]:
            raise PartError(f"the parts of its {side} factors are not as wide as these")
    n_in = wanted["user_factors"][1] + wanted["item_factors"][1]
    for place, n_out in enumerate((*like.hidden, 1)):
        wanted |= {f"{layer_name(place)}.weight": (n_out, n_in), f"{layer_name(place)}.bias": (n_out,)}
        n_in = n_out
    return wanted


def _parts(parts: list[list[Any]]) -> Parts:
    return tuple((str(name), int(width)) for name, width in parts)
