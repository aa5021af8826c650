"""Giving memory back to the system after work that needed much more than what it leaves behind."""

from __future__ import annotations

import ctypes
import linecache
import sys


def return_freed_memory() -> None:
    """Let the C library give back what has been freed; it keeps tens of MB after a large table was read.

    That does something on Linux with glibc only; elsewhere the allocator does so by itself, or cannot be asked.
    """
    # PySide looks at the source of every module that is imported, and Python keeps it: 60 MB in the end.
    linecache.clearcache()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
