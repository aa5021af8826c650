"""What people gain from the microscope: the numbers of a step, the same that torch computes, for every optimizer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.one_step import Cell, Memory, one_step
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.step_words import as_text, header, table

RATING = 4.0


def cell(model, sigmoid, seed=0):
    rng = np.random.default_rng(seed)
    user, item = rng.normal(0, 0.5, 6), rng.normal(0, 0.5, 6)
    with_bias = model == "dot-bias"
    return Cell(
        user,
        item,
        0.3 if with_bias else None,
        -0.2 if with_bias else None,
        3.5 if with_bias and not sigmoid else 0.0,
        (0.0, 5.5) if sigmoid else None,
    )


def torch_optimizer(config, groups):
    decay = [config.weight_decay, config.weight_decay if config.bias_decay < 0 else config.bias_decay]
    is_l2 = config.decay_kind == "l2" and config.optimizer != "adamw"
    groups = [
        {"params": group, "weight_decay": one if is_l2 or config.optimizer == "adamw" else 0.0}
        for group, one in zip(groups, decay, strict=True)
        if group
    ]
    rate, betas = config.learning_rate, (config.momentum, config.beta2)
    makers = {
        "sgd": lambda: torch.optim.SGD(groups, rate),
        "momentum": lambda: torch.optim.SGD(groups, rate, momentum=config.momentum),
        "nesterov": lambda: torch.optim.SGD(groups, rate, momentum=config.momentum, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(groups, rate, eps=config.epsilon),
        "rmsprop": lambda: torch.optim.RMSprop(groups, rate, alpha=config.beta2, eps=config.epsilon),
        "adam": lambda: torch.optim.Adam(groups, rate, betas=betas, eps=config.epsilon),
        "adamw": lambda: torch.optim.AdamW(groups, rate, betas=betas, eps=config.epsilon),
    }
    return makers[config.optimizer](), decay


def by_torch(one, config, n_steps):
    """The same steps by autograd and torch.optim: (gradients of the last step, user row, item row, prediction)."""
    user, item = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (one.user, one.item))
    biases = []
    if one.user_bias is not None:
        biases = [torch.tensor([b], dtype=torch.float64, requires_grad=True) for b in (one.user_bias, one.item_bias)]
    optimizer, decay = torch_optimizer(config, [[user, item], biases])

    def predict():
        total = (user * item).sum() + sum(b.sum() for b in biases) + one.global_mean
        if one.rating_range is None:
            return total
        low, high = one.rating_range
        return low + (high - low) * torch.sigmoid(total)

    for _ in range(n_steps):
        optimizer.zero_grad()
        ((predict() - RATING) ** 2).backward()
        gradients = [x.grad.clone() for x in (user, item, *biases)]
        if config.clip:
            for row in ([user, *biases[:1]], [item, *biases[1:]]):
                # torch divides by the length plus 1e-6; the difference is far below what is compared.
                torch.nn.utils.clip_grad_norm_(row, config.clip)
        if config.decay_kind == "decoupled" and config.optimizer != "adamw":
            with torch.no_grad():
                for x in (user, item):
                    x.mul_(1 - config.learning_rate * decay[0])
                for x in biases:
                    x.mul_(1 - config.learning_rate * decay[1])
        optimizer.step()
    rows = [np.concatenate([x.detach().numpy() for x in part]) for part in ([user, *biases[:1]], [item, *biases[1:]])]
    gradient_rows = [
        np.concatenate([x.numpy() for x in part])
        for part in ([gradients[0], *gradients[2:3]], [gradients[1], *gradients[3:4]])
    ]
    return gradient_rows, rows, float(predict().detach())


CASES = list(itertools.product(OPTIMIZERS, ("decoupled", "l2"), ("dot", "dot-bias"), (False, True)))


@pytest.mark.parametrize(("optimizer", "kind", "model", "sigmoid"), CASES)
def test_three_steps_are_those_of_autograd_and_torch_optim(optimizer, kind, model, sigmoid):
    config = TrainingConfig(
        model=model, sigmoid=sigmoid, optimizer=optimizer, decay_kind=kind, learning_rate=0.05, weight_decay=0.1,
        bias_decay=0.02,
    )  # fmt: skip
    start = cell(model, sigmoid)
    present, memory = start, Memory()
    for n_steps in (1, 2, 3):
        step = one_step(present, RATING, config, memory)
        gradients, rows, predicted = by_torch(start, config, n_steps)
        for side, gradient, row in zip(("user", "item"), gradients, rows, strict=True):
            assert step.rows[side].gradient == pytest.approx(gradient, abs=1e-6)
            assert step.rows[side].new == pytest.approx(row, abs=1e-6)
        assert step.forward_after.predicted == pytest.approx(predicted, abs=1e-6)
        present, memory = step.after, step.memory


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_clipped_step_is_that_of_torch(optimizer):
    config = TrainingConfig(
        model="dot-bias", optimizer=optimizer, learning_rate=0.05, weight_decay=0.0, clip=0.1, decay_kind="l2"
    )
    start = cell("dot-bias", sigmoid=True)
    step = one_step(start, RATING, config, Memory())
    _, rows, _ = by_torch(start, config, 1)
    assert step.rows["user"].clip_factor < 1
    assert step.rows["user"].new == pytest.approx(rows[0], abs=1e-5)
    assert step.rows["item"].new == pytest.approx(rows[1], abs=1e-5)


def test_the_table_adds_up_from_old_to_new():
    for optimizer, kind in itertools.product(OPTIMIZERS, ("decoupled", "l2")):
        config = TrainingConfig(model="dot-bias", optimizer=optimizer, decay_kind=kind, learning_rate=0.05)
        step = one_step(cell("dot-bias", sigmoid=True), RATING, config, Memory())
        names = header(step)
        for row in table(step):
            numbers = dict(zip(names, row, strict=True))
            assert numbers["old"] + numbers["step"] + numbers.get("decay", 0.0) == pytest.approx(numbers["new"])


def test_the_text_says_every_part_and_can_be_pasted():
    config = TrainingConfig(model="dot-bias", sigmoid=False, optimizer="adam", learning_rate=0.05)
    text = as_text(one_step(cell("dot-bias", sigmoid=False), RATING, config, Memory()), "User 1 × Film")
    for word in ("products", "user bias", "mean", "rated", "slope", "m = 0.9 × m", "decoupled", "→"):
        assert word in text
    assert len([line for line in text.splitlines() if line.count("\t") > 3]) == 1 + 2 * 7
