"""The pieces of a PyTorch script: each holds only the lines that the settings need, and reads like the lecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.show_code import CodeFacts


def data_part(facts: CodeFacts) -> str:
    """Imports, ratings, codes, split."""
    config = facts.config
    with_bias = ", with biases" if config.model == "dot-bias" else ""
    lines = [
        f'"""{facts.name}: dot product of factors{with_bias}, in plain PyTorch; needs numpy, pandas, torch."""',
        "import numpy as np",
        "import pandas as pd",
        "import torch",
        "",
        'table = pd.read_csv("ratings.csv")  # userId, movieId, rating',
    ]
    if facts.has_ids:
        lines += [
            "user_ids, users = np.unique(table.userId, return_inverse=True)  # codes from 0",
            "item_ids, items = np.unique(table.movieId, return_inverse=True)",
            f"n_users, n_items, n_factors = len(user_ids), len(item_ids), {config.n_factors}",
        ]
    else:
        lines += [
            "users, items = table.userId.to_numpy(), table.movieId.to_numpy()  # codes from 0",
            f"n_users, n_items, n_factors = {facts.n_users}, {facts.n_items}, {config.n_factors}",
        ]
    if facts.needs_file:
        lines.append('start = np.load("start.npz")')
    lines += _split_lines(facts)
    lines.append("users, items, ratings = map(torch.tensor, (users, items, table.rating.to_numpy(np.float32)))")
    return "\n".join(lines)


def _split_lines(facts: CodeFacts) -> list[str]:
    config = facts.config
    if not facts.split_from_seed:
        first = ['held_out = start["held_out"]  # never trained on']
    else:
        first = [
            f"chosen = np.random.default_rng({config.split_seed}).permutation(len(table))",
            f"held_out = np.isin(np.arange(len(table)), chosen[: int(len(table) * {config.valid_fraction!r})])"
            "  # never trained on",
        ]
        if config.valid_fraction == 0:
            first = ["held_out = np.zeros(len(table), bool)  # all are trained on"]
    return [*first, "train, valid = np.flatnonzero(~held_out), np.flatnonzero(held_out)"]


def model_part(facts: CodeFacts) -> str:
    """The module of the lecture with its starting numbers."""
    has_bias = facts.config.model == "dot-bias"
    lines = [
        f"class {'DotBias' if has_bias else 'Dot'}(torch.nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    if facts.start_from_seed:
        lines.append(f"        rng = np.random.default_rng({facts.config.seed})")
        draw = (
            "rng.normal(0, 0.01, (n, k))" if facts.start_top is None else f"rng.uniform(0, {facts.start_top!r}, (n, k))"
        )
        lines += [
            "        def embedding(n, k):",
            f"            numbers = torch.tensor({draw}, dtype=torch.float32)",
            "            return torch.nn.Embedding.from_pretrained(numbers, freeze=False)",
        ]
        made = [
            "embedding(n_users, n_factors)",
            "embedding(n_items, n_factors)",
            "embedding(n_users, 1)",
            "embedding(n_items, 1)",
        ]
    else:
        lines += [
            "        def embedding(name):",
            "            return torch.nn.Embedding.from_pretrained(torch.tensor(start[name]), freeze=False)",
        ]
        made = [f'embedding("{name}")' for name in ("user_factors", "item_factors", "user_bias", "item_bias")]
    lines.append(f"        self.user_factors, self.item_factors = {made[0]}, {made[1]}")
    if has_bias:
        lines.append(f"        self.user_bias, self.item_bias = {made[2]}, {made[3]}")
    lines += ["", "    def forward(self, users, items):"]
    lines.append("        total = (self.user_factors(users) * self.item_factors(items)).sum(1)")
    if has_bias:
        lines.append("        total = total + self.user_bias(users).squeeze(1) + self.item_bias(items).squeeze(1)")
    if facts.rating_range is not None:
        low, high = facts.rating_range
        lines.append(f"        return {low:g} + {high - low:g} * torch.sigmoid(total)")
    elif facts.global_mean:
        lines.append(f"        return total + {facts.global_mean!r}")
    else:
        lines.append("        return total")
    return "\n".join(lines)


def order_part(facts: CodeFacts) -> str:
    """The batch order of an epoch; nothing where each step takes all ratings."""
    if facts.steps_per_epoch == 1:
        return ""
    return f'''def shuffled(order, epoch):
    """Fisher-Yates with SplitMix64 numbers, the order that CF Studio trains in; any other would do as well."""
    places, order = np.arange(len(order)), order.tolist()
    x = (places + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = x + np.random.SeedSequence([{facts.config.seed}, epoch]).generate_state(1, np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    others = places + ((x >> np.uint64(11)) * 2.0**-53 * (len(order) - places)).astype(int)
    for place, other in enumerate(others.tolist()):
        order[place], order[other] = order[other], order[place]
    return np.array(order)'''


def loop_part(facts: CodeFacts) -> str:
    """Learning rates, epochs, batches, errors."""
    config = facts.config
    lines = [*_rate_lines(facts), ""]
    lines += ["@torch.no_grad()", "def rmse(rows):"]
    nothing = "" if facts.has_valid else ' if len(rows) else float("nan")'
    lines.append(f"    return (model(users[rows], items[rows]) - ratings[rows]).square().mean().sqrt().item(){nothing}")
    lines += [
        "",
        "order = train",
        f"for epoch in range({config.epochs}):",
    ]
    batch = str(facts.batch_size)
    if facts.steps_per_epoch > 1:
        lines.append("    order = shuffled(order, epoch)")
    lines += [
        f"    for t, rows in enumerate(torch.tensor(order).split({batch}), epoch * {facts.steps_per_epoch}):",
        "        loss = torch.nn.functional.mse_loss(model(users[rows], items[rows]), ratings[rows])",
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
    lines = ["cosine = lambda start, end, part: start + (end - start) * (1 - np.cos(np.pi * part)) / 2"]
    if config.schedule == "one-cycle":
        swing = 0.05 if config.momentum > 0 else 0.0
        low, high = max(config.momentum - swing, 0.0), min(config.momentum + swing, 0.999)
        return [
            *lines,
            f"part = np.arange({count}) / {count}  # one cycle: up in a quarter of the run, then down to nothing",
            "up, down = np.clip(part / 0.25, 0, 1), np.clip((part - 0.25) / 0.75, 0, 1)",
            f"rates = np.where(part < 0.25, cosine({rate} / 25, {rate}, up), cosine({rate}, {rate} / 1e5, down))",
            f"momenta = np.where(part < 0.25, cosine({high:g}, {low:g}, up), cosine({low:g}, {high:g}, down))",
        ]
    if config.schedule == "cosine":
        lines.append(f"rates = cosine({rate}, 0.0, np.arange({count}) / {count})")
    else:
        lines += [*_cycle_lines(facts, count), f"rates = cosine({rate}, 0.0, part)"]
    return [*lines, f"momenta = np.full({count}, {momentum})"]


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
