"""CF Studio: collaborative filtering made visible."""

__version__ = "0.1.0"
