"""The optimizer's piece of a PyTorch script: torch's own, or its rule for the rows that a batch touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.code_models import listed
from cfstudio.learning.code_net import net_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.learning.code_facts import CodeFacts


def update_part(facts: CodeFacts) -> str:
    """The optimizer: torch's own where every row moves, else its rule for the rows that a batch touches."""
    return _torch_optimizer(facts) if facts.is_dense else _row_wise(facts)


def _torch_optimizer(facts: CodeFacts) -> str:
    config = facts.config
    is_l2 = config.decay_kind == "l2" and config.optimizer != "adamw"
    passes_decay = is_l2 or config.optimizer == "adamw"
    rate = f"lr={config.learning_rate!r}"
    betas = f"betas=({config.momentum!r}, {config.beta2!r}), eps={config.epsilon!r}"
    calls = {
        "sgd": f"SGD(groups, {rate})",
        "momentum": f"SGD(groups, {rate}, momentum={config.momentum!r})",
        "nesterov": f"SGD(groups, {rate}, momentum={config.momentum!r}, nesterov=True)",
        "adagrad": f"Adagrad(groups, {rate}, eps={config.epsilon!r})",
        "rmsprop": f"RMSprop(groups, {rate}, alpha={config.beta2!r}, eps={config.epsilon!r})",
        "adam": f"Adam(groups, {rate}, {betas})",
        "adamw": f"AdamW(groups, {rate}, {betas})",
    }
    lines = [f"model = {facts.module}()", *(net_start(facts) if facts.is_net else [])]
    decays = _decays(facts)
    if passes_decay:
        lines.append(
            'groups = [{"params": [p], "weight_decay": '
            f"{_decay_of('name', decays)}" + "} for name, p in model.named_parameters()]"
        )
    else:
        lines.append('groups = [{"params": [p], "weight_decay": 0.0} for p in model.parameters()]')
    lines += [f"optimizer = torch.optim.{calls[config.optimizer]}", ""]
    lines += ["def update(users, items, rate, momentum, t):"]
    lines += ["    for group in optimizer.param_groups:", '        group["lr"] = rate']
    if config.optimizer in ("momentum", "nesterov"):
        lines.append('        group["momentum"] = momentum')
    elif config.optimizer in ("adam", "adamw"):
        lines.append(f'        group["betas"] = (momentum, {config.beta2!r})')
    if config.clip:
        lines += _lengths(facts)
        lines += [
            "    for name, p in model.named_parameters():",
            f"        p.grad *= ({config.clip!r} / lengths[name[:4]]).clamp(max=1)  # no row's gradient is longer",
        ]
    if not passes_decay and any(decays[:2]):
        lines += [
            "    for name, p in model.named_parameters():",
            f"        p.data *= 1 - rate * {_decay_of('name', decays)}  # decoupled weight decay",
        ]
    lines.append("    optimizer.step()")
    return "\n".join(lines)


def _lengths(facts: CodeFacts) -> list[str]:
    """The length of each row's gradient, factors and bias together, and of all others' as one."""
    whole = ["head"] * facts.is_net + ["tags"] * bool(facts.columns)
    rows, sides = "dim=1, keepdim=True", ("user", "item")
    parts = [f'"{kind}": norm("{kind}", {rows})' for kind in sides] + [f'"{kind}": norm("{kind}")' for kind in whole]
    return [
        "    of = lambda kind: (p.grad.square() for name, p in model.named_parameters() if name[:4] == kind)",
        "    norm = lambda kind, **rows: sum(squares.sum(**rows) for squares in of(kind)).sqrt()",
        *listed("    lengths = {", parts, "}"),
    ]


def _row_wise(facts: CodeFacts) -> str:
    config = facts.config
    is_l2 = config.decay_kind == "l2" and config.optimizer != "adamw"
    decays = _decays(facts)
    lines = [f"model = {facts.module}()", *(net_start(facts) if facts.is_net else [])]
    n_memories = {"sgd": 0, "adam": 2, "adamw": 2}.get(config.optimizer, 1)
    if n_memories:
        zeros = ", ".join(["torch.zeros_like(p)"] * n_memories) + "," * (n_memories == 1)
        lines.append(f"memory = {{name: ({zeros}) for name, p in model.named_parameters()}}")
    lines += ["", "@torch.no_grad()", "def update(users, items, rate, momentum, t):"]
    if config.clip:
        lines += _lengths(facts)
    lines.append("    for name, p in model.named_parameters():")
    if facts.is_net or facts.columns:
        lines.append('        here = {"user": users, "item": items}.get(name[:4], ...)  # of all else everything moves')
    else:
        lines.append('        here = {"user": users, "item": items}[name[:4]]  # only rows of the batch move')
    gradient, kept = "p.grad[here]", "p[here]"
    if config.clip:
        gradient += f" * ({config.clip!r} / lengths[name[:4]][here]).clamp(max=1)"
    if any(decays[:2]):
        if is_l2:
            gradient += f" + {_decay_of('name', decays)} * p[here]"
        else:
            kept = f"(1 - rate * {_decay_of('name', decays)}) * p[here]"
    lines += [
        f"        g = {gradient}",
        *(f"        {line}" for line in _rule(facts)),
        f"        p[here] = {kept} - rate * step",
    ]
    return "\n".join(lines)


def _rule(facts: CodeFacts) -> Iterable[str]:
    config = facts.config
    root = f"(s[here].sqrt() + {config.epsilon!r})"
    if config.optimizer == "sgd":
        return ["step = g"]
    if config.optimizer in ("momentum", "nesterov"):
        step = "m[here]" if config.optimizer == "momentum" else "g + momentum * m[here]"
        return ["(m,) = memory[name]", "m[here] = momentum * m[here] + g", f"step = {step}"]
    if config.optimizer == "adagrad":
        return ["(s,) = memory[name]", "s[here] += g**2", f"step = g / {root}"]
    square = f"s[here] = {config.beta2!r} * s[here] + (1 - {config.beta2!r}) * g**2"
    if config.optimizer == "rmsprop":
        return ["(s,) = memory[name]", square, f"step = g / {root}"]
    return [
        "m, s = memory[name]",
        "m[here] = momentum * m[here] + (1 - momentum) * g",
        square,
        f"step = m[here] / (1 - momentum**t) / ((s[here] / (1 - {config.beta2!r}**t)).sqrt() + {config.epsilon!r})",
    ]


def _decays(facts: CodeFacts) -> tuple[float, float, str]:
    """Decay of most numbers, that of others, and a word in the names of these."""
    config = facts.config
    usual = config.weight_decay
    if facts.is_net:
        return usual, usual if config.net_decay < 0 else config.net_decay, "head"
    bias = usual if config.bias_decay < 0 else config.bias_decay
    return usual, bias if facts.has_bias else usual, "bias"


def _decay_of(name: str, decays: tuple[float, float, str]) -> str:
    usual, other, word = decays
    return repr(usual) if usual == other else f'({other!r} if "{word}" in {name} else {usual!r})'
