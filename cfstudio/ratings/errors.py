"""What is said when data cannot be used."""

from __future__ import annotations


class DataError(ValueError):
    """Data that cannot be used; the text is one sentence that names the file, the row or column, and the mend."""
