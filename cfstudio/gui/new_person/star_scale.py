"""How a rating scale is shown as stars, and which rating a place among them or a number key means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import RatingScale

USUAL_STARS = 5
MOST_STARS = 10


@dataclass(frozen=True)
class StarScale:
    """Five stars for 0.5 to 5 or 1 to 5, ten for 1 to 10; any other scale is spread over five."""

    scale: RatingScale

    @property
    def is_plain(self) -> bool:
        """Whether a rating is the number of its stars."""
        return self.scale.low >= 0 and self.scale.high <= MOST_STARS and float(self.scale.high).is_integer()

    @property
    def n_stars(self) -> int:
        """How many stars there are."""
        return int(self.scale.high) if self.is_plain else USUAL_STARS

    @property
    def n_steps(self) -> int:
        """How many different ratings there are, the lowest being step 1."""
        return round((self.scale.high - self.scale.low) / self.scale.step) + 1

    def at(self, part: float) -> float:
        """The rating that a place means, from 0 at the left to 1 at the right: the next one up."""
        raw = part * self.scale.high if self.is_plain else self.scale.low + part * (self.scale.high - self.scale.low)
        return self.of_step(int(np.ceil((raw - self.scale.low) / self.scale.step - 1e-9)) + 1)

    def of_key(self, digit: int) -> float | None:
        """The rating that a number key means, None where the scale has none for it."""
        if self.is_plain:
            return float(digit) if self.scale.contains(digit) and digit <= self.n_stars else None
        if not 1 <= digit <= USUAL_STARS:
            return None
        share = (digit - 1) / (USUAL_STARS - 1)
        return self.of_step(round(share * (self.n_steps - 1)) + 1)

    def of_step(self, step: int) -> float:
        """The rating of a step, the nearest there is."""
        step = min(max(step, 1), self.n_steps)
        return round(min(self.scale.low + (step - 1) * self.scale.step, self.scale.high), 6)

    def step_of(self, value: float) -> int:
        """The step of a rating."""
        return min(max(round((value - self.scale.low) / self.scale.step) + 1, 1), self.n_steps)

    def filled(self, value: float) -> float:
        """How many of the stars are full."""
        low, high = (0.0, self.scale.high) if self.is_plain else (self.scale.low, self.scale.high)
        return float(np.clip((value - low) / (high - low), 0.0, 1.0)) * self.n_stars if high > low else self.n_stars
