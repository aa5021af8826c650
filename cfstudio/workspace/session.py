"""The session file: everything of an open document in one `.cfstudio` zip.

Members, format version 1: `manifest.json` (versions, settings, what the tables cannot hold), `ratings.parquet` (user
and item codes, rating, NaN where blanked, timestamp), `users.parquet` and `items.parquet` (by code), `split.parquet`
(held out, by rating), `runs.json` (settings and history of the present run under `runs`, all of them under `table`),
`model.safetensors` (factors and biases), `start.safetensors` where the model was started from other numbers than its
seed's, and `run-N.safetensors` with the numbers that run N has left; of a run that may go on also `resume.json` and
`optimizer.safetensors`, see `session_resume`; and `posterior.safetensors` (samples of a Bayesian model) while the
factors are as they were sampled. A net's layers are tensors beside its embeddings; see `session_model`.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from cfstudio import __version__
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.history import History
from cfstudio.learning.posterior import Posterior
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.atomic_write import atomic_write
from cfstudio.workspace.mistaken_session import not_a_session
from cfstudio.workspace.model_state import ModelState
from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.run_log import Run
from cfstudio.workspace.session_archive import PartError, SessionArchive, add_json, add_member
from cfstudio.workspace.session_model import check_model, model_facts, model_tensors, read_model
from cfstudio.workspace.session_resume import add_unfinished, read_unfinished
from cfstudio.workspace.session_runs import member_of, read_runs, rows_of, with_numbers
from cfstudio.workspace.session_tables import (
    check_ratings,
    from_parquet,
    ratings_facts,
    ratings_tables,
    read_ratings,
    to_parquet,
)

if TYPE_CHECKING:
    from cfstudio.learning.run_state import RunState
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

FORMAT_VERSION = 1
FORMAT_NAME = "CF Studio session"

START_MEMBER = "start.safetensors"
POSTERIOR_MEMBER = "posterior.safetensors"
RATINGS_MEMBERS = ("ratings.parquet", "users.parquet", "items.parquet")


class SessionError(DataError):
    """A session cannot be opened or saved; the sentence names the file and says why."""


@dataclass
class Session:
    """What a session file holds.

    `held_out` (n_rows,) bool, True where a rating is held out; `history` None before the first run; `view` settings of
    the window as JSON values.
    """

    ratings: Ratings
    held_out: BoolArray
    factorization: Factorization
    config: TrainingConfig
    history: History | None = None
    view: dict[str, Any] = field(default_factory=dict)
    start: Factorization | None = None
    """What Reset goes back to, where that is not what the seed of the settings gives."""
    posterior: Posterior | None = None
    """How sure a Bayesian model is of its predictions; saved only while it describes `factorization`."""
    runs: list[Run] = field(default_factory=list)
    """Every run of the document."""
    unfinished: RunState | None = None
    """The run that may go on from these numbers; saved where it has got to them."""


def save_session(session: Session, path: Path | str) -> None:
    """Write a session file; the old one stays whole until the new one is on the disk.

    Raises SessionError with a sentence if the session contradicts itself or the place cannot be written.
    """
    path = Path(path)
    try:
        _check(session)
        with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
            _write_members(session, archive)
    except OSError as error:
        raise SessionError(f"{path} cannot be saved: {error.strerror or error}.") from error
    except (PartError, TypeError, ValueError) as error:
        raise SessionError(f"{path} cannot be saved: {error}.") from error


def open_session(path: Path | str) -> Session:
    """Read a session file. Raises SessionError with a sentence if it is missing, damaged or newer than this program."""
    path = Path(path)
    mistaken = not_a_session(path)
    if mistaken is not None:
        raise SessionError(mistaken)
    try:
        with zipfile.ZipFile(path) as archive:
            session = _read_members(SessionArchive(archive))
        _check(session)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise SessionError(f"{path} cannot be opened: {error.strerror}.") from error
    except MemoryError as error:
        raise SessionError(f"{path} cannot be opened: it needs more memory than there is.") from error
    except PartError as error:
        raise SessionError(f"{path} cannot be opened: {error}.") from error
    except Exception as error:
        # Zip, JSON, Parquet and safetensors readers each have their own ways to stumble over damaged content.
        raise SessionError(f"{path} cannot be opened: it is damaged or no session.") from error
    return session


def _write_members(session: Session, archive: zipfile.ZipFile) -> None:
    factorization = session.factorization
    manifest = {
        "format": FORMAT_NAME,
        "format_version": FORMAT_VERSION,
        "program_version": __version__,
        "settings": {"training": asdict(session.config), "view": session.view},
        "ratings": ratings_facts(session.ratings),
        "model": model_facts(factorization),
    }
    add_json(archive, "manifest.json", manifest)
    for member, table in ratings_tables(session.ratings).items():
        add_member(archive, member, table)
    add_member(archive, "split.parquet", to_parquet({"held_out": session.held_out}))
    runs = []
    if session.history is not None:
        runs.append({"settings": asdict(session.config), "history": session.history.to_dict()})
    add_json(archive, "runs.json", {"runs": runs, "table": rows_of(session.runs, session.ratings, session.history)})
    for run in with_numbers(session.runs, session.ratings):
        if run.state is not None:
            add_member(archive, member_of(run.number), save_tensors(model_tensors(run.state.factors)))
    add_member(archive, "model.safetensors", save_tensors(model_tensors(factorization)))
    if session.start is not None:
        add_member(archive, START_MEMBER, save_tensors(model_tensors(session.start)))
    posterior = session.posterior
    if posterior is not None and not posterior.mean.equals(factorization):
        posterior = None
    # Numbers that were edited since are not where the run would go on.
    if session.unfinished is not None and session.unfinished.factors.equals(factorization):
        add_unfinished(archive, session.unfinished, posterior)
    if posterior is not None:
        add_member(archive, POSTERIOR_MEMBER, save_tensors(posterior.tensors()))


def _read_members(archive: SessionArchive) -> Session:
    manifest = archive.read_json("manifest.json")
    _check_version(manifest)
    ratings = read_ratings({member: archive.read(member) for member in RATINGS_MEMBERS}, manifest["ratings"])
    log = archive.read_json("runs.json")
    present = log["runs"]
    settings = manifest["settings"]
    factors = read_model(archive.read("model.safetensors"), manifest["model"])
    history = History.from_dict(present[-1]["history"]) if present else None
    posterior = _read_posterior(archive.read(POSTERIOR_MEMBER), factors) if POSTERIOR_MEMBER in archive else None
    session = Session(
        ratings=ratings,
        held_out=from_parquet(archive.read("split.parquet"))["held_out"],
        factorization=factors,
        start=read_model(archive.read(START_MEMBER), manifest["model"]) if START_MEMBER in archive else None,
        config=_read_config(settings["training"]),
        history=history,
        unfinished=read_unfinished(archive, factors, history, _read_config, posterior),
        view=dict(settings["view"]),
        posterior=posterior,
    )
    runs = _read_runs(log.get("table", []), session, archive)
    session.runs = [replace(run, of_ratings=ref(ratings)) for run in runs]
    return session


def _read_runs(rows: list[dict[str, Any]], session: Session, archive: SessionArchive) -> list[Run]:
    start = session.start or starting_factors(session.ratings, session.config, session.held_out)
    history = session.history or History()
    present = ModelState(session.config, session.held_out, start, session.factorization, history)

    if session.history is not None and not rows:
        # Sessions of the first release have no table.
        return [Run(1, session.config, session.history, replace(present, factors=present.factors.copy()))]

    def read_factors(member: str, facts: dict[str, Any]) -> Factorization | None:
        factors = read_model(archive.read(member), facts)
        shape = len(factors.user_factors), len(factors.item_factors)
        if shape != (session.ratings.n_users, session.ratings.n_items):
            # Earlier versions wrote runs of users who had gone since, or from before others came.
            return None
        check_model(factors, session.ratings, factors, member)
        return factors

    return read_runs(rows, session.ratings, present, _read_config, read_factors)


def _check_version(manifest: dict[str, Any]) -> None:
    version = manifest.get("format_version")
    if manifest.get("format") != FORMAT_NAME or type(version) is not int or version < 1:
        raise PartError("its manifest.json is not that of a session")
    if version > FORMAT_VERSION:
        raise PartError(
            f"it is of session format {version} and this program reads formats up to {FORMAT_VERSION}; "
            f"it was saved by CF Studio {manifest.get('program_version')}, please update"
        )


def _read_config(settings: dict[str, Any]) -> TrainingConfig:
    for setting in fields(TrainingConfig):
        if setting.name in settings:
            wanted, value = type(setting.default), settings[setting.name]
            if type(value) is not wanted and not (wanted is float and type(value) is int):
                raise PartError(f"its setting {setting.name} is {json.dumps(value)[:40]}")
    # Sessions from before that setting let biases decay like factors.
    return TrainingConfig(**{"bias_decay": -1.0} | settings)


def _read_posterior(content: bytes, factorization: Factorization) -> Posterior:
    # The document edits its factors in place; what the samples describe must stay.
    return Posterior(**load_tensors(content), mean=factorization.copy())


def _check(session: Session) -> None:
    """Raise PartError unless the parts of a session fit together."""
    ratings, model = session.ratings, session.factorization
    check_ratings(ratings)
    if session.held_out.shape != ratings.values.shape or session.held_out.dtype != np.bool_:
        raise PartError(f"its split is not one true or false for each of its {len(ratings.values)} ratings")
    if session.posterior is not None and not session.posterior.fits(ratings.n_users, ratings.n_items):
        raise PartError("the samples of its model are not those of its users and items")
    check_model(model, ratings, model, "model")
    if session.start is not None:
        check_model(session.start, ratings, model, "start")
