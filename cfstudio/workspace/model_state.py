"""All of a document but its ratings, and what becomes of it when settings change."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from cfstudio.learning.history import History
from cfstudio.learning.setting import matters
from cfstudio.models.bayes_features import names_sampled_columns
from cfstudio.models.registry import kind_named
from cfstudio.workspace.feature_check import check_features
from cfstudio.workspace.presets import hold_out_for, starting_factors
from cfstudio.workspace.reshaping import with_n_factors

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.posterior import Posterior
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

Side = Literal["user", "item"]

START_SETTINGS = ("model", "sigmoid", "n_factors", "seed")
"""Settings that the starting numbers of every model depend on."""
NET_SETTINGS = ("n_item_factors", "hidden", "features")
"""Settings that those of a net depend on besides."""
SPLIT_SETTINGS = ("split", "valid_fraction", "valid_file", "last_n", "n_folds", "fold", "split_seed")
"""Settings that say which cells are held out."""


@dataclass(frozen=True)
class ModelState:
    """All of a document but its ratings: what wholesale edits exchange."""

    config: TrainingConfig
    held_out: BoolArray
    start: Factorization
    factors: Factorization
    history: History
    posterior: Posterior | None = None
    """How sure a Bayesian model is of its predictions; it knows itself which numbers it describes."""


class ModelShelf:
    """Keeps the numbers of models that were put aside, so that choosing one again brings them back."""

    def __init__(self) -> None:
        self._rested: dict[str, tuple[Ratings, ModelState]] = {}

    def clear(self) -> None:
        """Forget them: another document was opened."""
        self._rested.clear()

    def configured(self, ratings: Ratings, state: ModelState, config: TrainingConfig) -> ModelState:
        """The state under other settings.

        Another split, seed or range starts anew from the seed's factors; another number of factors keeps those that
        there are; a model that the document had before comes back with the numbers it had. Raises ValueError with a
        sentence for settings that these ratings do not allow.
        """
        is_sampled = kind_named(config.model).engine == "sampler"
        if not is_sampled and config.model != state.config.model and names_sampled_columns(config.features):
            config = replace(config, features="")
        check_features(ratings, config)
        old, state = state.config, replace(state, config=config)
        has_new_split = _differ(_split_settings_of(old, config), old, config)
        if has_new_split:
            state = replace(state, held_out=hold_out_for(ratings, config))
        starts_from = (*START_SETTINGS, *(NET_SETTINGS if kind_named(config.model).engine == "net" else ()))
        changed = {name for name in starts_from if _differ((name,), old, config)}
        if not changed and not has_new_split:
            return state
        fresh = starting_factors(ratings, config, state.held_out)
        # Factors that have seen a cell would make a mock of holding it out.
        if changed <= {"n_factors", "n_item_factors"} and not has_new_split:
            start, factors = (with_n_factors(one, fresh) for one in (state.start, state.factors))
            return replace(state, start=start, factors=factors)
        if changed - {"features"} == {"model"} and not has_new_split:
            self._rested[old.model] = (ratings, replace(state, config=old))
            of_ratings, rested = self._rested.get(config.model, (None, state))
            if of_ratings is ratings and not _differ((*starts_from, *SPLIT_SETTINGS), rested.config, config):
                if is_sampled and not config.features:
                    config = replace(config, features=rested.config.features)
                return replace(rested, config=config, held_out=state.held_out)
        return replace(state, start=fresh, factors=fresh.copy(), history=History())


def _split_settings_of(*configs: TrainingConfig) -> tuple[str, ...]:
    """Those of the split that say something under one of the settings: the seed of random cells is none of a file's."""
    known = [one for one in fields(configs[0]) if one.name in SPLIT_SETTINGS]
    return tuple(one.name for one in known if any(matters(one, config) for config in configs))


def _differ(names: tuple[str, ...], one: TrainingConfig, other: TrainingConfig) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)
