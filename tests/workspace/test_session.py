"""What is saved in a session comes back exactly; what is no whole session is refused with one sentence."""

import io
import json
import os
import random
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_tensors

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.history import History
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale
from cfstudio.workspace.session import Session, SessionError, open_session, save_session

MEMBERS = {
    "manifest.json",
    "ratings.parquet",
    "users.parquet",
    "items.parquet",
    "split.parquet",
    "runs.json",
    "model.safetensors",
}


def make_ratings(user_ids=(11, 7, 3), item_ids=(50, 60), values=(4.0, 0.1 + 0.2, np.nan, 5.0), timestamps=True):
    return Ratings(
        name="Ünïcode set",
        users=np.array([0, 0, 1, 2][: len(values)], dtype=np.int32),
        items=np.array([0, 1, 1, 0][: len(values)], dtype=np.int32),
        values=np.array(values, dtype=np.float64),
        user_ids=np.array(user_ids),
        item_table=ItemTable(
            ids=np.array(item_ids),
            titles=np.array(["Amélie (2001)", "七人の侍"], dtype=object),
            genres=np.array(["Comedy|Romance", ""], dtype=object),
            years=np.array([2001, 0], dtype=np.int16),
        ),
        scale=RatingScale(0.5, 5.0, 0.5),
        timestamps=np.array([1, 2, 3, 2**40], dtype=np.int64) if timestamps else None,
        item_label="book",
        notes=("2 ratings were given twice.",),
    )


def make_session(bias=True, dtype=np.float32, **kwargs):
    ratings = make_ratings(**kwargs)
    numbers = np.random.default_rng(5)
    history = History()
    history.append(10, 1, 0.9, 0.95, 0.25, 5e-3)
    history.append(20, 2, 0.8, 0.91, 0.5, 1e-3)
    return Session(
        ratings=ratings,
        held_out=np.array([False, True, False, False][: len(ratings.values)], dtype=np.bool_),
        factorization=Factorization(
            user_factors=numbers.normal(size=(3, 4)).astype(dtype),
            item_factors=numbers.normal(size=(2, 4)).astype(dtype),
            user_bias=numbers.normal(size=3).astype(dtype) if bias else None,
            item_bias=numbers.normal(size=2).astype(dtype) if bias else None,
            global_mean=10 / 3,
            rating_range=(0.0, 5.5) if bias else None,
        ),
        config=TrainingConfig(n_factors=4, epochs=2, learning_rate=1 / 3),
        history=history,
        view={"layer": "error", "order": ["count", 1]},
    )


def same_array(one, other):
    if one is None or other is None:
        assert one is other
        return
    assert one.dtype == other.dtype
    np.testing.assert_array_equal(one, other)
    if one.dtype.kind == "f":
        assert one.tobytes() == other.tobytes()


def assert_same_session(one, other):
    for name in ("users", "items", "values", "user_ids", "timestamps"):
        same_array(getattr(one.ratings, name), getattr(other.ratings, name))
    for name in ("ids", "titles", "genres", "years"):
        same_array(getattr(one.ratings.item_table, name), getattr(other.ratings.item_table, name))
    for name in ("name", "scale", "item_label", "notes"):
        assert getattr(one.ratings, name) == getattr(other.ratings, name)
    same_array(one.held_out, other.held_out)
    for name in ("user_factors", "item_factors", "user_bias", "item_bias"):
        same_array(getattr(one.factorization, name), getattr(other.factorization, name))
    assert one.factorization.global_mean == other.factorization.global_mean
    assert one.factorization.rating_range == other.factorization.rating_range
    assert one.config == other.config
    assert (one.history is None) == (other.history is None)
    if one.history is not None:
        for name in ("steps", "epochs", "train_rmse", "valid_rmse", "seconds", "learning_rates"):
            np.testing.assert_array_equal(getattr(one.history, name), getattr(other.history, name))
    assert one.view == other.view


def round_trip(session, folder):
    save_session(session, folder / "x.cfstudio")
    opened = open_session(folder / "x.cfstudio")
    assert_same_session(session, opened)
    return opened


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("timestamps", [True, False])
def test_everything_survives_saving(tmp_path, bias, dtype, timestamps):
    round_trip(make_session(bias, dtype, timestamps=timestamps), tmp_path)


@pytest.mark.parametrize(
    "user_ids",
    [
        np.array(["a", "öä", ""], dtype=object),
        np.array(["x", "yy", "007"]),
        np.array([1, 2, 3], dtype=np.int32),
        np.array([-1, 2**62, 0], dtype=np.int64),
    ],
)
def test_ids_keep_their_type(tmp_path, user_ids):
    round_trip(make_session(user_ids=user_ids), tmp_path)


def test_a_session_without_a_run_or_a_held_out_rating_survives(tmp_path):
    session = make_session()
    session.history = None
    session.held_out[:] = False
    round_trip(session, tmp_path)


def test_a_run_with_nothing_held_out_survives(tmp_path):
    session = make_session()
    session.history = History()
    session.history.append(1, 1, 0.9, float("nan"), 0.1, 5e-3)
    round_trip(session, tmp_path)


def test_a_sheet_without_ratings_survives(tmp_path):
    round_trip(make_session(values=(), timestamps=False), tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    user_ids=st.one_of(
        st.lists(st.text(), min_size=3, max_size=3, unique=True).map(lambda ids: np.array(ids, dtype=object)),
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3, unique=True).map(
            lambda ids: np.array(ids, dtype=np.int64)
        ),
    ),
    values=st.lists(st.floats(allow_infinity=False), min_size=4, max_size=4).map(
        lambda v: np.nan_to_num(v, nan=np.nan)
    ),
    mean=st.floats(allow_nan=False, allow_infinity=False),
    note=st.text(),
)
def test_any_ids_values_and_notes_survive(tmp_path, user_ids, values, mean, note):
    session = make_session(user_ids=user_ids, values=values)
    session.ratings.notes = (note,)
    model = session.factorization
    session.factorization = Factorization(model.user_factors, model.item_factors, global_mean=mean)
    round_trip(session, tmp_path)


def test_opened_factors_and_ratings_can_be_edited(tmp_path):
    opened = round_trip(make_session(), tmp_path)
    opened.factorization.user_factors[0, 0] = 9
    opened.factorization.item_bias[1] = 9
    opened.ratings.set(2, 1, 4.5)
    opened.ratings.set(0, 0, np.nan)
    opened.held_out[0] = True
    assert opened.ratings.block(np.array([2]), np.array([1]))[0, 0] == 4.5


def test_the_file_is_a_zip_that_other_programs_can_read(tmp_path):
    save_session(make_session(), tmp_path / "x.cfstudio")
    with zipfile.ZipFile(tmp_path / "x.cfstudio") as archive:
        assert set(archive.namelist()) == MEMBERS
        manifest = json.loads(archive.read("manifest.json"))
        json.loads(archive.read("runs.json"))
    assert manifest["format_version"] == 1
    assert manifest["settings"]["training"]["n_factors"] == 4


# Kill safety


class Killed(BaseException):
    pass


@pytest.mark.parametrize("failure", [Killed, KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_a_save_that_is_cut_off_leaves_the_old_file_whole(tmp_path, monkeypatch, member, failure):
    path = tmp_path / "x.cfstudio"
    old = make_session()
    save_session(old, path)
    before = path.read_bytes()
    original = zipfile.ZipFile.writestr

    def cut_off(archive, name, *args, **kwargs):
        original(archive, name, *args, **kwargs)
        if name == member:
            raise failure

    monkeypatch.setattr(zipfile.ZipFile, "writestr", cut_off)
    with pytest.raises((Killed, KeyboardInterrupt, SessionError)):
        save_session(make_session(bias=False), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.cfstudio"]
    assert_same_session(old, open_session(path))


def test_the_new_file_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (events.append("fsync"), fsync(descriptor))[1])
    monkeypatch.setattr(os, "replace", lambda *args, **kwargs: (events.append("replace"), replace(*args, **kwargs))[1])
    monkeypatch.setattr(os, "rename", lambda *args, **kwargs: pytest.fail("rename does not replace everywhere"))
    save_session(make_session(), tmp_path / "x.cfstudio")
    assert events == ["fsync", "replace", "fsync"]


def test_saving_keeps_permissions_and_follows_links(tmp_path):
    real, link = tmp_path / "real.cfstudio", tmp_path / "link.cfstudio"
    save_session(make_session(), real)
    assert real.stat().st_mode & 0o777 == 0o666 & ~current_umask()
    real.chmod(0o640)
    link.symlink_to(real)
    save_session(make_session(bias=False), link)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert not open_session(real).factorization.has_bias


def current_umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_session_that_contradicts_itself_is_not_saved_over_a_good_one(tmp_path):
    path = tmp_path / "x.cfstudio"
    save_session(make_session(), path)
    before = path.read_bytes()
    broken = make_session()
    broken.held_out = broken.held_out[:-1]
    with pytest.raises(SessionError, match=r"x\.cfstudio cannot be saved: its split"):
        save_session(broken, path)
    assert path.read_bytes() == before


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(SessionError, match=r"x\.cfstudio cannot be saved: No such file or directory\."):
        save_session(make_session(), tmp_path / "none" / "x.cfstudio")


# Damaged and foreign files


def rewritten(tmp_path, **members):
    """A saved session with members replaced (bytes) or left out (None); `__` in a name stands for a dot."""
    path = tmp_path / "x.cfstudio"
    save_session(make_session(), path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content |= {name.replace("__", "."): value for name, value in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            if value is not None:
                archive.writestr(name, value)
    return path


def manifest_with(tmp_path, **changes):
    path = rewritten(tmp_path)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    return rewritten(tmp_path, manifest__json=json.dumps(manifest | changes).encode())


def refusal(path):
    with pytest.raises(SessionError) as error:
        open_session(path)
    sentence = str(error.value)
    assert sentence.startswith(str(path))
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_a_missing_member_is_named(tmp_path, member):
    assert f"it has no {member}" in refusal(rewritten(tmp_path, **{member.replace(".", "__"): None}))


@pytest.mark.parametrize("member", sorted(MEMBERS))
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\x80\x04N.", b"PAR1" * 100, b"[" * 100_000])
def test_a_member_with_other_content_is_refused(tmp_path, member, content):
    refusal(rewritten(tmp_path, **{member.replace(".", "__"): content}))


def test_a_newer_format_is_refused_with_the_versions(tmp_path):
    sentence = refusal(manifest_with(tmp_path, format_version=2, program_version="3.1"))
    assert "session format 2" in sentence
    assert "CF Studio 3.1" in sentence


@pytest.mark.parametrize("version", [None, "1", 0, 1.5, True])
def test_a_manifest_without_a_proper_version_is_refused(tmp_path, version):
    refusal(manifest_with(tmp_path, format_version=version))


def test_settings_of_other_types_or_out_of_range_are_refused(tmp_path):
    from dataclasses import asdict

    for changes in ({"n_factors": "four"}, {"sigmoid": 1}, {"learning_rate": -1}, {"optimizer": "lbfgs"}, {"new": 1}):
        settings = {"training": asdict(TrainingConfig()) | changes, "view": {}}
        refusal(manifest_with(tmp_path, settings=settings))


def tensors(n_users=3, n_items=2, n_factors=4, dtype=np.float32, **changes):
    arrays = {
        "user_factors": np.zeros((n_users, n_factors), dtype),
        "item_factors": np.zeros((n_items, n_factors), dtype),
        "user_bias": np.zeros(n_users, dtype),
        "item_bias": np.zeros(n_items, dtype),
    } | changes
    return save_tensors({name: array for name, array in arrays.items() if array is not None})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (tensors(n_users=4), "its user_factors are 4 × 4 numbers and not 3 × 4"),
        (tensors(n_items=1), "its item_factors are 1 × 4"),
        (tensors(item_factors=np.zeros((2, 5), np.float32)), "its item_factors are 2 × 5"),
        (tensors(user_bias=None), "its model has no user_bias"),
        (tensors(dtype=np.int64), "int64"),
        (tensors(user_factors=np.zeros(3, np.float32)), "its user_factors are 3 numbers"),
        (tensors(surprise=np.zeros(3, np.float32)), "damaged"),
    ],
)
def test_a_model_that_does_not_fit_the_ratings_is_refused(tmp_path, content, reason):
    assert reason in refusal(rewritten(tmp_path, model__safetensors=content))


def parquet(**columns):
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def cells(users, items, values=None):
    return parquet(
        user=np.array(users, np.int32),
        item=np.array(items, np.int32),
        rating=np.full(len(users), 3.0) if values is None else np.array(values),
    )


@pytest.mark.parametrize(
    ("member", "content", "reason"),
    [
        ("ratings", cells([0, 0, 1, 3], [0, 1, 1, 0]), "its ratings name users that it does not have"),
        ("ratings", cells([0, 0, 1, 2], [0, 1, -1, 0]), "its ratings name items that it does not have"),
        ("ratings", cells([0, 0, 0, 2], [0, 1, 1, 0]), "it rates the same cell twice"),
        ("ratings", cells([0, 0, 1], [0, 1, 1]), "its split"),
        ("ratings", cells([0, 0, 1, 2], [0, 1, 1, 0], [1, 2, 3, 4]), "float64"),
        ("users", parquet(user_id=[1, 2, 1]), "its user ids are not all different"),
        ("users", parquet(user_id=[1, None, 3]), "has a missing value"),
        ("users", parquet(user_id=[1, 2]), "its ratings name users"),
        ("split", parquet(held_out=[True, False, True]), "its split"),
        ("split", parquet(held_out=[1, 0, 1, 0]), "its split"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(tmp_path, member, content, reason):
    assert reason in refusal(rewritten(tmp_path, **{f"{member}__parquet": content}))


def test_a_table_of_absurdly_many_rows_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("cfstudio.workspace.session_tables.MAX_ROWS", 3)
    assert "more than 3 rows" in refusal(rewritten(tmp_path))


def test_a_member_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("cfstudio.workspace.session_archive.SIZE_LIMITS", {".json": 1 << 20})
    path = tmp_path / "bomb.cfstudio"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * (4 << 20))
    assert "its manifest.json is larger than 1 MB" in refusal(path)


def test_truncated_files_are_refused_wherever_they_end(tmp_path):
    path = tmp_path / "x.cfstudio"
    save_session(make_session(), path)
    content = path.read_bytes()
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        refusal(path)


def test_flipped_bytes_are_refused_or_harmless(tmp_path):
    path = tmp_path / "x.cfstudio"
    session = make_session()
    save_session(session, path)
    content = path.read_bytes()
    numbers = random.Random(1)
    for _ in range(400):
        damaged = bytearray(content)
        damaged[numbers.randrange(len(content))] ^= 1 << numbers.randrange(8)
        path.write_bytes(damaged)
        try:
            opened = open_session(path)
        except SessionError:
            continue
        assert_same_session(session, opened)


def test_what_is_no_zip_no_file_or_a_folder_is_refused(tmp_path):
    (tmp_path / "text.cfstudio").write_text("userId,movieId,rating\n")
    assert "damaged or no session" in refusal(tmp_path / "text.cfstudio")
    assert "No such file" in refusal(tmp_path / "none.cfstudio")
    assert "directory" in refusal(tmp_path)


def test_nothing_is_ever_unpickled_or_extracted(tmp_path, monkeypatch):
    import pickle

    monkeypatch.setattr(zipfile.ZipFile, "extract", lambda *a, **k: pytest.fail("extracted"))
    monkeypatch.setattr(zipfile.ZipFile, "extractall", lambda *a, **k: pytest.fail("extracted"))
    monkeypatch.setattr(pickle, "loads", lambda *a, **k: pytest.fail("unpickled"))
    monkeypatch.setattr(pickle, "load", lambda *a, **k: pytest.fail("unpickled"))
    round_trip(make_session(), tmp_path)
