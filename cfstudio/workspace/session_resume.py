"""The unfinished run of a session: where it is, and what its optimizer remembers.

Members: `resume.json` (step, seconds, settings in force, errors since the last measurement) and `optimizer.safetensors`
(what the optimizer remembers, by `user_factors.momentum` and so on; under `best.` the numbers of the best epoch, where
they are kept). The factors are the session's, the measurements those of its last run; the order of the cells follows
from seed and step.

Of a Bayesian run `optimizer.safetensors` has the present sample (`user.weights`, `item.weights`, … and the sums that
follow them), the errors of the training cells under it, where the random numbers are (`generator`), and the sums over
the samples so far (`mean.…`, `kept.…`, `error_sum`, `expected_sum`), all in float64: about ten numbers per rating and
a hundred per user and per item. The samples that `posterior.safetensors` has are not written twice.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from cfstudio.learning.run_state import RunState
from cfstudio.workspace.session_archive import PartError, SessionArchive, add_json, add_member

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.history import History
    from cfstudio.learning.posterior import Posterior
    from cfstudio.models.factorization import Factorization

FACTS_MEMBER = "resume.json"
MEMORY_MEMBER = "optimizer.safetensors"
BEST = "best."
SAMPLES = {"kept.users": "users", "kept.items": "items"}
"""What a Bayesian run remembers that its posterior has, too: names here and there."""


def add_unfinished(archive: zipfile.ZipFile, state: RunState, posterior: Posterior | None) -> None:
    """Write what only the run knows; `posterior` is what the session has of its samples."""
    facts = {
        "step": state.step,
        "seconds": state.seconds,
        "settings": asdict(state.config),
        "batch_error": state.batch_error,
        "batch_cells": state.batch_cells,
    }
    add_json(archive, FACTS_MEMBER, facts)
    best = {} if state.best is None else state.best.arrays()
    has = {} if posterior is None else posterior.tensors()
    own = {name: one for name, one in state.memory.items() if not _is_same(one, has.get(SAMPLES.get(name, "")))}
    tensors = {**own, **{BEST + name: array for name, array in best.items()}}
    add_member(archive, MEMORY_MEMBER, save_tensors({name: np.ascontiguousarray(one) for name, one in tensors.items()}))


def _is_same(one: NDArray[Any], other: NDArray[Any] | None) -> bool:
    return other is not None and np.array_equal(one, other)


def read_unfinished(
    archive: SessionArchive,
    factors: Factorization,
    history: History | None,
    read_config: Callable[[dict[str, Any]], TrainingConfig],
    posterior: Posterior | None,
) -> RunState | None:
    """The unfinished run, None where there is none. Raises PartError where its parts do not fit together."""
    if FACTS_MEMBER not in archive or history is None:
        return None
    facts = archive.read_json(FACTS_MEMBER)
    tensors = load_tensors(archive.read(MEMORY_MEMBER))
    best: dict[str, Any] = {name.removeprefix(BEST): one for name, one in tensors.items() if name.startswith(BEST)}
    shapes = {name: array.shape for name, array in factors.arrays().items()}
    if best and {name: array.shape for name, array in best.items()} != shapes:
        raise PartError("the best numbers of its run are those of another model")
    config = read_config(facts["settings"])
    if posterior is not None and config.model == "bayes":
        has = posterior.tensors()
        tensors = {**{name: has[there] for name, there in SAMPLES.items()}, **tensors}
    return RunState(
        step=int(facts["step"]),
        seconds=float(facts["seconds"]),
        config=config,
        factors=factors.copy(),
        memory={name: one.copy() for name, one in tensors.items() if not name.startswith(BEST)},
        history=history.copy(),
        batch_error=float(facts["batch_error"]),
        batch_cells=int(facts["batch_cells"]),
        best=factors.with_arrays({name: array.copy() for name, array in best.items()}) if best else None,
    )
