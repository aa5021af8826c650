"""The same model as fastai's collaborative learner, which takes three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.code_facts import CodeFacts

HEAD = """# pip install fastai; it draws other numbers and other batches, so the errors are like ours, not the same.
import pandas as pd
from fastai.collab import CollabDataLoaders, collab_learner
from fastai.tabular.all import TabDataLoader

ratings = pd.read_csv("ratings.csv")
"""
COMMON_DECAY = 0.1
ONE_DECAY = "# fastai has one decay for factors and biases, ours none for the biases: this one suits both."
NO_COLUMNS = "# fastai's collaborative learner knows users and movies alone, no genres and nothing else of them."
ITS_WIDTHS = "# fastai chooses the widths of both embeddings by itself, from how many users and movies there are."
OTHER_SPLIT = (
    "# It holds random cells out here; those that the run holds out stand in start.npz, which the other tab reads."
)
NO_BIAS = "# fastai's learner always has biases; the plain dot product is a module of one's own, as in the other tab."
NO_FASTAI = (
    "fastai has no Bayesian model: its learners take steps down a gradient, and this one draws samples. "
    "The library myFM has it."
)


def fastai_part(facts: CodeFacts) -> str:
    """Data, learner and fit with the present settings, as far as fastai has them."""
    config = facts.config
    data = f"valid_pct={config.valid_fraction!r}, seed={config.split_seed}, bs={facts.batch_size}"
    y_range = ""
    if facts.rating_range is not None:
        low, high = facts.rating_range
        y_range = f", y_range=({low:g}, {high:g})"
    has_two = config.model == "dot-bias" and 0 <= config.bias_decay < config.weight_decay
    decay = min(config.weight_decay, COMMON_DECAY) if has_two else config.weight_decay
    fit = "fit_one_cycle" if config.schedule == "one-cycle" else "fit"
    model = f"n_factors={config.n_factors}"
    if facts.is_net:
        model = f"use_nn=True, layers={facts.layer_widths[1:-1]}"
    lines = [
        f"dls = CollabDataLoaders.from_df(ratings, {data}, dl_type=TabDataLoader)",
        f"learn = collab_learner(dls, {model}{y_range})",
        f"learn.{fit}({config.epochs}, {config.learning_rate!r}, wd={decay!r})",
    ]
    if facts.has_valid and not facts.split_from_seed:
        lines.append(OTHER_SPLIT)
    if decay != config.weight_decay:
        lines.append(ONE_DECAY)
    if config.model == "dot":
        lines.append(NO_BIAS)
    if facts.is_net:
        lines.append(ITS_WIDTHS)
    if facts.columns:
        lines.append(NO_COLUMNS)
    return HEAD + "\n".join(lines) + "\n"
