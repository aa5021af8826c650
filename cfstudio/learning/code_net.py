"""The lesson's net as a piece of a script: embeddings of ids and of columns side by side, then linear layers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from cfstudio.learning.code_models import SIDES, listed, output_line, quoted

if TYPE_CHECKING:
    from cfstudio.learning.code_facts import CodeFacts
    from cfstudio.models.factorization import Side

REACH = "0.01"


def net_part(facts: CodeFacts) -> str:
    """The module, with numbers that `net_start` replaces."""
    lines = [f"class {facts.module}(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    counts = ("len(user_ids)", "len(item_ids)") if facts.has_ids else (facts.n_users, facts.n_items)
    for side, count, width in zip(SIDES, counts, facts.widths, strict=True):
        lines.append(f"        self.{side}_factors = nn.Embedding({count}, {width})")
    for side in SIDES:
        tables = [f"torch.empty({len(one.labels)}, {one.width})" for one in facts.of_side(side)]
        if tables:
            lines += listed(f"        self.tags_of_{side}s = nn.ParameterList([", tables, "])")
    lines += [*_head_lines(facts), "", "    def forward(self, users, items):"]
    for side in SIDES if facts.columns else ():
        lines += _side_lines(facts, side)
    rows = "of_user + of_item" if facts.columns else "[self.user_factors(users), self.item_factors(items)]"
    lines.append(f"        total = self.head(torch.cat({rows}, 1)).squeeze(1)")
    return "\n".join([*lines, output_line(facts)])


def _head_lines(facts: CodeFacts) -> list[str]:
    config = facts.config
    layers = [f"nn.Dropout({config.embedding_dropout!r})"] if config.embedding_dropout else []
    *hidden, last = pairwise(facts.layer_widths)
    for n_in, n_out in hidden:
        layers += [f"nn.Linear({n_in}, {n_out})", "nn.ReLU()"]
        layers += [f"nn.Dropout({config.hidden_dropout!r})"] if config.hidden_dropout else []
    return listed("        self.head = nn.Sequential(", [*layers, f"nn.Linear({last[0]}, 1)"], ")")


def _side_lines(facts: CodeFacts, side: Side) -> list[str]:
    """A row is what belongs to the id, then for each column the sum of its labels' numbers."""
    lines = [f"        of_{side} = [self.{side}_factors({side}s)]"]
    if not facts.of_side(side):
        return lines
    tables, added = f"{side}_flags, self.tags_of_{side}s", f"flags[{side}s] @ tags"
    if facts.has_constants:
        one = f"{added} + beside[{side}s] for flags, tags, beside in zip({tables}, {side}_beside)"
    else:
        one = f"{added} for flags, tags in zip({tables})"
    return [*lines, f"        of_{side} += [{one}]"]


def net_start(facts: CodeFacts) -> list[str]:
    """The lines that give every parameter its first numbers."""
    labels = [column for side in SIDES for column in facts.of_side(side)]
    ways = list(enumerate(pairwise(facts.layer_widths)))
    if not facts.start_from_seed:
        names = ["user_factors", "item_factors", *(f"labels {one.name}" for one in labels)]
        names += [f"{what} {place}" for place, _ in ways for what in ("weight", "offset")]
        return [
            *listed("names = [", map(quoted, names), "]"),
            "for p, name in zip(model.parameters(), names):",
            "    p.data = torch.tensor(start[name])",
        ]
    reaches = {"user": REACH, "item": REACH, **{one.name: REACH for one in labels}}
    reaches |= {f"{what} {place}": f"{n_in}**-0.5" for place, (n_in, _) in ways for what in ("weight", "offset")}
    return [
        *listed("reaches = {", (f"{quoted(name)}: {reach}" for name, reach in reaches.items()), "}"),
        "for p, (name, reach) in zip(model.parameters(), reaches.items()):  # each from a generator of its own",
        f"    drawn = np.random.default_rng([{facts.config.seed}, *name.encode()]).uniform(-reach, reach, p.shape)",
        "    p.data = torch.tensor(drawn, dtype=torch.float32)",
    ]
