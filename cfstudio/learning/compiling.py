"""The first compilation of the training kernels, in a process of its own so that no frame of a window waits for it."""

from __future__ import annotations

import subprocess
import sys

from cfstudio.learning.warm_up import is_compiled

LONGEST_SECONDS = 120.0
"""After this a run compiles for itself, whatever became of the process."""

_process: subprocess.Popen[bytes] | None = None


def compile_in_background() -> None:
    """Start compiling, unless that was done in an earlier session; costs a millisecond if so."""
    global _process  # noqa: PLW0603 - the cache it fills is one per machine, too
    if _process is None and not is_compiled():
        _process = subprocess.Popen(
            [sys.executable, "-m", "cfstudio.learning.warm_up"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def wait_until_compiled() -> None:
    """Wait for the process, if there is one; without it, the caller compiles for itself when it needs to."""
    if _process is not None:
        try:
            _process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            _process.kill()
