"""Somebody, or a movie, that the model has never seen: stars in, factors and recommendations out."""
