"""Derivatives, Hessian and the learning rate's limit agree with autograd and with experiment."""

import numpy as np
import pytest
import torch

from cfstudio.optimizer_lab.crosstab import CrosstabObjective
from cfstudio.optimizer_lab.curvature import LINEAR_METHODS, curvature, jacobian, stable_rate
from cfstudio.optimizer_lab.functions import PLANES
from cfstudio.optimizer_lab.line_data import workbook_data
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet


def mean_squared_error(weights):
    data = workbook_data()
    return ((weights[0] * torch.from_numpy(data.x) + weights[1] - torch.from_numpy(data.y)) ** 2).mean()


def test_jacobian_and_hessian_are_autograds():
    data, point = workbook_data(), torch.tensor([0.3, -2.0], dtype=torch.float64)
    slopes = torch.autograd.functional.jacobian(lambda w: w[0] * torch.from_numpy(data.x) + w[1], point)
    np.testing.assert_allclose(jacobian(data), slopes.numpy(), rtol=0, atol=1e-12)
    assert jacobian(data).shape == (29, 2)
    hessian = torch.autograd.functional.hessian(mean_squared_error, point).numpy()
    curve = curvature(data)
    np.testing.assert_allclose(curve.hessian, hessian, rtol=1e-12)
    np.testing.assert_allclose(curve.hessian @ curve.directions, curve.directions * curve.eigenvalues, rtol=1e-9)
    assert curve.minimum == pytest.approx((2, 30), abs=1e-9)
    assert curve.stable_rate == pytest.approx(2 / np.linalg.eigvalsh(hessian).max(), rel=1e-12)


@pytest.mark.parametrize("form", ["workbook", "papers"])
@pytest.mark.parametrize("name", LINEAR_METHODS)
@pytest.mark.parametrize("batch_size", [1, 10, 29])
def test_below_the_limit_the_error_shrinks_and_above_it_grows(name, form, batch_size):
    page = new_page(name, form).changed(batch_size=batch_size)
    limit = stable_rate(page)
    below, above = (Worksheet(page.changed(learning_rate=limit * part)) for part in (0.99, 1.01))
    below.run_epochs(2000)
    above.run_epochs(2000)
    assert below.ends[-1].rmse < below.ends[0].rmse
    assert above.ends[-1].rmse > 1e3 * above.ends[0].rmse


def test_full_descent_and_momentum_have_the_textbooks_limits():
    steepest = curvature(workbook_data()).eigenvalues[0]
    full = {name: new_page(name, "papers").changed(batch_size=29) for name in LINEAR_METHODS}
    assert stable_rate(full["sgd"]) == pytest.approx(2 / steepest, rel=1e-9)
    # Polyak 1964: 2(1 + β) / λ; for Nesterov's, O'Donoghue and Candès 2015: 2(1 + β) / ((1 + 2β) λ)
    assert stable_rate(full["momentum"]) == pytest.approx(2 * 1.9 / steepest, rel=1e-9)
    assert stable_rate(full["nesterov"]) == pytest.approx(2 * 1.9 / 2.8 / steepest, rel=1e-9)


def test_normalizing_x_turns_the_canyon_into_a_bowl_and_allows_a_rate_a_thousand_times_as_large():
    raw, normalized = workbook_data(), workbook_data().normalized()
    assert curvature(raw).condition > 1000
    assert curvature(normalized).condition == pytest.approx(1, abs=1e-9)
    assert curvature(normalized).stable_rate > 1000 * curvature(raw).stable_rate
    a, b = curvature(normalized).minimum
    assert normalized.scaling.to_original(a, b) == pytest.approx((2, 30), abs=1e-9)
    sheet = Worksheet(new_page("sgd", "papers", normalized).changed(learning_rate=0.1))
    sheet.run_epochs(5)
    assert normalized.scaling.to_original(sheet.a, sheet.b) == pytest.approx((2, 30), abs=1e-3)


def test_methods_that_divide_by_the_gradients_size_have_no_such_limit():
    assert stable_rate(new_page("adam")) is None


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES)
def test_gradients_of_other_functions_are_autograds(plane):
    for point in np.random.default_rng(0).uniform(-2, 2, size=(20, 2)):
        at = torch.tensor(point, requires_grad=True)
        value = plane.value(at[0], at[1]) if plane.name != "beale" else beale(at)
        value.backward()
        loss, gradient = plane.objective(point)
        assert loss == pytest.approx(value.item(), rel=1e-12)
        np.testing.assert_allclose(gradient, at.grad.numpy(), rtol=1e-10, atol=1e-10)
    if plane.minimum is not None:
        assert plane.objective(np.array(plane.minimum))[0] == pytest.approx(0, abs=1e-12)


def beale(at):
    a, b = at
    return (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2


def test_the_lessons_crosstab_starts_at_its_rmse_and_has_autograds_gradient():
    objective = CrosstabObjective()
    loss, gradient = objective(objective.start)
    assert loss**0.5 == pytest.approx(2.80606206164831, abs=1e-9)
    numbers = torch.tensor(objective.start, requires_grad=True)
    users, items = numbers[:75].reshape(15, 5), numbers[75:].reshape(15, 5)
    from cfstudio.ratings.builtin import lesson

    ratings = lesson()
    values = torch.from_numpy(ratings.values)
    predicted = (users[ratings.users.tolist()] * items[ratings.items.tolist()]).sum(1)
    ((predicted - values)[torch.from_numpy(ratings.rated)] ** 2).mean().backward()
    np.testing.assert_allclose(gradient, numbers.grad.numpy(), rtol=1e-10, atol=1e-12)
