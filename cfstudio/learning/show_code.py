"""The present model, data preparation and loop as a plain PyTorch script that gives the same errors without us.

A script is put together from pieces that hold only what the settings use; the modules named `code_…` have them. It
reads `ratings.csv`, `movies.csv` and `users.csv` where it learns from columns, and `start.npz` where seeds do not give
split or start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.learning.code_bayes import bayes_part
from cfstudio.learning.code_facts import code_facts
from cfstudio.learning.code_fastai import NO_FASTAI, fastai_part
from cfstudio.learning.code_files import code_files
from cfstudio.learning.code_models import model_part
from cfstudio.learning.code_net import net_part
from cfstudio.learning.code_pieces import data_part, loop_part, order_part
from cfstudio.learning.code_updates import update_part
from cfstudio.models.bayes_features import names_sampled_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

MOST_LINES = 80
"""A script is shorter than this, if need be without blank lines."""


def shortened(text: str) -> str:
    """The text with blank lines left out where it is too long; those before functions and classes go last."""
    lines = text.split("\n")
    for kept in (("class", "def", "@"), ("class",), ()):
        for place in reversed(range(len(lines) - 1)):
            is_needed = lines[place + 1].lstrip().startswith(kept)
            if len(lines) >= MOST_LINES and not lines[place] and not is_needed:
                del lines[place]
    return "\n".join(lines)


@dataclass(frozen=True)
class Script:
    """A script, the same with fastai, and what makes the files that both read, by name: it may take seconds."""

    text: str
    fastai: str
    files: dict[str, Callable[[], bytes]]
    no_fastai: str = ""
    """Why fastai has no such model, a sentence; empty where it has one."""


def show_code(ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> Script:
    """The script that trains from `start` with these settings.

    Raises NoCode where there is nothing to train on, or the start is that of another model.
    """
    facts = code_facts(ratings, held_out, start, config)
    files = code_files(ratings, held_out, start, facts)
    if config.model == "bayes":
        text = shortened(bayes_part(facts, has_sets=names_sampled_columns(config.features))) + "\n"
        return Script(text, "", files, NO_FASTAI)
    module = net_part(facts) if facts.is_net else model_part(facts)
    parts = [data_part(facts), module, order_part(facts), update_part(facts), loop_part(facts)]
    text = shortened("\n\n".join(part for part in parts if part)) + "\n"
    return Script(text, fastai_part(facts), files)
