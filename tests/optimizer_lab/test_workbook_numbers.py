"""Pages "as in the workbook" show the workbook's own numbers, and those that its formulas give elsewhere."""

import json
from pathlib import Path

import numpy as np
import pytest

from cfstudio.optimizer_lab.line_data import workbook_data
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "optimizer_lab.json"


@pytest.fixture(scope="module")
def reference():
    if not REFERENCE.exists():
        pytest.skip("the workbook's own numbers are not here")
    return json.loads(REFERENCE.read_text())


def after(name, n_epochs, **settings):
    sheet = Worksheet(new_page(name, "workbook").changed(**settings))
    sheet.run_epochs(n_epochs)
    return sheet


def column(sheet, name):
    return np.array([sheet.cell(place, name) for place in range(len(sheet.rows))])


def test_the_points_are_the_workbooks(reference):
    data = workbook_data()
    assert data.x.tolist() == reference["x"]
    assert data.y.tolist() == reference["y"]


def test_basic_sgds_first_row_has_every_number_of_the_workbooks(reference):
    sheet = after("sgd", 1)
    for name, value in reference["sgd"]["first_row"].items():
        assert sheet.cell(0, name) == pytest.approx(value, abs=1e-9)


def test_basic_sgd_ends_where_the_workbooks_does(reference):
    expected = reference["sgd"]
    one, five = after("sgd", 1), after("sgd", 5)
    assert [one.a, one.b] == pytest.approx([expected["after_1_epoch"][name] for name in "ab"], abs=1e-9)
    assert [five.a, five.b] == pytest.approx([expected["after_5_epochs"][name] for name in "ab"], abs=1e-9)
    assert one.ends[0].root_sum_squared_error == pytest.approx(expected["root_sum_squared_error_1_epoch"], abs=1e-9)


@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_weights_and_averages_end_where_the_workbooks_do(reference, name):
    expected = reference[name]
    sheet = after(name, 1)
    assert sheet.first_top == expected["start"]
    assert sheet.page.settings.learning_rate == expected["learning_rate"]
    for cell, value in expected["after_1_epoch"].items():
        assert sheet.next_top()[cell] == pytest.approx(value, rel=1e-12, abs=1e-9)


def recomputed(n_epochs, start, step, epoch_end=None):
    """Walk the workbook's points with a step written out here: step(state, gradient (b, a), loss)."""
    data = workbook_data()
    state = {name: np.array(value, dtype=np.float64) for name, value in start.items()}
    for _ in range(n_epochs):
        gradients = []
        for x, y in zip(data.x, data.y, strict=True):
            b, a = state["p"]
            error = a * x + b - y
            gradients.append(np.array([2 * error, 2 * error * x]))
            step(state, gradients[-1], error**2)
        if epoch_end:
            epoch_end(state, np.array(gradients))
    return state["p"]


ADAM = {
    "p": [1, 1],
    "m": [-19.370509429769257, -636.9620431360627],
    "v": [5489.999378391848, 27555653.260482278],
}


def adam_step(state, gradient, rate, decay=0.0):
    state["m"] = 0.7 * state["m"] + 0.3 * gradient
    state["v"] = 0.9 * state["v"] + 0.1 * gradient**2
    state["p"] = state["p"] * (1 - decay) - rate * state["m"] / np.sqrt(state["v"])


def test_rmsprop_divides_by_the_average_of_the_row_above():
    def step(state, gradient, loss):
        state["p"] = state["p"] - 0.1 * gradient / np.sqrt(state["v"])
        state["v"] = 0.9 * state["v"] + 0.1 * gradient**2

    sheet = after("rmsprop", 20)
    expected = recomputed(20, {"p": [1, 1], "v": ADAM["v"]}, step)
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)


def test_adagrad_divides_by_last_epochs_root_mean_gradient():
    data = workbook_data()
    first = np.column_stack([2 * (data.x + 1 - data.y), data.x * 2 * (data.x + 1 - data.y)])

    def step(state, gradient, loss):
        state["p"] = state["p"] - 0.1 * gradient / state["rms"]

    def epoch_end(state, gradients):
        state["rms"] = np.sqrt((gradients**2).sum(axis=0) / len(gradients))

    sheet = after("adagrad", 5)
    expected = recomputed(5, {"p": [1, 1], "rms": np.sqrt((first**2).mean(axis=0))}, step, epoch_end)
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)


def test_eve_divides_adams_step_by_the_average_jump_of_the_loss():
    def step(state, gradient, loss):
        if state["f"] > 0:
            ratio = abs(loss - state["f"]) / min(loss, state["f"])
            state["d"] = 0.9 * state["d"] + 0.1 * ratio
        state["f"] = loss
        adam_step(state, gradient, 1.0 / state["d"])

    sheet = after("eve", 5)
    expected = recomputed(5, ADAM | {"d": 1, "f": 0}, step)
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)


def test_adamw_takes_its_decay_from_the_weights_and_adam_from_the_gradient():
    sheet = after("adamw", 5, weight_decay=0.05)
    expected = recomputed(5, ADAM, lambda state, gradient, loss: adam_step(state, gradient, 1.0, 0.05))
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)

    sheet = after("adam", 5, weight_decay=0.05)
    expected = recomputed(5, ADAM, lambda state, gradient, loss: adam_step(state, gradient + 0.05 * state["p"], 1.0))
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)


def test_nesterov_looks_ahead_along_its_average():
    def step(state, gradient, loss):
        state["m"] = 0.9 * state["m"] + 0.1 * gradient
        state["p"] = state["p"] - 1e-4 * (0.9 * state["m"] + 0.1 * gradient)

    start = {"p": [1.2610777567972657, 2.358034790954434], "m": [-19.279531290451075, 162.8396203477341]}
    sheet = after("nesterov", 20)
    assert [sheet.b, sheet.a] == pytest.approx(recomputed(20, start, step).tolist(), abs=1e-9)


def test_annealing_divides_the_learning_rate_after_an_epoch_with_larger_gradients():
    rates = []

    def step(state, gradient, loss):
        adam_step(state, gradient, state["rate"])

    def epoch_end(state, gradients):
        mean_square = (gradients**2).sum() / len(gradients)
        if 0 < state["last"] < mean_square:
            state["rate"] = state["rate"] / 4
        state["last"] = mean_square
        rates.append(float(state["rate"]))

    sheet = after("adam-annealing", 12)
    expected = recomputed(12, ADAM | {"rate": 1, "last": 0}, step, epoch_end)
    assert [sheet.b, sheet.a] == pytest.approx(expected.tolist(), abs=1e-9)
    assert sheet.next_top()["annealed_rate"] == rates[-1] < 1


def test_estimated_derivatives_differ_from_the_exact_ones_by_the_nudge_as_the_formula_says():
    sheet = after("sgd", 1)
    x = column(sheet, "x")
    # (e + h)² − e² over h is 2e + h; for the slope h is multiplied by x twice.
    np.testing.assert_allclose(column(sheet, "est_de_db"), column(sheet, "de_db") + 0.01, rtol=0, atol=1e-8)
    np.testing.assert_allclose(column(sheet, "est_de_da"), column(sheet, "de_da") + 0.01 * x**2, rtol=0, atol=1e-8)
    finer = after("sgd", 1, nudge=1e-6)
    assert abs(finer.cell(0, "est_de_da") - finer.cell(0, "de_da")) < 1e-3
