"""How the sheet's numbers look: decimals, whether cells are colored, and the errors at which colors are deepest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from cfstudio.gui.sheet.cells import ERROR_SPAN, Fixed

MOST_DECIMALS = 6


@dataclass
class SheetLook:
    """Settings that change no number.

    Decimals are digits after the point; ratings are shown without trailing zeros. `error_span` in rating points is the
    error at which the color is deepest; `rating_low` and `rating_high` are where the colors of ratings and predictions
    end, None for the ends of the scale.
    """

    prediction_decimals: int = 1
    factor_decimals: int = 2
    uses_color: bool = True
    error_span: float = ERROR_SPAN
    rating_low: float | None = None
    rating_high: float | None = None

    @property
    def prediction_text(self) -> Fixed:
        """How predictions and errors are spelled."""
        return _fixed(self.prediction_decimals)

    @property
    def factor_text(self) -> Fixed:
        """How factors and biases are spelled."""
        return _fixed(self.factor_decimals)

    @property
    def fine_text(self) -> Fixed:
        """How predictions and errors are spelled where there is room for one digit more than in a small cell."""
        return _fixed(min(self.prediction_decimals + 1, MOST_DECIMALS))

    @property
    def factor_sample(self) -> str:
        """A text as wide as factors usually are."""
        return f"−{0:.{self.factor_decimals}f}"

    @property
    def fine_sample(self) -> str:
        """The same for `fine_text`."""
        return f"−{0:.{self.fine_text.decimals}f}"

    def rating_span(self, low: float, high: float) -> tuple[float, float]:
        """Where the colors of ratings end, on a scale from `low` to `high`."""
        low = low if self.rating_low is None else self.rating_low
        high = high if self.rating_high is None else self.rating_high
        return low, high if high > low else low + 1.0

    def change_decimals(self, by: int) -> None:
        """More or fewer decimals everywhere."""
        self.prediction_decimals = min(max(self.prediction_decimals + by, 0), MOST_DECIMALS)
        self.factor_decimals = min(max(self.factor_decimals + by, 0), MOST_DECIMALS)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def take(self, values: dict[str, Any]) -> None:
        """Take over what `to_dict` gave; what does not fit is left as it is."""
        for name, value in values.items():
            default = getattr(SheetLook, name, None)
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if name.endswith("decimals") and is_number and 0 <= value <= MOST_DECIMALS:
                setattr(self, name, int(value))
            elif name == "uses_color" and isinstance(value, bool):
                self.uses_color = value
            elif name in ("error_span", "rating_low", "rating_high") and (value is None and default is None):
                setattr(self, name, None)
            elif name in ("error_span", "rating_low", "rating_high") and is_number and abs(value) < 1e6:
                setattr(self, name, float(value))


@lru_cache(maxsize=2 * MOST_DECIMALS)
def _fixed(decimals: int) -> Fixed:
    """One object per number of decimals: painters tell by it whether their pictures still fit."""
    return Fixed(decimals)
