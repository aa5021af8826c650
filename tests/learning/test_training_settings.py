"""A setting that cannot work is refused with its name and what is allowed, before anything is computed."""

from dataclasses import fields

import pytest

from cfstudio.learning.config import TrainingConfig, check_setting


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("model", "forest", "Model must be one of dot, dot-bias, net, bayes, not 'forest'"),
        ("learning_rate", float("nan"), "Learning rate must be between"),
        ("learning_rate", 0.0, "Learning rate must be between"),
        ("n_factors", 0, "Factors must be between 1 and 512, not 0"),
        ("n_factors", 5.5, "Factors must be a whole number, not 5.5"),
        ("batch_size", -1, "Batch size must be between"),
        ("epochs", "many", "Epochs must be between"),
        ("valid_fraction", 1.0, "Held out must be between"),
    ],
)
def test_an_impossible_setting_is_refused_with_a_sentence(name, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        TrainingConfig(**{name: value})
    with pytest.raises(ValueError, match=sentence):
        check_setting(name, value)


def test_a_whole_number_written_with_a_point_counts_as_one():
    config = TrainingConfig(n_factors=8.0, batch_size=32.0)
    assert (repr(config.n_factors), repr(config.batch_size)) == ("8", "32")
    assert config == TrainingConfig(n_factors=8, batch_size=32)


def test_every_setting_says_what_it_is():
    for setting in fields(TrainingConfig):
        assert setting.metadata["label"]
        assert setting.metadata["help"].endswith(".")
