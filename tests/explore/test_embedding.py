"""t-SNE in a process of its own: scikit-learn's numbers, seen as they come, stopped at any time."""

import time

import numpy as np
import pytest
from sklearn.manifold import TSNE

from cfstudio.explore.embedding import EmbeddingSettings, embed, has_umap
from cfstudio.explore.embedding_process import EmbeddingProcess

SETTINGS = EmbeddingSettings(iterations=300)


def groups(n_each=15, k=6):
    """Three bundles of directions."""
    rng = np.random.default_rng(0)
    return np.repeat(np.eye(k)[:3], n_each, axis=0) + 0.1 * rng.normal(size=(3 * n_each, k))


def frames_of(process, at_most=60.0):
    frames, deadline = [], time.monotonic() + at_most
    while time.monotonic() < deadline:
        is_running = process.is_running
        frame = process.take()
        if frame is not None:
            frames.append(frame)
        if not is_running:
            return frames
        time.sleep(0.01)
    raise AssertionError("the process does not end")


def test_the_map_is_scikit_learns_of_the_directions_and_every_iteration_is_told():
    rows, told = groups(), []
    places = embed(rows, SETTINGS, lambda iteration, _places: told.append(iteration))
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    expected = TSNE(perplexity=44 / 3, max_iter=300, init="pca", random_state=42).fit_transform(unit)
    np.testing.assert_array_equal(places, expected.astype(float))
    assert told == list(range(300))


@pytest.mark.slow
def test_a_process_shows_the_way_and_ends_with_the_same_map():
    process = EmbeddingProcess(groups(), SETTINGS)
    frames = frames_of(process)
    assert process.error is None
    assert [frame.is_last for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert [frame.iteration for frame in frames] == sorted(frame.iteration for frame in frames)
    np.testing.assert_allclose(frames[-1].places, embed(groups().astype(np.float32), SETTINGS), atol=1e-3)
    of_group = frames[-1].places.reshape(3, 15, 2)
    spread = of_group.std(axis=1).max()
    middles = of_group.mean(axis=1)
    assert min(np.hypot(*(middles[a] - middles[b])) for a, b in ((0, 1), (0, 2), (1, 2))) > 2 * spread


@pytest.mark.slow
def test_a_process_is_stopped_at_once():
    process = EmbeddingProcess(np.random.default_rng(0).normal(size=(3000, 20)), EmbeddingSettings())
    began = time.monotonic()
    process.cancel()
    assert not process.is_running
    assert process.error is None
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_what_cannot_be_arranged_is_said_in_a_sentence():
    process = EmbeddingProcess(np.ones((10, 3)), SETTINGS)
    assert frames_of(process) == []
    assert process.error == "All factors point the same way, so there is nothing to arrange; train the model first."


def test_too_few_rows_and_a_missing_extra_are_said_in_a_sentence():
    with pytest.raises(ValueError, match="at least 4 points, and there are 3"):
        embed(groups()[:3], SETTINGS)
    if not has_umap():
        with pytest.raises(ValueError, match="pip install"):
            embed(groups(), EmbeddingSettings(method="umap"))
