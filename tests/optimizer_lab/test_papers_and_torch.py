"""Pages "as in the papers" do what PyTorch's optimizers do, row by row, for a hundred epochs."""

import numpy as np
import pytest
import torch

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.descent import Descent
from cfstudio.optimizer_lab.functions import PLANES, ROSENBROCK
from cfstudio.optimizer_lab.line_data import workbook_data
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet

OPTIMIZERS = {
    "sgd": lambda p, s: torch.optim.SGD(p, s.learning_rate, weight_decay=s.weight_decay),
    "momentum": lambda p, s: torch.optim.SGD(p, s.learning_rate, s.beta1, weight_decay=s.weight_decay),
    "nesterov": lambda p, s: torch.optim.SGD(p, s.learning_rate, s.beta1, nesterov=True, weight_decay=s.weight_decay),
    "adagrad": lambda p, s: torch.optim.Adagrad(p, s.learning_rate, eps=s.epsilon, weight_decay=s.weight_decay),
    "rmsprop": lambda p, s: torch.optim.RMSprop(
        p, s.learning_rate, s.beta2, eps=s.epsilon, weight_decay=s.weight_decay
    ),
    "adam": lambda p, s: torch.optim.Adam(
        p, s.learning_rate, (s.beta1, s.beta2), eps=s.epsilon, weight_decay=s.weight_decay
    ),
    "adamw": lambda p, s: torch.optim.AdamW(
        p, s.learning_rate, (s.beta1, s.beta2), eps=s.epsilon, weight_decay=s.weight_decay
    ),
}  # fmt: skip


def by_torch(page, make, n_epochs, schedule=None):
    """a and b after torch has walked the page's points in its order and batches."""
    a, b = (torch.ones((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimizer = make([a, b], page.settings)
    scheduler = schedule(optimizer) if schedule else None
    x, y = torch.from_numpy(page.data.x), torch.from_numpy(page.data.y)
    for epoch in range(1, n_epochs + 1):
        for batch in torch.tensor(page.order(epoch)).split(page.settings.batch_size):
            optimizer.zero_grad()
            ((a * x[batch] + b - y[batch]) ** 2).mean().backward()
            optimizer.step()
        if scheduler:
            scheduler.step()
    return a.item(), b.item()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(
    "settings",
    [{}, {"batch_size": 8, "order": "shuffled", "weight_decay": 0.02}],
    ids=["row by row", "shuffled batches of 8 with decay"],
)
def test_a_hundred_epochs_end_where_torch_ends(name, settings):
    page = new_page(name, "papers").changed(**settings)
    sheet = Worksheet(page)
    sheet.run_epochs(100)
    assert (sheet.a, sheet.b) == pytest.approx(by_torch(page, OPTIMIZERS[name], 100), abs=1e-9)


@pytest.mark.parametrize(("name", "plain"), [("sgd-annealing", "sgd"), ("adam-annealing", "adam")])
def test_annealing_is_torchs_cosine_with_warm_restarts(name, plain):
    page = new_page(name, "papers").changed(cycle=7)
    sheet = Worksheet(page)
    sheet.run_epochs(30)

    def schedule(optimizer):
        return torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=7)

    assert (sheet.a, sheet.b) == pytest.approx(by_torch(page, OPTIMIZERS[plain], 30, schedule), abs=1e-9)


def test_eve_is_adam_divided_by_the_clipped_average_jump():
    page = new_page("eve", "papers").changed(clip=3.0, beta3=0.95)
    settings, data = page.settings, workbook_data()
    p, m, v, d, last, t = np.ones(2), np.zeros(2), np.zeros(2), 1.0, None, 0
    for _ in range(100):
        for x, y in zip(data.x, data.y, strict=True):
            t += 1
            error = p[1] * x + p[0] - y
            gradient, loss = 2 * error * np.array([1, x]), error**2
            m = 0.9 * m + 0.1 * gradient
            v = 0.999 * v + 0.001 * gradient**2
            if last is not None:
                d = 0.95 * d + 0.05 * np.clip(abs(loss - last) / min(loss, last), 1 / 3, 3)
            last = loss
            p = p - settings.learning_rate / d * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    sheet = Worksheet(page)
    sheet.run_epochs(100)
    assert [sheet.b, sheet.a] == pytest.approx(p.tolist(), abs=1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_on_another_function_the_same_formulas_are_torchs_too(name):
    page = new_page(name, "papers")
    page = page.changed(learning_rate=1e-4 if name in ("sgd", "momentum", "nesterov") else 0.01, weight_decay=0.001)
    descent = Descent(METHODS[name], "papers", page.settings, ROSENBROCK.objective, ROSENBROCK.start)
    descent.step(200)
    point = torch.tensor(ROSENBROCK.start, dtype=torch.float64, requires_grad=True)
    optimizer = OPTIMIZERS[name]([point], page.settings)
    for _ in range(200):
        optimizer.zero_grad()
        ((1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2).backward()
        optimizer.step()
    np.testing.assert_allclose(descent.parameters, point.detach().numpy(), rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("form", ["workbook", "papers"])
def test_every_method_goes_down_every_function_that_has_a_bottom(name, form):
    for plane in PLANES.values():
        page = new_page(name, form).changed(learning_rate=1e-3, weight_decay=0.0)
        descent = Descent(METHODS[name], form, page.settings, plane.objective, plane.start)
        before = descent.loss
        descent.step(50)
        assert descent.loss < before
        assert descent.rate.shape == (2,)


def test_switching_the_form_keeps_settings_and_says_what_differs():
    sentences = {name: method.difference for name, method in METHODS.items()}
    assert len(set(sentences.values())) == len(METHODS) - 1  # both annealed pages differ in the same way
    assert "bias correction" in sentences["adam"]
    assert "row above" in sentences["rmsprop"]
    assert "last epoch" in sentences["adagrad"]
