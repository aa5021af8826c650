"""The lecture's own PyTorch modules load what is exported and predict the same."""

import json

import numpy as np
import pytest
import torch
from exchange_support import document_of
from safetensors.torch import load_file
from support import random_ratings

from cfstudio.exchange.part import ExportCancelled
from cfstudio.exchange.state_dict import export_state_dict
from cfstudio.models.dot import Dot
from cfstudio.models.dot_bias import DotBias


def loaded(folder, dtype):
    """The module that a stranger would build from the two files."""
    facts = json.loads((folder / "x.json").read_text(encoding="utf-8"))
    sizes = (len(facts["user_ids"]), len(facts["item_ids"]), facts["n_factors"], facts["rating_range"])
    model = Dot(*sizes) if facts["model"] == "dot" else DotBias(*sizes, facts["global_mean"])
    model = model.to(dtype)
    model.load_state_dict(load_file(folder / "x.safetensors"), strict=True)
    return model, facts


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "model",
    [
        {"bias": False},
        {"bias": False, "rating_range": (0.0, 5.5)},
        {"bias": True, "mean": 3.25},
        {"bias": True, "rating_range": (0.0, 5.5), "mean": 0.5},
        {"bias": False, "mean": 3.25},
    ],
)
def test_predictions_are_equal(tmp_path, model, dtype):
    document = document_of(random_ratings(30, 20, 200), dtype=np.dtype(dtype), **model)
    export_state_dict(document, tmp_path / "x.safetensors")
    module, _ = loaded(tmp_path, getattr(torch, dtype))
    ratings = document.ratings
    with torch.no_grad():
        predicted = module(torch.from_numpy(ratings.users).long(), torch.from_numpy(ratings.items).long()).numpy()
    expected = document.factors.predict(ratings.users, ratings.items)
    np.testing.assert_allclose(predicted, expected, rtol=0, atol=1e-12 if dtype == "float64" else 1e-5)


def test_rows_belong_to_the_ids_beside_them(tmp_path):
    document = document_of(random_ratings(30, 20, 200))
    export_state_dict(document, tmp_path / "x.safetensors")
    module, facts = loaded(tmp_path, torch.float32)
    row = facts["item_ids"].index(107)
    assert facts["titles"][row] == "Film 6 (1976)"
    np.testing.assert_array_equal(module.item_factors.weight[row].detach().numpy(), document.factors.item_factors[6])


def test_a_path_without_the_ending_is_a_folder(tmp_path):
    export_state_dict(document_of(random_ratings(5, 4, 10)), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["model.json", "model.safetensors"]


def test_a_cancelled_export_leaves_nothing(tmp_path):
    document, calls = document_of(random_ratings(5, 4, 10)), iter([False])
    with pytest.raises(ExportCancelled):
        export_state_dict(document, tmp_path / "out", is_cancelled=lambda: next(calls, True))
    assert not list(tmp_path.iterdir())
