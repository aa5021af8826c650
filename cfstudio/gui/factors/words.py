"""Sentences about factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.explore.factor_meaning import Correlation, FactorMeaning

LEVEL = 0.05


def chance(p: float) -> str:
    """A probability: "0.03", "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def correlations(meaning: FactorMeaning, item_label: str) -> str:
    """What the factor goes with, in one line."""
    parts = [
        _correlation(name, one)
        for name, one in (("year", meaning.with_year), ("mean", meaning.with_mean), ("ratings", meaning.with_count))
        if one is not None
    ]
    if not parts:
        return f"Too few {item_label}s to say what it goes with."
    return "Goes with " + " · ".join(parts)


def _correlation(name: str, one: Correlation) -> str:
    return f"{name} {one.r:+.2f} (p {chance(one.p) if one.p < 0.001 else '= ' + chance(one.p)})".replace("-", "−")


def genres_of_ends(meaning: FactorMeaning) -> str:
    """The genres that are more common at the ends than chance allows."""
    said = []
    for end in ("high", "low"):
        names = [one.genre for one in meaning.genres if one.end == end and one.adjusted_p < LEVEL]
        if names:
            said.append(f"{end} end: {', '.join(names[:3])}")
    return "; ".join(said) or "no genre is more common at an end than chance allows"
