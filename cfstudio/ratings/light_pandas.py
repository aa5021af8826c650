"""pandas without pyarrow, which it loads for column types that nothing here has: 35 MB less for a window to hold."""

from __future__ import annotations

import sys


def load_light_pandas() -> None:
    """Import pandas; where pyarrow is not there yet it stays away, to be imported by whoever reads Parquet."""
    if "pandas" in sys.modules or "pyarrow" in sys.modules:
        return
    # A None in sys.modules is Python's own word for "not installed", which pandas is prepared for.
    sys.modules["pyarrow"] = None  # type: ignore[assignment]
    try:
        import pandas  # noqa: F401
    finally:
        del sys.modules["pyarrow"]
