"""What MovieLens knows of its users comes along: read, kept in sessions, followed when users go."""

import numpy as np
import pytest

from cfstudio.learning.config import TrainingConfig
from cfstudio.models.bayes_features import bayes_features
from cfstudio.models.features import available_features, feature_columns
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files import read_path
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.presets import hold_out_for, starting_factors
from cfstudio.workspace.reshaping import with_user, without
from cfstudio.workspace.session import Session, open_session, save_session


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "u.data").write_text("7\t1\t3\t881250949\n9\t1\t5\t881250950\n7\t2\t1\t881250951\n")
    (tmp_path / "u.user").write_text("7|24|M|technician|85711\n8|53|F|other|94043\n9|19|F|student|00000\n")
    return tmp_path


def columns_of(ratings):
    return {name: column.tolist() for name, column in ratings.user_columns.items()}


OF_7_AND_9 = {"age": ["20–29", "10–19"], "occupation": ["technician", "student"], "sex": ["M", "F"]}


def test_age_group_sex_and_occupation_of_movielens_100k_are_read(folder):
    assert columns_of(read_path(folder)) == OF_7_AND_9


def test_those_of_movielens_1m_too(tmp_path):
    (tmp_path / "ratings.dat").write_text("1::10::5::978300760\n2::10::3::978300761\n")
    (tmp_path / "users.dat").write_text("1::F::1::10::48067\n2::M::56::16::70072\n")
    assert columns_of(read_path(tmp_path)) == {"age": ["0–9", "50–59"], "occupation": ["10", "16"], "sex": ["F", "M"]}


def test_a_broken_line_is_named(folder):
    (folder / "u.user").write_text("7|24|M|technician|85711\n8|53\n")
    with pytest.raises(DataError, match="line 2"):
        read_path(folder)


def test_they_are_features_of_users(folder):
    ratings = read_path(folder)
    assert available_features(ratings) == ["age", "occupation", "sex"]
    sex = feature_columns(ratings, "sex")[0]
    assert (sex.side, sex.labels, sex.members.tolist()) == ("user", ("F", "M"), [1, 0])
    users, _ = bayes_features(ratings, np.zeros(3, dtype=bool), "all")
    assert users.names == ("user", "items of the user", "age", "occupation", "sex")


def test_a_session_keeps_them_and_users_that_come_or_go_take_theirs_along(folder, tmp_path):
    ratings = read_path(folder)
    config = TrainingConfig()
    held_out = hold_out_for(ratings, config)
    session = Session(ratings, held_out, starting_factors(ratings, config, held_out), config)
    save_session(session, tmp_path / "a.cfstudio")
    opened = open_session(tmp_path / "a.cfstudio")
    assert columns_of(opened.ratings) == OF_7_AND_9
    workspace = Workspace()
    workspace.open_session(opened)
    workspace.exchange_contents("new", with_user)
    assert columns_of(workspace.ratings)["sex"] == ["M", "F", ""]
    workspace.exchange_contents("gone", lambda contents: without(contents, "user", np.array([0])))
    assert columns_of(workspace.ratings)["sex"] == ["F", ""]
