"""The modules of the lecture as pieces of a script: the dot product, with biases, and with columns besides ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.learning.code_facts import CodeFacts
    from cfstudio.models.factorization import Side

SIDES: tuple[Side, Side] = ("user", "item")
LINE = 120


def model_part(facts: CodeFacts) -> str:
    """The module of the lecture with its starting numbers."""
    lines = [
        f"class {facts.module}(torch.nn.Module):",
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
    if facts.has_bias:
        lines.append(f"        self.user_bias, self.item_bias = {made[2]}, {made[3]}")
    lines += [*_label_lines(facts), "", "    def forward(self, users, items):", *_total_lines(facts)]
    return "\n".join([*lines, output_line(facts)])


def _label_lines(facts: CodeFacts) -> list[str]:
    """Labels' numbers, which every row that has the label adds to its own: nothing at first."""
    return [
        f"        self.tags_of_{side}s = torch.nn.ParameterList("
        f"torch.zeros(flags.shape[1], n_factors + 1) for flags in {side}_flags)"
        for side in SIDES
        if facts.of_side(side)
    ]


def _total_lines(facts: CodeFacts) -> list[str]:
    if not facts.columns:
        lines = ["        total = (self.user_factors(users) * self.item_factors(items)).sum(1)"]
        if facts.has_bias:
            lines.append("        total = total + self.user_bias(users).squeeze(1) + self.item_bias(items).squeeze(1)")
        return lines
    lines = []
    for side in SIDES:
        lines.append(f"        {side}_rows = torch.cat([self.{side}_factors({side}s), self.{side}_bias({side}s)], 1)")
        if facts.of_side(side):
            lines += [
                f"        for flags, tags in zip({side}_flags, self.tags_of_{side}s):",
                f"            {side}_rows = {side}_rows + flags[{side}s] @ tags  # the numbers of its labels",
            ]
    lines.append("        total = (user_rows[:, :-1] * item_rows[:, :-1]).sum(1) + user_rows[:, -1] + item_rows[:, -1]")
    return lines


def output_line(facts: CodeFacts) -> str:
    """From `total` to rating points."""
    if facts.rating_range is not None:
        low, high = facts.rating_range
        return f"        return {low:g} + {high - low:g} * torch.sigmoid(total)"
    return f"        return total + {facts.global_mean!r}" if facts.global_mean else "        return total"


def listed(before: str, parts: Iterable[str], after: str) -> list[str]:
    """Parts with commas between brackets, in as many lines as they need."""
    lines, margin = [before], " " * (len(before) - len(before.lstrip()) + 4)
    for place, part in enumerate(parts):
        text = f", {part}" if place else part
        if len(lines[-1]) + len(text) + len(after) < LINE:
            lines[-1] += text
        else:
            lines[-1] += "," * (place > 0)
            lines.append(margin + part)
    lines[-1] += after
    return lines


def quoted(text: str) -> str:
    """A text as Python writes it, in double quotes where that is simple."""
    return repr(text) if '"' in text or "\\" in text else f'"{text}"'
