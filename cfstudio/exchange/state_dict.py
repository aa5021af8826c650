"""A model for PyTorch: its state_dict as safetensors, with the ids of users and items as JSON beside it.

The tensors have the names of the lecture's modules `cfstudio.models.dot.Dot`, `dot_bias.DotBias` and
`embedding_net.EmbeddingNet`:

    facts = json.load(open("x.json"))
    model = DotBias(len(facts["user_ids"]), len(facts["item_ids"]), facts["n_factors"], facts["rating_range"],
                    facts["global_mean"])
    model.load_state_dict(safetensors.torch.load_file("x.safetensors"))

A net has `n_item_factors` and `hidden` among its facts and, asked with `model.eval()`, no use for dropout.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.file_set import written_together
from cfstudio.exchange.part import Watch
from cfstudio.models.factorization import ARRAYS
from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.exchange.part import DocumentPart, IsCancelled, Progress
    from cfstudio.models.factorization import Factorization

SUFFIX = ".safetensors"


def state_dict_paths(out: Path) -> dict[str, Path]:
    """The files that a path stands for: `x.safetensors` and `x.json`, or `model` with these endings in a folder."""
    tensors = out if out.suffix.lower() == SUFFIX else out / f"model{SUFFIX}"
    return {"state_dict": tensors, "ids": tensors.with_suffix(".json")}


def export_state_dict(
    document: DocumentPart,
    out: Path | str,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> dict[str, Path]:
    """Write the tensors and what they need to predict; returns the files, see `state_dict_paths`.

    Row n of a tensor belongs to the n-th of the JSON's `user_ids` or `item_ids`. Raises DataError with a sentence if a
    file cannot be written, ExportCancelled once `is_cancelled` says so; then no file is there, or the old ones whole.
    """
    from safetensors.numpy import save

    paths = state_dict_paths(Path(out))
    watch = Watch(len(paths), progress, is_cancelled)
    with written_together(paths) as files:
        # Programs that read safetensors ask for this note before they take a file for PyTorch's.
        files["state_dict"].write(save(_tensors(document.factors), {"format": "pt"}))
        watch.advance()
        watch.check()
        files["ids"].write(json.dumps(_facts(document), ensure_ascii=False).encode("utf-8", "replace"))
        watch.advance()
    return paths


def _tensors(model: Factorization) -> dict[str, NDArray[Any]]:
    """Arrays by the names of the module's parameters; a bias is an embedding of one number, (n, 1)."""
    arrays: dict[str, NDArray[Any]] = {"user_factors": model.user_factors, "item_factors": model.item_factors}
    if _has_bias(model):
        for side, factors, bias in (
            ("user", model.user_factors, model.user_bias),
            ("item", model.item_factors, model.item_bias),
        ):
            numbers = np.zeros(len(factors), dtype=factors.dtype) if bias is None else bias
            arrays[f"{side}_bias"] = numbers[:, None]
    layers = {name: array for name, array in model.arrays().items() if name not in ARRAYS}
    return {
        **{f"{name}.weight": np.ascontiguousarray(array) for name, array in arrays.items()},
        **{name: np.ascontiguousarray(array) for name, array in layers.items()},
    }


def _has_bias(model: Factorization) -> bool:
    # The plain dot product has no mean either.
    return model.is_dot_product and (model.has_bias or model.global_mean != 0)


def _facts(document: DocumentPart) -> dict[str, Any]:
    ratings, model = document.ratings, document.factors
    facts: dict[str, Any] = {"model": "dot-bias" if _has_bias(model) else "dot"}
    if isinstance(model, NetFactorization):
        facts = {"model": "net", "n_item_factors": model.width("item"), "hidden": model.hidden}
    return {
        **facts,
        "n_factors": model.n_factors,
        "rating_range": model.rating_range,
        "global_mean": float(model.global_mean),
        "user_ids": ratings.user_ids.tolist(),
        "item_ids": ratings.item_table.ids.tolist(),
        "titles": ratings.item_table.titles.tolist(),
    }
