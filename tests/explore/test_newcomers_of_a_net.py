"""Somebody new under a net: the plane that touches it is the net there, and liking something shows."""

from dataclasses import replace

import numpy as np
import torch
from support import random_ratings

from cfstudio.explore.known_side import KnownSide, own_numbers
from cfstudio.explore.new_person import NewPerson
from cfstudio.explore.prior import plain_prior
from cfstudio.learning.config import TrainingConfig
from cfstudio.models.embedding_net import EmbeddingNet
from cfstudio.models.start import random_start

RATINGS = random_ratings(12, 10, 60)


def net(hidden="8, 5"):
    config = TrainingConfig(model="net", n_factors=6, n_item_factors=4, hidden=hidden)
    start = random_start(RATINGS, config, np.zeros(60, dtype=bool))
    return replace(start, user_factors=start.user_factors * 80, item_factors=start.item_factors * 80)


def test_the_plane_has_the_nets_outputs_and_autograds_slopes():
    model = net()
    module = EmbeddingNet.of(model).double()
    for side, rows in (("user", model.item_factors), ("item", model.user_factors)):
        point = own_numbers(model, side)[2]
        outputs, slopes = model.touching(side, point)
        row = torch.tensor(point, requires_grad=True)
        others = torch.tensor(rows, dtype=torch.float64)
        own = row.expand(len(rows), -1)
        both = [own, others] if side == "user" else [others, own]
        totals = module.layers.eval()(torch.cat(both, dim=1)).squeeze(1)
        np.testing.assert_allclose(outputs, totals.detach().numpy(), atol=1e-5)
        for code in (0, 4):
            (slope,) = torch.autograd.grad(totals[code], row, retain_graph=True)
            np.testing.assert_allclose(slopes[code], slope.numpy(), atol=1e-5)


def test_without_ratings_somebody_is_predicted_as_the_mean_of_the_known():
    model = net()
    usual = own_numbers(model, "user").mean(axis=0)
    known = KnownSide.for_newcomer(model, "user")
    module = EmbeddingNet.of(model).eval()
    rows = np.column_stack((np.tile(usual, (10, 1)), model.item_factors)).astype(np.float32)
    with torch.no_grad():
        expected = module.from_rows(torch.tensor(rows)).numpy()
    np.testing.assert_allclose(known.to_rating(known.columns @ usual + known.offsets), expected, atol=1e-4)


def test_a_high_rating_raises_the_prediction_of_what_was_rated():
    model = net()
    prior = plain_prior(model, "user", RATINGS)
    fond, averse = NewPerson(model, prior, {3: 5.0}), NewPerson(model, prior, {3: 0.5})
    assert fond.folded.predictions[3] > averse.folded.predictions[3]
