"""The net's engine does what plain torch does, forgets nothing, and leaves alone what a batch does not touch."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from net_cases import QUIET, all_cells, cells, constant, engine_for, start_of

from cfstudio.models.embedding_net import EmbeddingNet

N_STEPS = 200


def torch_optimizer(model, config, decay):
    """The optimizer of that name with the settings' numbers."""
    parameters, rate = model.parameters(), config.learning_rate
    squares = {"betas": (0.9, config.beta2), "eps": config.epsilon, "weight_decay": decay}
    return {
        "sgd": lambda: torch.optim.SGD(parameters, lr=rate, weight_decay=decay),
        "momentum": lambda: torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=0.9),
        "nesterov": lambda: torch.optim.SGD(parameters, lr=rate, weight_decay=decay, momentum=0.9, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(parameters, lr=rate, weight_decay=decay, eps=config.epsilon),
        "rmsprop": lambda: torch.optim.RMSprop(
            parameters, lr=rate, weight_decay=decay, alpha=config.beta2, eps=config.epsilon
        ),
        "adam": lambda: torch.optim.Adam(parameters, lr=rate, **squares),
        "adamw": lambda: torch.optim.AdamW(parameters, lr=rate, **squares),
    }[config.optimizer]()


def train_plainly(config, pairs, n_steps, decay):
    """The lesson's loop on all cells at once."""
    model = EmbeddingNet.of(start_of(config))
    optimizer = torch_optimizer(model, config, decay)
    users, items = (torch.tensor(one, dtype=torch.int64) for one in (pairs.users, pairs.items))
    ratings = torch.tensor(pairs.ratings)
    for _ in range(n_steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(users, items), ratings).backward()
        optimizer.step()
    return model


def numbers_of(model):
    """A module's parameters by the names a document has for them."""
    return {
        name if name.startswith("layers.") else name.removesuffix(".weight"): one.detach().numpy()
        for name, one in model.named_parameters()
    }


def assert_close(factors, model, tolerance=2e-4):
    expected = numbers_of(model)
    for name, array in factors.arrays().items():
        np.testing.assert_allclose(array, expected[name], atol=tolerance, rtol=tolerance, err_msg=name)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_200_steps_of_every_optimizer_are_those_of_torch(optimizer):
    decay = 0.01
    rate = {"sgd": 0.05, "momentum": 0.01, "nesterov": 0.01, "adagrad": 0.05}.get(optimizer, 0.003)
    config = replace(QUIET, optimizer=optimizer, learning_rate=rate, weight_decay=decay, decay_kind="l2")
    pairs = all_cells()
    engine = engine_for(config, len(pairs))
    for step in range(N_STEPS):
        engine.steps(pairs, constant(rate, 1), constant(0.9, 1), step)
    assert_close(engine.factorization(), train_plainly(config, pairs, N_STEPS, decay))


def test_layers_may_decay_otherwise_than_embeddings():
    config = replace(QUIET, weight_decay=0.02, net_decay=0.3, decay_kind="l2")
    pairs, model = all_cells(), EmbeddingNet.of(start_of(config))
    groups = [
        {"params": [model.user_factors.weight, model.item_factors.weight], "weight_decay": 0.02},
        {"params": model.layers.parameters(), "weight_decay": 0.3},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.05)
    users, items = (torch.tensor(one, dtype=torch.int64) for one in (pairs.users, pairs.items))
    for _ in range(20):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(users, items), torch.tensor(pairs.ratings)).backward()
        optimizer.step()
    engine = engine_for(config, len(pairs))
    for step in range(20):
        engine.steps(pairs, constant(0.05, 1), constant(0.9, 1), step)
    assert_close(engine.factorization(), model)


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_a_row_outside_the_batch_neither_moves_nor_decays(optimizer):
    config = replace(QUIET, optimizer=optimizer, weight_decay=0.1, learning_rate=0.01)
    engine, start = engine_for(config, 4), start_of(config)
    pairs = cells(4)
    engine.steps(pairs, constant(0.01, 1), constant(0.9, 1), 0)
    after = engine.factorization()
    for side, codes in (("user", pairs.users), ("item", pairs.items)):
        moved = (getattr(after, f"{side}_factors") != getattr(start, f"{side}_factors")).any(axis=1)
        assert set(np.flatnonzero(moved)) == set(codes)


def test_the_first_step_follows_the_slope_that_finite_differences_find():
    engine, start = engine_for(QUIET, 60), start_of(QUIET)
    pairs, rate = cells(), 1e-3
    exact = start.with_arrays({name: array.astype(np.float64) for name, array in start.arrays().items()})
    engine.steps(pairs, constant(rate, 1), constant(0.9, 1), 0)
    moved = engine.factorization().arrays()

    def loss(arrays):
        predicted = exact.with_arrays(arrays).predict(pairs.users, pairs.items)
        return np.mean((predicted - pairs.ratings) ** 2)

    random = np.random.default_rng(0)
    for name, array in exact.arrays().items():
        place = tuple(random.integers(n) for n in array.shape)
        ends = []
        for change in (1e-5, -1e-5):
            changed = array.copy()
            changed[place] += change
            ends.append(loss({name: changed}))
        slope = (ends[0] - ends[1]) / 2e-5
        assert (array[place] - moved[name][place]) / rate == pytest.approx(slope, abs=2e-3), name


def test_a_run_is_the_same_in_any_pieces_and_another_seed_drops_other_numbers():
    config = replace(QUIET, optimizer="adam", hidden_dropout=0.5, embedding_dropout=0.2)
    pairs = cells()
    at_once, in_pieces, other = (engine_for(config, 10), engine_for(config, 10), None)
    at_once.steps(pairs, constant(0.01, 6), constant(0.9, 6), 0)
    torch.manual_seed(99)
    in_pieces.steps(pairs.part(0, 20), constant(0.01, 2), constant(0.9, 2), 0)
    torch.rand(7)  # somebody else draws between two pieces
    in_pieces.steps(pairs.part(20, 60), constant(0.01, 4), constant(0.9, 4), 2)
    assert at_once.factorization().equals(in_pieces.factorization())
    other = engine_for(replace(config, seed=4), 10, start_of(config))
    other.steps(pairs, constant(0.01, 6), constant(0.9, 6), 0)
    assert not at_once.factorization().equals(other.factorization())


def test_training_leaves_everybody_elses_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    engine_for(replace(QUIET, hidden_dropout=0.5), 10).steps(cells(), constant(0.01, 6), constant(0.9, 6), 0)
    assert torch.equal(torch.rand(3), expected)


def test_dropout_is_for_training_alone():
    config = replace(QUIET, hidden_dropout=0.9)
    engine, pairs, start = engine_for(config, 10), cells(), start_of(config)
    expected = np.sqrt(np.mean((start.predict(pairs.users, pairs.items) - pairs.ratings) ** 2))
    assert engine.rmse(pairs) == pytest.approx(expected, rel=1e-5)
    assert engine.rmse(pairs) == engine.rmse(pairs)


def test_clipping_shortens_the_step_of_each_row_and_of_the_layers():
    pairs, clip = cells(), 1e-3
    config = replace(QUIET, learning_rate=1.0, clip=clip)
    engine, start = engine_for(config, len(pairs)), start_of(config)
    engine.steps(pairs, constant(1.0, 1), constant(0.9, 1), 0)
    after, before = engine.factorization().arrays(), start.arrays()
    steps = {name: after[name] - before[name] for name in before}
    for side in ("user", "item"):
        assert np.linalg.norm(steps[f"{side}_factors"], axis=1).max() <= clip * 1.001
    of_layers = np.concatenate([steps[name].ravel() for name in steps if name.startswith("layers.")])
    assert np.linalg.norm(of_layers) == pytest.approx(clip, rel=1e-3)


@pytest.mark.parametrize("features", ["", "genres, year"])
def test_a_saved_run_goes_on_as_if_it_had_never_stopped(features):
    config = replace(QUIET, optimizer="adam", hidden_dropout=0.5, features=features, weight_decay=0.01)
    pairs = cells()
    uninterrupted, first = engine_for(config, 10), engine_for(config, 10)
    uninterrupted.steps(pairs, constant(0.01, 6), constant(0.9, 6), 0)
    first.steps(pairs.part(0, 30), constant(0.01, 3), constant(0.9, 3), 0)
    resumed = engine_for(config, 10, first.factorization())
    resumed.load_memory(first.memory())
    resumed.steps(pairs.part(30, 60), constant(0.01, 3), constant(0.9, 3), 3)
    expected = uninterrupted.factorization().arrays()
    for name, array in resumed.factorization().arrays().items():
        np.testing.assert_allclose(array, expected[name], atol=1e-6, err_msg=name)
    with pytest.raises(ValueError, match="start a new run"):
        engine_for(replace(config, optimizer="sgd"), 10).load_memory(first.memory())


def test_a_broken_loss_ends_the_steps_there():
    engine = engine_for(replace(QUIET, sigmoid=False), 10)
    assert engine.steps(cells(), constant(1e30, 6), constant(0.9, 6), 0) < 6


def test_the_report_tells_the_batch_losses_and_the_gradient():
    engine, model, pairs = engine_for(QUIET, 60), EmbeddingNet.of(start_of(QUIET)), cells()
    users, items = (torch.tensor(one, dtype=torch.int64) for one in (pairs.users, pairs.items))
    loss = torch.nn.functional.mse_loss(model(users, items), torch.tensor(pairs.ratings))
    loss.backward()
    engine.steps(pairs, constant(0.01, 1), constant(0.9, 1), 0)
    squared = sum(float(one.grad.square().sum()) for one in model.parameters())
    assert engine.report[0] == pytest.approx(60 * float(loss.detach()), rel=1e-5)
    assert engine.report[1] == pytest.approx(squared, rel=1e-4)


def test_numbers_of_another_net_are_refused():
    with pytest.raises(ValueError, match="belong to another model"):
        engine_for(QUIET, 10).load(start_of(replace(QUIET, hidden="6")))
