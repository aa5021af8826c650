"""What the sampler assumes before it has seen a rating; known without importing it."""

from __future__ import annotations

PRIOR_STRENGTH = 1.0
"""α₀ = β₀ = γ₀ of the priors, as in myFM and in the paper: one imaginary observation each."""
NOISE_SHAPE = 4.0
"""Shape of the gamma prior of a user's noise precision; its scale is drawn. A small shape lets users differ more."""
START_SPREAD = 0.1
"""Standard deviation of the factors before the first draw."""
MEAN_PRECISION = 1e-2
"""Prior precision of the global bias around the mean of the ratings: it hardly matters."""
