"""The optimizer's piece of a PyTorch script: torch's own, or its rule for the rows that a batch touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.learning.show_code import CodeFacts


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
    lines = [f"model = {'DotBias' if config.model == 'dot-bias' else 'Dot'}()"]
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
        lines += _lengths()
        lines += [
            "    for name, p in model.named_parameters():",
            f"        p.grad *= ({config.clip!r} / lengths[name[:4]]).clamp(max=1)  # no row's gradient is longer",
        ]
    if not passes_decay and any(decays):
        lines += [
            "    for name, p in model.named_parameters():",
            f"        p.data *= 1 - rate * {_decay_of('name', decays)}  # decoupled weight decay",
        ]
    lines.append("    optimizer.step()")
    return "\n".join(lines)


def _lengths() -> list[str]:
    """The length of each row's gradient, factors and bias together."""
    return [
        "    parts = list(model.named_parameters())",
        "    norm = lambda side: sum(p.grad.square().sum(1, keepdim=True) for n, p in parts if side in n).sqrt()",
        '    lengths = {side: norm(side) for side in ("user", "item")}',
    ]


def _row_wise(facts: CodeFacts) -> str:
    config = facts.config
    is_l2 = config.decay_kind == "l2" and config.optimizer != "adamw"
    decays = _decays(facts)
    lines = [f"model = {'DotBias' if config.model == 'dot-bias' else 'Dot'}()"]
    n_memories = {"sgd": 0, "adam": 2, "adamw": 2}.get(config.optimizer, 1)
    if n_memories:
        zeros = ", ".join(["torch.zeros_like(p)"] * n_memories) + "," * (n_memories == 1)
        lines.append(f"memory = {{name: ({zeros}) for name, p in model.named_parameters()}}")
    lines += ["", "@torch.no_grad()", "def update(users, items, rate, momentum, t):"]
    lines += ['    rows = {"user": torch.unique(users), "item": torch.unique(items)}  # only these move']
    if config.clip:
        lines += _lengths()
    lines += ["    for name, p in model.named_parameters():", "        here = rows[name[:4]]"]
    gradient, kept = "p.grad[here]", "p[here]"
    if config.clip:
        gradient += f" * ({config.clip!r} / lengths[name[:4]][here]).clamp(max=1)"
    if any(decays):
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
        f"root = (s[here] / (1 - {config.beta2!r}**t)).sqrt() + {config.epsilon!r}",
        "step = m[here] / (1 - momentum**t) / root",
    ]


def _decays(facts: CodeFacts) -> tuple[float, float]:
    config = facts.config
    bias = config.weight_decay if config.bias_decay < 0 else config.bias_decay
    return config.weight_decay, bias if config.model == "dot-bias" else config.weight_decay


def _decay_of(name: str, decays: tuple[float, float]) -> str:
    factors, biases = decays
    return repr(factors) if factors == biases else f'({biases!r} if "bias" in {name} else {factors!r})'
