"""Compiles the training kernels into numba's cache: `python -m cfstudio.learning.warm_up [SET]`.

Compiling takes seconds and keeps the interpreter busy, so a window that finds `is_compiled()` false has a child
process do it (`subprocess.Popen([sys.executable, "-m", "cfstudio.learning.warm_up"])`); loading the result takes a
fraction of a second. The kernels that only a model with features needs are a set of their own, for whoever has one.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

KernelSet = Literal["rows", "features"]
"""What every run uses, and what a dot product with features uses besides."""

NAMES: dict[KernelSet, tuple[str, ...]] = {
    "rows": ("kernels", "sgd_kernel", "cell_kernels", "gibbs_kernels", "compiled"),
    "features": ("feature_kernels", "feature_types", "compiled"),
}
SOURCES = {what: tuple(Path(__file__).with_name(f"{name}.py") for name in names) for what, names in NAMES.items()}


def is_compiled(what: KernelSet = "rows") -> bool:
    """Whether a set of this version's kernels lies in the cache of this machine; imports no numba, takes a millisecond.

    A wrong answer costs time, nothing else: numba checks for itself what it loads.
    """
    try:
        note: dict[str, Any] = json.loads(_note_path(what).read_text(encoding="utf-8"))
        return note["made_for"] == _made_for(what) and all(Path(file).is_file() for file in note["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def warm_up(what: KernelSet = "rows") -> bool:
    """Compile what is not compiled yet of a set; returns whether the next start finds it.

    False where numba has no folder to write to: neither the package's `__pycache__` nor the user's cache folder.
    """
    files: list[str] = []
    for function in _functions(what):
        folder = getattr(function, "stats").cache_path  # noqa: B009 - the compiled function's, unknown to its type
        module = function.__module__.rpartition(".")[2]
        found = [] if folder is None else list(Path(folder).glob(f"{module}.{function.__name__}-*.nbi"))
        if not found:
            return False
        files += map(str, found)
    # Where no note can be left the next start warms up again, which then only loads.
    with suppress(OSError):
        path = _note_path(what)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps({"made_for": _made_for(what), "files": files}), encoding="utf-8")
        beside.replace(path)
    return is_compiled(what)


def _functions(what: KernelSet) -> list[Callable[..., Any]]:
    """The compiled functions of a set; importing them compiles them."""
    if what == "features":
        from cfstudio.learning import feature_kernels

        return [feature_kernels.feature_steps, feature_kernels.show_rows]
    from cfstudio.learning import cell_kernels as cells
    from cfstudio.learning import gibbs_kernels as gibbs
    from cfstudio.learning import kernels, sgd_kernel

    functions: list[Callable[..., Any]] = [kernels.steps, kernels.squared_gradient, sgd_kernel.sgd_steps]
    functions += [cells.shuffle_ahead, cells.shuffle_back, cells.squared_error, cells.squared_lengths]
    return [*functions, gibbs.tally, gibbs.settle, gibbs.draw_factor, gibbs.draw_linear]


def _note_path(what: KernelSet) -> Path:
    """The note of what was compiled for this interpreter; numba's files themselves lie elsewhere."""
    name = "kernels" if what == "rows" else f"{what}-kernels"
    return platformdirs.user_cache_path("cfstudio") / f"{name}-{sys.implementation.cache_tag}.json"


def _made_for(what: KernelSet) -> list[str | int]:
    """All that makes numba compile anew: source, numba, interpreter, machine, chosen folder."""
    stats = [source.stat() for source in SOURCES[what]]
    return [
        *map(str, SOURCES[what]),
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
    asked: KernelSet = "rows" if len(sys.argv) < 2 else cast("KernelSet", sys.argv[1])
    sys.exit(0 if warm_up(asked) else 1)
