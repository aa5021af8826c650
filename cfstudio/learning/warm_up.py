"""Compiles the training kernels into numba's cache: `python -m cfstudio.learning.warm_up`.

Compiling takes seconds and keeps the interpreter busy, so a window that finds `is_compiled()` false has a child
process do it (`subprocess.Popen([sys.executable, "-m", "cfstudio.learning.warm_up"])`); loading the result takes a
fraction of a second.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCES = tuple(
    Path(__file__).with_name(f"{name}.py")
    for name in ("kernels", "sgd_kernel", "cell_kernels", "gibbs_kernels", "compiled")
)


def is_compiled() -> bool:
    """Whether the kernels of this version lie in the cache of this machine; imports no numba, takes a millisecond.

    A wrong answer costs time, nothing else: numba checks for itself what it loads.
    """
    try:
        note: dict[str, Any] = json.loads(_note_path().read_text(encoding="utf-8"))
        return note["made_for"] == _made_for() and all(Path(file).is_file() for file in note["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def warm_up() -> bool:
    """Compile what is not compiled yet; returns whether the next start finds it.

    False where numba has no folder to write to: neither the package's `__pycache__` nor the user's cache folder.
    """
    from cfstudio.learning import cell_kernels as cells
    from cfstudio.learning import gibbs_kernels as gibbs
    from cfstudio.learning import kernels, sgd_kernel

    functions: list[Callable[..., Any]] = [kernels.steps, kernels.squared_gradient, sgd_kernel.sgd_steps]
    functions += [cells.shuffle_ahead, cells.shuffle_back, cells.squared_error, cells.squared_lengths]
    functions += [gibbs.tally, gibbs.settle, gibbs.draw_factor, gibbs.draw_linear]
    files: list[str] = []
    for function in functions:
        folder = getattr(function, "stats").cache_path  # noqa: B009 - the compiled function's, unknown to its type
        module = function.__module__.rpartition(".")[2]
        found = [] if folder is None else list(Path(folder).glob(f"{module}.{function.__name__}-*.nbi"))
        if not found:
            return False
        files += map(str, found)
    # Where no note can be left the next start warms up again, which then only loads.
    with suppress(OSError):
        path = _note_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps({"made_for": _made_for(), "files": files}), encoding="utf-8")
        beside.replace(path)
    return is_compiled()


def _note_path() -> Path:
    """The note of what was compiled for this interpreter; numba's files themselves lie elsewhere."""
    return platformdirs.user_cache_path("cfstudio") / f"kernels-{sys.implementation.cache_tag}.json"


def _made_for() -> list[str | int]:
    """All that makes numba compile anew: source, numba, interpreter, machine, chosen folder."""
    stats = [source.stat() for source in SOURCES]
    return [
        *map(str, SOURCES),
        *(stat.st_mtime_ns for stat in stats),
        *(stat.st_size for stat in stats),
        metadata.version("numba"),
        metadata.version("llvmlite"),
        sys.version,
        platform.node(),
        platform.machine(),
        os.environ.get("NUMBA_CACHE_DIR", ""),
    ]


if __name__ == "__main__":
    sys.exit(0 if warm_up() else 1)
