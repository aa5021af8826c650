"""Keeps cyclic garbage collection out of worker threads.

Python collects in whichever thread happens to allocate, and a worker thread that destroys a Qt object crashes the
program (napari#1029 and others). While a worker lives, nothing is collected but by the frame clock on the GUI thread.
"""

from __future__ import annotations

import gc

_n_holders = 0


def hold_collection(*, briefly: bool = False) -> None:
    """Stop automatic collection until as many `release_collection` calls have followed.

    What takes a moment only should hold it `briefly`, without the tenth of a second that tidying up before takes.
    """
    global _n_holders  # noqa: PLW0603 - the collector it stands for is one per process, too
    _n_holders += 1
    if _n_holders == 1:
        gc.disable()
    if _n_holders == 1 and not briefly:
        # What exists now will mostly live on; keeping it out of later collections makes those short.
        gc.collect()
        gc.freeze()


def release_collection() -> None:
    """Give collection back to Python when the last holder releases it."""
    global _n_holders  # noqa: PLW0603
    _n_holders -= 1
    if _n_holders == 0:
        gc.unfreeze()
        gc.enable()
