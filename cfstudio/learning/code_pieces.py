"""The pieces of a PyTorch script: each holds only the lines that the settings need, and reads like the lecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.code_files import TABLES
from cfstudio.learning.code_models import quoted

if TYPE_CHECKING:
    from cfstudio.learning.code_facts import CodeFacts
    from cfstudio.models.factorization import Side

AT_ONCE = 1_000_000
"""Ratings whose predictions a script calculates at once where a rating takes many numbers."""


def data_part(facts: CodeFacts) -> str:
    """Imports, ratings, codes, split, columns."""
    config = facts.config
    what = "dot product of factors" + (", with biases" if facts.has_bias else "")
    if facts.is_net:
        what = "a small net on two embeddings"
    if facts.columns:
        what += f" and {', '.join(column.name for column in facts.columns)}"
    lines = [
        f'"""{facts.name}: {what}, in plain PyTorch; needs numpy, pandas, torch."""',
        "import numpy as np",
        "import pandas as pd",
        "import torch",
        *(["from torch import nn"] if facts.is_net else []),
        "",
    ]
    lines += code_lines(facts)
    if not facts.is_net:
        counts = ("len(user_ids)", "len(item_ids)") if facts.has_ids else (facts.n_users, facts.n_items)
        lines.append(f"n_users, n_items, n_factors = {counts[0]}, {counts[1]}, {config.n_factors}")
    lines += split_lines(facts)
    lines.append("users, items, ratings = map(torch.tensor, (users, items, table.rating.to_numpy(np.float32)))")
    for side in ("user", "item"):
        lines += _column_lines(facts, side)
    return "\n".join(lines)


def _column_lines(facts: CodeFacts, side: Side) -> list[str]:
    """A table of zeros and ones for each column: which labels a user or an item has."""
    names = [column.name for column in facts.of_side(side)]
    if not names:
        return []
    file = "known_users" if side == "user" else "movies"
    columns = f"({', '.join(map(quoted, names))}{',' * (len(names) == 1)})"
    lines = [
        f'{file} = pd.read_csv("{TABLES[side]}", dtype=object, keep_default_na=False)  # in the order of the ids',
        f'{side}_flags = [torch.tensor({file}[one].str.get_dummies("|").to_numpy(np.float32)) for one in {columns}]',
    ]
    if facts.has_constants:
        lines.append(f'{side}_beside = [torch.tensor(start["beside " + one]) for one in {columns}]')
    return lines


def code_lines(facts: CodeFacts) -> list[str]:
    """The ratings, and the codes of their users and movies."""
    lines = ['table = pd.read_csv("ratings.csv")  # userId, movieId, rating']
    if not facts.has_ids:
        return [*lines, "users, items = table.userId.to_numpy(), table.movieId.to_numpy()  # codes from 0"]
    return [
        *lines,
        "user_ids, users = np.unique(table.userId, return_inverse=True)  # codes from 0",
        "item_ids, items = np.unique(table.movieId, return_inverse=True)",
    ]


def split_lines(facts: CodeFacts) -> list[str]:
    """Which ratings are trained on, and what else is read from `start.npz`."""
    config = facts.config
    lines = ['start = np.load("start.npz")'] if facts.reads_start else []
    if not facts.split_from_seed:
        return [
            *lines,
            'held_out = start["held_out"]  # never trained on',
            "train, valid = np.flatnonzero(~held_out), np.flatnonzero(held_out)",
        ]
    if config.valid_fraction == 0:
        return [*lines, "train, valid = np.arange(len(table)), np.arange(0)  # all are trained on"]
    return [
        *lines,
        f"chosen = np.random.default_rng({config.split_seed}).permutation(len(table))",
        f"valid, train = map(np.sort, np.split(chosen, [int(len(table) * {config.valid_fraction!r})]))"
        "  # held out, and trained on",
    ]


def order_part(facts: CodeFacts) -> str:
    """The batch order of an epoch; nothing where each step takes all ratings."""
    if facts.steps_per_epoch == 1:
        return ""
    return f'''def shuffle(order, epoch):
    """Fisher-Yates with SplitMix64 numbers, the order that CF Studio trains in; any other would do as well."""
    x = np.arange(1, len(order) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x += np.random.SeedSequence([{facts.config.seed}, epoch]).generate_state(1, np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    for place, part in enumerate((x >> np.uint64(11)) * 2.0**-53):
        other = place + int(part * (len(order) - place))
        order[place], order[other] = order[other], order[place]'''


def loop_part(facts: CodeFacts) -> str:
    """Learning rates, epochs, batches, errors."""
    config = facts.config
    lines = [*_rate_lines(facts), "", "@torch.no_grad()", "def rmse(rows):"]
    nothing = "" if facts.has_valid else ' if len(rows) else float("nan")'
    calls, trains = ("model.eval()", "model.train()") if facts.drops_out else ("model", "model")
    if (facts.is_net or facts.columns) and facts.batch_size * facts.steps_per_epoch > AT_ONCE:
        lines += [
            f"    parts = torch.tensor(rows).split({AT_ONCE})",
            f"    errors = torch.cat([{calls}(users[part], items[part]) - ratings[part] for part in parts])",
        ]
    else:
        lines.append(f"    errors = {calls}(users[rows], items[rows]) - ratings[rows]")
    lines.append(f"    return errors.square().mean().sqrt().item(){nothing}")
    if facts.drops_out:
        lines += ["", f"torch.manual_seed({config.seed})  # for the dropout of training"]
    lines += [
        *([] if facts.drops_out else [""]),
        "order = train.copy()",
        f"for epoch in range({config.epochs}):",
    ]
    batch = str(facts.batch_size)
    if facts.steps_per_epoch > 1:
        lines.append("    shuffle(order, epoch)")
    lines += [
        f"    for t, rows in enumerate(torch.tensor(order).split({batch}), epoch * {facts.steps_per_epoch}):",
        f"        loss = torch.nn.functional.mse_loss({trains}(users[rows], items[rows]), ratings[rows])",
        "        model.zero_grad()",
        "        loss.backward()",
        "        update(users[rows], items[rows], rates[t].item(), momenta[t].item(), t + 1)",
        '    print(f"epoch {epoch + 1}: train {rmse(train):.7f}, held out {rmse(valid):.7f}")',
    ]
    return "\n".join(lines)


def _rate_lines(facts: CodeFacts) -> list[str]:
    config = facts.config
    rate, momentum = repr(config.learning_rate), repr(config.momentum)
    count = config.epochs * facts.steps_per_epoch
    if config.schedule == "constant":
        return [f"rates, momenta = np.full({count}, {rate}), np.full({count}, {momentum})"]
    if config.schedule == "one-cycle":
        swing = 0.05 if config.momentum > 0 else 0.0
        low, high = max(config.momentum - swing, 0.0), min(config.momentum + swing, 0.999)
        return [
            "cosine = lambda start, end, part: start + (end - start) * (1 - np.cos(np.pi * part)) / 2",
            f"part = np.arange({count}) / {count}  # one cycle: up in a quarter of the run, then down to nothing",
            "up, down = np.clip(part / 0.25, 0, 1), np.clip((part - 0.25) / 0.75, 0, 1)",
            f"rates = np.where(part < 0.25, cosine({rate} / 25, {rate}, up), cosine({rate}, {rate} / 1e5, down))",
            f"momenta = np.where(part < 0.25, cosine({high:g}, {low:g}, up), cosine({low:g}, {high:g}, down))",
        ]
    is_cosine = config.schedule == "cosine"
    lines = [f"part = np.arange({count}) / {count}"] if is_cosine else _cycle_lines(facts, count)
    return [*lines, f"rates = {rate} * (1 + np.cos(np.pi * part)) / 2", f"momenta = np.full({count}, {momentum})"]


def _cycle_lines(facts: CodeFacts, count: int) -> list[str]:
    """SGDR: how far each step is in its cycle."""
    config = facts.config
    length = max(config.cycle_len * facts.steps_per_epoch, 1.0)
    if config.cycle_mult == 1:
        return [f"part = np.arange({count}) % {length:g} / {length:g}  # SGDR: cycles of equal length"]
    begins = [0.0]
    while begins[-1] + length * config.cycle_mult ** (len(begins) - 1) < count:
        begins.append(begins[-1] + length * config.cycle_mult ** (len(begins) - 1))
    return [
        f"begins = np.array({begins!r})  # SGDR: each cycle is {config.cycle_mult:g} times as long as the one before",
        f'cycle = np.searchsorted(begins, np.arange({count}), side="right") - 1',
        f"part = (np.arange({count}) - begins[cycle]) / ({length!r} * {config.cycle_mult!r}**cycle)",
    ]
