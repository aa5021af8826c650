"""What people gain from the microscope over a net: every number of one step is torch's, layers included."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.net_cell import NetCell, cell_of
from cfstudio.learning.one_step import Memory, one_step
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.step_words import as_text, header, table
from cfstudio.models.net import NetFactorization

RATING = 2.5
WIDTHS = (5, 3, 7, 4, 1)


def net(rating_range=(0.0, 5.5), mean=0.0):
    """A user of 5 numbers, an item of 3, two hidden layers."""
    rng = np.random.default_rng(4)
    layers = list(itertools.pairwise((WIDTHS[0] + WIDTHS[1], *WIDTHS[2:])))
    return NetFactorization(
        rng.normal(0, 0.6, (4, 5)).astype(np.float32),
        rng.normal(0, 0.6, (6, 3)).astype(np.float32),
        global_mean=mean,
        rating_range=rating_range,
        weights=tuple(rng.normal(0, 0.5, (n_out, n_in)).astype(np.float32) for n_in, n_out in layers),
        offsets=tuple(rng.normal(0, 0.3, n_out).astype(np.float32) for _, n_out in layers),
    )


class ByTorch:
    """The same cell in torch, in float64, with torch's own optimizer."""

    def __init__(self, cell, config):
        self.cell, self.config = cell, config
        self.rows = [nn.Parameter(torch.tensor(one)) for one in (cell.user, cell.item)]
        linear = [nn.Linear(w.shape[1], w.shape[0]).double() for w in cell.weights]
        for layer, weight, offset in zip(linear, cell.weights, cell.offsets, strict=True):
            layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(offset)
        self.head = nn.Sequential(*itertools.chain(*((layer, nn.ReLU()) for layer in linear[:-1])), linear[-1])
        decays = (config.weight_decay, config.weight_decay if config.net_decay < 0 else config.net_decay)
        self.is_decoupled = config.decay_kind == "decoupled" and config.optimizer != "adamw"
        groups = [
            {"params": params, "weight_decay": 0.0 if self.is_decoupled else decay}
            for params, decay in zip((self.rows, [*self.head.parameters()]), decays, strict=True)
        ]
        rate, adam = config.learning_rate, {"betas": (config.momentum, config.beta2), "eps": config.epsilon}
        self.optimizer = {
            "sgd": lambda: torch.optim.SGD(groups, rate),
            "momentum": lambda: torch.optim.SGD(groups, rate, momentum=config.momentum),
            "nesterov": lambda: torch.optim.SGD(groups, rate, momentum=config.momentum, nesterov=True),
            "adagrad": lambda: torch.optim.Adagrad(groups, rate, eps=config.epsilon),
            "rmsprop": lambda: torch.optim.RMSprop(groups, rate, alpha=config.beta2, eps=config.epsilon),
            "adam": lambda: torch.optim.Adam(groups, rate, **adam),
            "adamw": lambda: torch.optim.AdamW(groups, rate, **adam),
        }[config.optimizer]()
        self.decays = decays

    def predict(self):
        total = self.head(torch.cat(self.rows))[0] + self.cell.global_mean
        if self.cell.rating_range is None:
            return total
        low, high = self.cell.rating_range
        return low + (high - low) * torch.sigmoid(total)

    @property
    def params(self):
        return [*self.rows, *self.head.parameters()]

    def step(self):
        """Gradients of the loss, before the step."""
        self.optimizer.zero_grad()
        ((self.predict() - RATING) ** 2).backward()
        gradients = [one.grad.numpy().ravel().copy() for one in self.params]
        if self.config.clip:
            for together in ([self.rows[0]], [self.rows[1]], [*self.head.parameters()]):
                nn.utils.clip_grad_norm_(together, self.config.clip)
        if self.is_decoupled:
            with torch.no_grad():
                for group, decay in zip((self.rows, self.head.parameters()), self.decays, strict=True):
                    for one in group:
                        one.mul_(1 - self.config.learning_rate * decay)
        self.optimizer.step()
        return gradients


def config_of(**changes):
    return TrainingConfig(model="net", learning_rate=0.05, weight_decay=0.1, **changes)


@pytest.mark.parametrize(
    ("optimizer", "kind", "net_decay"), list(itertools.product(OPTIMIZERS, ("decoupled", "l2"), (-1.0, 0.02)))
)
def test_three_steps_are_those_of_autograd_and_torch_optim(optimizer, kind, net_decay):
    config = config_of(optimizer=optimizer, decay_kind=kind, net_decay=net_decay)
    cell = cell_of(net(), 2, 5)
    by_torch, memory = ByTorch(cell, config), Memory()
    for _ in range(3):
        step = one_step(cell, RATING, config, memory)
        gradients = by_torch.step()
        for row, gradient, new in zip(step.rows.values(), gradients, by_torch.params, strict=True):
            assert row.gradient == pytest.approx(gradient, abs=1e-6)
            assert row.new == pytest.approx(new.detach().numpy().ravel(), abs=1e-6)
        assert step.forward_after.predicted == pytest.approx(float(by_torch.predict().detach()), abs=1e-6)
        cell, memory = step.after, step.memory


@pytest.mark.parametrize("net_of", [net(), net(None, 3.5)], ids=["sigmoid", "mean"])
def test_a_clipped_step_shortens_each_row_and_the_layers_as_one(net_of):
    config = config_of(optimizer="sgd", clip=0.05)
    cell = cell_of(net_of, 0, 0)
    by_torch = ByTorch(cell, config)
    step = one_step(cell, RATING, config, Memory())
    by_torch.step()
    assert step.rows["user"].clip_factor < 1
    assert len({step.rows[name].clip_factor for name in step.rows if name not in ("user", "item")}) == 1
    for row, new in zip(step.rows.values(), by_torch.params, strict=True):
        # torch divides by the length plus 1e-6
        assert row.new == pytest.approx(new.detach().numpy().ravel(), abs=1e-5)


def test_the_cells_prediction_is_the_models():
    for factors in (net(), net(None, 3.5)):
        predicted = factors.predict(np.array([3]), np.array([1]))[0]
        assert cell_of(factors, 3, 1).forward().predicted == pytest.approx(predicted, abs=1e-6)


def test_what_was_learned_stands_in_the_model_and_nowhere_else():
    factors, before = net(), net()
    step = one_step(cell_of(factors, 2, 5), RATING, config_of(optimizer="sgd"), Memory())
    step.after.write_into(factors, 2, 5)
    assert factors.predict(np.array([2]), np.array([5]))[0] == pytest.approx(step.forward_after.predicted, abs=1e-5)
    np.testing.assert_array_equal(np.delete(factors.user_factors, 2, 0), np.delete(before.user_factors, 2, 0))
    assert (factors.weights[0] != before.weights[0]).any()


def test_the_table_has_a_line_for_each_factor_and_two_for_each_layer():
    config = config_of(optimizer="adam")
    step = one_step(cell_of(net(), 2, 5), RATING, config, Memory())
    lines, titles = table(step), header(step)
    assert [line[0] for line in lines[:2]] == ["user f1", "user f2"]
    assert len(lines) == 5 + 3 + 2 * 3
    assert isinstance(step.before, NetCell)
    assert lines[8][0] == "‖layer 1, 8 × 7‖"
    assert lines[8][titles.index("old")] == pytest.approx(np.linalg.norm(step.before.weights[0]))
    text = as_text(step, "User 3 × Film")
    for word in ("input", "layer 1", "layer 2", "> 0", "sigmoid", "back through every ReLU", "decoupled"):
        assert word in text
