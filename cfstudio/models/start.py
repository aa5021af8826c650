"""The random numbers a model starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings


class StartSettings(Protocol):
    """What the start depends on: a part of the training settings."""

    @property
    def model(self) -> str:
        """A name of the registry: `dot`, `dot-bias` or `net`."""

    @property
    def sigmoid(self) -> bool:
        """Whether predictions are squashed onto the rating range."""

    @property
    def n_factors(self) -> int:
        """Numbers per user and item."""

    @property
    def n_item_factors(self) -> int:
        """Numbers per item in a net, 0 for as many as per user."""

    @property
    def hidden(self) -> str:
        """Widths of a net's hidden layers, as "100, 50"."""

    @property
    def features(self) -> str:
        """Names of columns that get embeddings of their own in a net, as "genres, year"."""

    @property
    def seed(self) -> int:
        """Seed of the random generator."""


def random_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> Factorization:
    """Random float32 numbers from the settings' seed, as the model of the settings starts; see `start_numbers`.

    Raises ValueError with a sentence for settings that the model cannot have.
    """
    return kind_named(settings.model).start(ratings, settings, held_out)
