"""The first start knows, without loading the compiler, whether a child process should compile the training steps."""

import json
import subprocess
import sys

import pytest

from cfstudio.learning import warm_up


@pytest.fixture
def note(tmp_path, monkeypatch):
    """Where the note is kept in this test."""
    path = tmp_path / "cache" / "kernels.json"
    monkeypatch.setattr(warm_up, "_note_path", lambda what: path.with_stem(f"{what}-kernels"))
    return path.with_stem("rows-kernels")


def test_what_was_warmed_up_is_known_and_what_changed_since_is_not(note, monkeypatch, tmp_path):
    assert not warm_up.is_compiled()
    assert warm_up.warm_up()
    assert warm_up.is_compiled()
    with monkeypatch.context() as changed:
        newer = tmp_path / "kernels.py"
        newer.write_text("# another version")
        changed.setattr(warm_up, "SOURCES", {**warm_up.SOURCES, "rows": (newer, *warm_up.SOURCES["rows"][1:])})
        assert not warm_up.is_compiled()
    with monkeypatch.context() as changed:
        changed.setenv("NUMBA_CACHE_DIR", str(tmp_path))
        assert not warm_up.is_compiled()
    assert warm_up.is_compiled()


def test_a_cache_that_was_emptied_or_a_broken_note_is_seen(note):
    warm_up.warm_up()
    content = json.loads(note.read_text())
    note.write_text(json.dumps({**content, "files": [*content["files"], str(note.with_name("gone.nbi"))]}))
    assert not warm_up.is_compiled()
    for broken in ("", "{", "[]", "{}"):
        note.write_text(broken)
        assert not warm_up.is_compiled()


def test_kernels_for_features_are_known_apart_from_those_of_every_run(note):
    assert warm_up.warm_up("rows")
    assert not warm_up.is_compiled("features")
    assert warm_up.warm_up("features")
    assert warm_up.is_compiled("features")
    assert warm_up.is_compiled("rows")


def test_where_no_note_can_be_left_warming_up_still_works(note):
    note.parent.write_text("a file where a folder should be")
    assert not warm_up.warm_up()


def test_asking_loads_neither_numba_nor_torch():
    code = (
        "import sys; from cfstudio.learning.warm_up import is_compiled; is_compiled(); "
        "sys.exit(any(name in sys.modules for name in ('numba', 'torch', 'numpy', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
