"""The Bayesian factorization machine as a plain NumPy script: the Gibbs sampler with the same random numbers as ours.

Our compiled steps take their normal and gamma numbers from NumPy's generator, so a script that draws in the same order
has the same samples. Without columns every weight of a side is drawn at once, since none touches another's row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.code_files import TABLES
from cfstudio.learning.code_models import listed, quoted
from cfstudio.learning.code_pieces import code_lines, split_lines
from cfstudio.learning.sweep import LONGEST_BURN_IN, sampled_factors

if TYPE_CHECKING:
    from cfstudio.learning.code_facts import CodeFacts

PLAIN_SIDE = """class Side:  # the users, or the movies: a linear weight (row 0) and some factors of each
    def __init__(self, codes, n):
        self.codes, self.n = codes, n
        self.weights = np.vstack([np.zeros((1, n)), rng.normal(0, 0.1, (rank, n))])

    def prior(self, f):  # mean and precision of the normal prior of these weights, drawn given the weights
        w, n = self.weights[f], self.n
        precision = rng.standard_gamma((1 + n) / 2) / ((1 + (w**2).sum() - w.sum() ** 2 / (n + 1)) / 2)
        return w.sum() / (n + 1) + rng.standard_normal() / np.sqrt((n + 1) * precision), precision

    def draw(self, f, other):  # each row's weight, given all else: a rating grows with it by q
        prior_mean, prior_precision = self.prior(f)
        old, q = self.weights[f].copy(), other.weights[f][other.codes] if f else np.ones(len(errors))
        squares, products = (np.bincount(self.codes, alpha * q * one, self.n) for one in (q, errors))
        precision = squares + prior_precision
        mean = (products + old * squares + prior_precision * prior_mean) / precision
        self.weights[f] = mean + rng.standard_normal(self.n) / np.sqrt(precision)
        errors[:] -= (self.weights[f] - old)[self.codes] * q

def expected(rows):
    u, i = users[rows], items[rows]
    return mean + user.weights[0, u] + item.weights[0, i] + (user.weights[1:, u] * item.weights[1:, i]).sum(0)"""

COLUMN_SIDE = """class Side:  # the users, or the movies: linear weights (row 0), factors, of them and their labels
    def __init__(self, codes, n, groups):
        self.codes, self.sizes = codes, np.array([n, *map(len, groups)])
        self.weights = np.vstack([np.zeros((1, self.sizes.sum())), rng.normal(0, 0.1, (rank, self.sizes.sum()))])
        self.features = [(np.arange(n), np.arange(n), 1.0)]  # the ids all at once: none touches another's row
        self.features += [([n + j], *one) for j, one in enumerate(one for group in groups for one in group)]
        self.rows, self.bias = np.zeros((rank + 1, n)), np.zeros(n)  # what a row's features add up to
        for j, rows, x in self.features:
            self.bias[rows] += (self.rows[1:, rows] * self.weights[1:, j] * x).sum(0)  # products of two of them
            self.rows[:, rows] += self.weights[:, j] * x

    def prior(self, f):  # mean and precision of the normal prior of each group of weights, drawn given the weights
        n, starts = self.sizes, np.cumsum(self.sizes) - self.sizes
        total, squares = (np.add.reduceat(one, starts) for one in (self.weights[f], self.weights[f] ** 2))
        precision = rng.standard_gamma((1 + n) / 2) / ((1 + squares - total**2 / (n + 1)) / 2)
        mean = total / (n + 1) + rng.standard_normal(len(n)) / np.sqrt((n + 1) * precision)
        return np.repeat(mean, n), np.repeat(precision, n), rng.standard_normal(n.sum())

    def draw(self, f, other):  # one weight after the other, given all else: a rating grows with it by x (rest + q)
        means, precisions, normals = self.prior(f)
        q = other.rows[f][other.codes] if f else np.zeros(len(errors))
        terms = (alpha, alpha * q, alpha * q * q, alpha * errors, alpha * q * errors)
        a, aq, aqq, ae, aqe = (np.bincount(self.codes, one, len(self.bias)) for one in terms)
        row, row_before, bias_before = self.rows[f], self.rows[f].copy(), self.bias.copy()
        for j, rows, x in self.features:
            old, add = self.weights[f, j], np.asarray if len(j) > 1 else np.sum
            rest = row[rows] - x * old if f else 1.0
            squares = add(x * x * (a[rows] * rest**2 + 2 * rest * aq[rows] + aqq[rows]))
            precision = squares + precisions[j]
            mean = (add(x * (rest * ae[rows] + aqe[rows])) + old * squares + precisions[j] * means[j]) / precision
            new = self.weights[f, j] = mean + normals[j] / np.sqrt(precision)
            ae[rows] -= (new - old) * x * (a[rows] * rest + aq[rows])
            aqe[rows] -= (new - old) * x * (rest * aq[rows] + aqq[rows])
            row[rows] += (new - old) * x
            self.bias[rows] += (new - old) * x * rest
        errors[:] -= (self.bias - bias_before)[self.codes] + (row - row_before)[self.codes] * q

def expected(rows):
    u, i = users[rows], items[rows]
    return mean + user.bias[u] + item.bias[i] + (user.rows[1:, u] * item.rows[1:, i]).sum(0)"""


def bayes_part(facts: CodeFacts, *, has_sets: bool) -> str:
    """The whole script; `has_sets` says whether who rated what is a feature."""
    has_features = has_sets or bool(facts.columns)
    module = COLUMN_SIDE if has_features else PLAIN_SIDE
    parts = [_data(facts, has_sets=has_sets), module, _loop(facts, has_features=has_features)]
    return "\n\n".join(parts)


def _data(facts: CodeFacts, *, has_sets: bool) -> str:
    config, rank = facts.config, sampled_factors(facts.config.n_factors)
    lines = [
        f'"""{facts.name}: Bayesian factorization machine in NumPy; it draws the numbers that CF Studio draws."""',
        "import numpy as np",
        "import pandas as pd",
        "",
        *code_lines(facts),
        "n_users, n_items = "
        + ("len(user_ids), len(item_ids)" if facts.has_ids else f"{facts.n_users}, {facts.n_items}"),
        *split_lines(facts),
        "train = train[np.lexsort((items[train], users[train]))]",
        "ratings = table.rating.to_numpy(float)",
        f"rng, rank, sweeps = np.random.default_rng({config.seed}), {rank}, {config.epochs}",
    ]
    if has_sets or facts.columns:
        lines += ["", *MEMBERS, *LABELS * bool(facts.columns), *_group_lines(facts, has_sets=has_sets)]
    return "\n".join(lines)


MEMBERS = (
    "def members(rows, columns, n):  # each of n labels: the rows that have it; one of k labels counts 1/√k",
    '    order, ends = np.argsort(columns, kind="stable"), np.cumsum(np.bincount(columns, minlength=n))[:-1]',
    "    return list(zip(*(np.split(one[order], ends) for one in (rows, np.bincount(rows)[rows] ** -0.5))))",
    "",
)
LABELS = (
    "def labels(file, column):  # a row for each user or movie, in the order of the ids",
    '    flags = pd.read_csv(file, dtype=object, keep_default_na=False)[column].str.get_dummies("|").to_numpy()',
    "    return members(*np.nonzero(flags), flags.shape[1])",
    "",
)


def _group_lines(facts: CodeFacts, *, has_sets: bool) -> list[str]:
    lines = []
    for side, sets in (
        ("user", "users[train], items[train], n_items"),
        ("item", "items[train], users[train], n_users"),
    ):
        groups = [f"members({sets})"] * has_sets
        groups += [f'labels("{TABLES[one.side]}", {quoted(one.name)})' for one in facts.columns if one.side == side]
        lines += listed(f"{side}_groups = [", groups, "]")
    if has_sets:
        lines[0] += "  # sets, as in SVD++: seconds a sweep"
    return lines


def _loop(facts: CodeFacts, *, has_features: bool) -> str:
    groups = (", user_groups", ", item_groups") if has_features else ("", "")
    burn_in = min(facts.config.epochs // 5, LONGEST_BURN_IN)
    nothing = "" if facts.has_valid else ' if len(errors) else float("nan")'
    return f"""rmse = lambda errors: np.sqrt(np.mean(errors**2)){nothing}
user, item = Side(users[train], n_users{groups[0]}), Side(items[train], n_items{groups[1]})
mean = center = ratings[train].mean()
errors, noise_rate, sums = ratings[train] - expected(train), 4.0, [0.0, 0.0]
for sweep in range(1, sweeps + 1):
    counts, squares = np.bincount(users[train], minlength=n_users), np.bincount(users[train], errors**2, n_users)
    noise = rng.standard_gamma(4 + counts / 2) / (noise_rate + squares / 2)  # precision of each user's ratings
    noise_rate = rng.standard_gamma(0.5 + 4 * n_users) / (0.5 + noise.sum())
    alpha = noise[users[train]]
    before, precision = mean, alpha.sum() + 0.01
    mean = (alpha @ (errors + mean) + 0.01 * center) / precision + rng.standard_normal() / np.sqrt(precision)
    errors -= mean - before
    for f in range(rank + 1):
        user.draw(f, item)
        item.draw(f, user)
    found = [errors, expected(valid) - ratings[valid]]
    if sweep > {burn_in}:  # from now on those of the mean over all samples
        sums = [total + one for total, one in zip(sums, found)]
        found = [total / (sweep - {burn_in}) for total in sums]
    print(f"sweep {{sweep}}: train {{rmse(found[0]):.7f}}, held out {{rmse(found[1]):.7f}}")"""
