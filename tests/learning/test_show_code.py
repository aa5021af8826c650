"""What people gain from the shown code: a short script without this program that gives the same errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.learning.code_facts import NoCode
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.make_trainer import make_trainer
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.show_code import show_code
from cfstudio.models.start import random_start
from cfstudio.ratings.builtin import lesson as lesson_ratings
from cfstudio.ratings.split import random_hold_out
from cfstudio.workspace.presets import hold_out_for, preset_for, starting_factors

RUNNER = """
import contextlib, io, json, os, runpy, sys
said = {}
for folder in sys.argv[1:]:
    os.chdir(folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path("train.py")
    said[folder] = out.getvalue()
assert not any(name.split(".")[0] == "cfstudio" for name in sys.modules)
print(json.dumps(said))
"""


def write(folder, script):
    folder.mkdir()
    (folder / "train.py").write_text(script.text)
    for name, make in script.files.items():
        (folder / name).write_bytes(make())


def run(*folders):
    """Run scripts in one process of its own: importing torch takes seconds."""
    command = [sys.executable, "-c", RUNNER, *map(str, folders)]
    environment = {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folders[0])
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    lines = [said[str(one)].splitlines() for one in folders]
    return [np.array([re.findall(r"nan|[\d.]+(?=[:,]|$)", line) for line in some], dtype=float) for some in lines]


def of_ours(ratings, held_out, start, config):
    trainer = make_trainer(ratings, held_out, start, config)
    while not trainer.finished:
        trainer.advance(1_000_000)
    rows = trainer.history.epoch_rows()
    nan = float("nan")
    return np.array(
        [[row["epoch"], row["train_rmse"], nan if row["valid_rmse"] is None else row["valid_rmse"]] for row in rows]
    )


def example(config, seed=0):
    ratings = with_columns(random_ratings(40, 30, 500, seed))
    held_out = hold_out_for(ratings, config)
    return ratings, held_out, random_start(ratings, config, held_out), config


def with_columns(ratings):
    """Genres that can be told apart, a movie without, one with all; and what users do, of which some say nothing."""
    genres = ["Drama", "Comedy|Drama", "", "Horror", "Drama|Horror", "Comedy, dark|Drama|Horror"]
    items = replace(ratings.item_table, genres=np.array([genres[n % 6] for n in range(ratings.n_items)], dtype=object))
    work = np.array([["nurse", "", "cook"][n % 3] for n in range(ratings.n_users)], dtype=object)
    return replace(ratings, item_table=items, user_columns={"work": work})


SMALL = {"n_factors": 6, "epochs": 4, "batch_size": 32}
CONFIGS = [
    *(TrainingConfig(optimizer=one, learning_rate=0.02, **SMALL) for one in OPTIMIZERS),
    TrainingConfig(optimizer="adam", decay_kind="l2", bias_decay=0.01, learning_rate=0.02, **SMALL),
    TrainingConfig(model="dot", sigmoid=False, schedule="constant", learning_rate=0.02, valid_fraction=0.0, **SMALL),
    TrainingConfig(sigmoid=False, schedule="cosine", learning_rate=0.02, seed=7, split_seed=3, **SMALL),
    TrainingConfig(moves_untouched=True, clip=0.05, learning_rate=0.02, **SMALL),
    TrainingConfig(optimizer="sgd", clip=0.05, learning_rate=0.5, **SMALL),
    TrainingConfig(optimizer="nesterov", moves_untouched=True, decay_kind="l2", learning_rate=0.02, **SMALL),
    TrainingConfig(schedule="sgdr", cycle_len=1.0, cycle_mult=2.0, learning_rate=0.02, **SMALL),
    TrainingConfig(model="dot", batch_size=0, epochs=20, n_factors=5, learning_rate=0.05),
]
NET = {"model": "net", "hidden": "12", "weight_decay": 0.01, **SMALL}
WIDE = {"n_item_factors": 3, "hidden": "9, 7", "embedding_dropout": 0.2, "hidden_dropout": 0.4}
EACH_RATE = {"sgd": 0.2, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.05}
NETS = [
    *(TrainingConfig(optimizer=one, learning_rate=EACH_RATE.get(one, 0.01), **NET) for one in OPTIMIZERS),
    TrainingConfig(**{**NET, **WIDE}, features="genres", schedule="cosine", learning_rate=0.01),
    TrainingConfig(**NET, features="genres, work, year", schedule="sgdr", learning_rate=0.01, clip=0.1),
    TrainingConfig(**NET, features="all", decay_kind="l2", net_decay=0.1, seed=7, learning_rate=0.01),
    TrainingConfig(**NET, sigmoid=False, schedule="constant", learning_rate=0.01, valid_fraction=0.0),
    TrainingConfig(**{**NET, "batch_size": 0, "epochs": 20}, optimizer="nesterov", clip=0.3, learning_rate=0.05),
    TrainingConfig(**{**NET, "batch_size": 0, "epochs": 20}, features="work", decay_kind="l2", learning_rate=0.02),
    TrainingConfig(**{**NET, "hidden": "9"}, embedding_dropout=0.0, hidden_dropout=0.0, learning_rate=0.01),
]
COLUMNS = [
    *(TrainingConfig(features="genres, work", optimizer=one, learning_rate=0.02, **SMALL) for one in OPTIMIZERS),
    TrainingConfig(features="year", optimizer="sgd", clip=0.05, learning_rate=0.5, schedule="cosine", **SMALL),
    TrainingConfig(features="all", decay_kind="l2", bias_decay=0.01, sigmoid=False, learning_rate=0.02, **SMALL),
    TrainingConfig(features="genres", schedule="sgdr", moves_untouched=True, learning_rate=0.02, **SMALL),
    TrainingConfig(features="genres", batch_size=0, epochs=20, n_factors=5, learning_rate=0.05),
]
BAYES = [
    TrainingConfig(model="bayes", features=features, n_factors=k, epochs=12, valid_fraction=part, seed=3, split=split)
    for features, k, part, split in (
        ("", 4, 0.2, "random"), ("genres, work, year", 3, 0.2, "random"), ("all", 20, 0.0, "random"),
        ("sets", 2, 0.3, "random"), ("all", 3, 0.2, "users"),
    )
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "configs", [CONFIGS, NETS, COLUMNS, BAYES], ids=["dot products", "nets", "columns", "samplers"]
)
def test_every_script_gives_the_errors_of_every_epoch(tmp_path, configs):
    folders, wanted = [], []
    for number, config in enumerate(configs):
        case = example(config)
        script = show_code(*case)
        assert len(script.text.splitlines()) < 80, config
        assert ("start.npz" in script.files) == (config.split != "random")
        write(tmp_path / str(number), script)
        folders.append(tmp_path / str(number))
        wanted.append(of_ours(*case))
    for config, found, ours in zip(configs, run(*folders), wanted, strict=True):
        assert found.shape == ours.shape
        assert np.allclose(found, ours, atol=1e-5, equal_nan=True), config


def test_the_lessons_script_reads_the_workbooks_start_and_ends_where_the_sheet_does(tmp_path):
    ratings = lesson_ratings()
    config = preset_for(ratings).config
    held_out = random_hold_out(ratings, 0.0, 42)
    start = starting_factors(ratings, config, held_out)
    script = show_code(ratings, held_out, start, config)
    assert set(script.files) == {"ratings.csv", "start.npz"}
    write(tmp_path / "lesson", script)
    (found,) = run(tmp_path / "lesson")
    assert np.allclose(found, of_ours(ratings, held_out, start, config), atol=1e-5, equal_nan=True)
    assert found[-1, 1] == pytest.approx(0.3929, abs=2e-3)


def test_what_is_not_used_is_not_in_the_script():
    text = show_code(*example(TrainingConfig(model="dot", optimizer="sgd", schedule="constant", batch_size=0))).text
    for word in ("bias", "cosine", "shuffled", "momentum=", "squares", "memory"):
        assert word not in text


def test_numbers_of_another_model_than_the_settings_have_no_script():
    ratings, held_out, start, config = example(TrainingConfig())
    with pytest.raises(NoCode, match="reset them to see the code"):
        show_code(ratings, held_out, start, replace(config, model="net"))


def test_a_net_started_by_hand_reads_its_start_from_a_file(tmp_path):
    config = NETS[7]
    ratings, held_out, start, _ = example(config)
    start = start.with_arrays({name: array + np.float32(0.01) for name, array in start.arrays().items()})
    script = show_code(ratings, held_out, start, config)
    assert "start.npz" in script.files
    assert len(script.text.splitlines()) < 80
    write(tmp_path / "by_hand", script)
    (found,) = run(tmp_path / "by_hand")
    assert np.allclose(found, of_ours(ratings, held_out, start, config), atol=1e-5)


def test_a_sampler_reads_only_what_it_uses_and_fastai_has_none():
    script = show_code(*example(BAYES[0]))
    assert set(script.files) == {"ratings.csv"}
    for word in ("torch", "labels", "groups", "optimizer"):
        assert word not in script.text
    assert script.fastai == ""
    assert "no Bayesian model" in script.no_fastai


def test_a_sampler_shows_its_code_whatever_numbers_stand_in_the_sheet():
    ratings, held_out, start, config = example(BAYES[0])
    edited = start.with_arrays({"user_factors": start.user_factors + 1})
    assert show_code(ratings, held_out, edited, config).text == show_code(ratings, held_out, start, config).text


def test_the_fastai_tab_of_a_net_has_its_layers_and_says_what_fastai_lacks():
    code = show_code(*example(NETS[7])).fastai
    compile(code, "fastai", "exec")
    assert "collab_learner(dls, use_nn=True, layers=[9, 7]" in code
    assert "no genres" in code


def test_the_fastai_tab_names_the_learner_and_the_same_settings():
    code = show_code(*example(TrainingConfig())).fastai
    compile(code, "fastai", "exec")
    for word in ("collab_learner(dls, n_factors=50", "fit_one_cycle(5, 0.005, wd=0.1)", "valid_pct=0.2", "bs=64"):
        assert word in code
