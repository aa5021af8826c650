"""How large a sample of the Bayesian model is, and how many steps a sweep has; known without importing the sampler."""

from __future__ import annotations

SAMPLED_FACTORS = 16
"""Factors of one sample, at most those of the setting. More are no better (8 and 32 were tried on a part of training
data): it is the mean over samples that is shown, and that has the rank of all samples together."""

LONGEST_BURN_IN = 40
"""Sweeps that find the region of good factors and do not count; a fifth of a shorter run."""


def sampled_factors(n_factors: int) -> int:
    """Factors of a sample where `n_factors` are shown of the mean."""
    return min(SAMPLED_FACTORS, n_factors)


def steps_per_sweep(n_factors: int) -> int:
    """One for the noise and the linear weights, one for each factor."""
    return sampled_factors(n_factors) + 1
