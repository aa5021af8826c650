"""The first compilation of the training kernels, in a process of its own so that no frame of a window waits for it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from cfstudio.learning.warm_up import is_compiled
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.warm_up import KernelSet

LONGEST_SECONDS = 120.0
"""After this a run compiles for itself, whatever became of the process."""

_processes: dict[KernelSet, subprocess.Popen[bytes]] = {}


def compile_in_background(what: KernelSet = "rows") -> None:
    """Start compiling a set of kernels, unless that was done in an earlier session; costs a millisecond if so."""
    if what not in _processes and not is_compiled(what):
        _processes[what] = subprocess.Popen(  # noqa: S603 - the argument is one of two words of ours
            [sys.executable, "-m", "cfstudio.learning.warm_up", what],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def wait_until_compiled(config: TrainingConfig) -> None:
    """Wait for what a run with these settings needs; without a process, the caller compiles when it needs to.

    The kernels for features are compiled from here on, for the first run that has any.
    """
    needed: list[KernelSet] = ["rows"]
    if config.features and kind_named(config.model).engine == "rows":
        compile_in_background("features")
        needed.append("features")
    for process in (_processes[what] for what in needed if what in _processes):
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
