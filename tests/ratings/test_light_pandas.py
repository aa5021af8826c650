"""The embedded data set is opened without what it does not need, and Parquet still works afterwards."""

import subprocess
import sys

CODE = """
import sys
from cfstudio.ratings.catalog import open_ratings
ratings = open_ratings("ml-latest-small-2016")
assert len(ratings.values) == 100_004
assert "pandas" in sys.modules and "pyarrow" not in sys.modules
import pyarrow.parquet as parquet
import pyarrow
parquet.write_table(pyarrow.table({"a": [1, 2]}), sys.argv[1])
assert parquet.read_table(sys.argv[1])["a"].to_pylist() == [1, 2]
"""


def test_a_data_set_is_opened_without_pyarrow_which_is_there_when_it_is_wanted(tmp_path):
    command = [sys.executable, "-c", CODE, str(tmp_path / "x.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
