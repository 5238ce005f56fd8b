"""The one layout of every data set: a table or two, the true pairs, and for lists of pairs the pairs asked about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

TEXTS = [
    "full_name", "given", "middle", "family", "other_names", "dob", "sex", "a_number", "ssn", "passport",
    "phone", "street", "city", "postcode", "country", "birth_place",
]  # fmt: skip
IDENTIFIERS = ["a_number", "ssn", "passport"]
TABLES = ["left", "right", "truth", "asked", "culture"]


@dataclass(frozen=True)
class DataSet:
    """Tables of `id` (integer, unique per table) and `TEXTS`: text, null if missing.

    A name is given as `full_name` or in parts; `other_names` are separated by semicolons; `dob` is a year or an ISO
    date, or several of them separated by semicolons; `sex` is F or M. `right` is None where one table holds duplicates:
    then the smaller id of a pair is `left`. `truth` and `asked` hold pairs: columns left, right. Only pairs in `asked`
    count, where it is given. `culture`, where it is known: columns left, culture (of names); no matcher sees it.
    """

    left: pd.DataFrame
    right: pd.DataFrame | None
    truth: pd.DataFrame
    asked: pd.DataFrame | None = None
    culture: pd.DataFrame | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Rows on both sides; a table with duplicates is both sides."""
        return len(self.left), len(self.left if self.right is None else self.right)

    def without_identifiers(self) -> "DataSet":
        left, right = (
            None if side is None else side.assign(**dict.fromkeys(IDENTIFIERS)) for side in (self.left, self.right)
        )
        assert left is not None
        return DataSet(left, right, self.truth, self.asked, self.culture)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The layout's columns in the layout's order; blanks are null; `id` is the position."""
    frame = frame.reset_index(drop=True)
    columns = {name: _text(frame[name]) if name in frame else None for name in TEXTS}
    return pd.DataFrame({"id": frame.index, **columns}).astype(dict.fromkeys(TEXTS, object))


def pairs(left: object, right: object) -> pd.DataFrame:
    return pd.DataFrame({"left": left, "right": right}, dtype="int64")


def cultures(culture: Sequence[str]) -> pd.DataFrame:
    """The culture of each position."""
    return pd.DataFrame({"left": range(len(culture)), "culture": culture})


def duplicates(entity: pd.Series) -> pd.DataFrame:
    """All pairs of positions with the same entity, smaller position first."""
    numbered = pd.DataFrame({"entity": entity.to_numpy(), "at": range(len(entity))})
    both = numbered.merge(numbered, on="entity", suffixes=("_left", "_right"))
    both = both[both["at_left"] < both["at_right"]]
    return pairs(both["at_left"].to_numpy(), both["at_right"].to_numpy())


def same_entity(left: pd.Series, right: pd.Series) -> pd.DataFrame:
    """All pairs of positions in two series with the same entity."""
    ones, others = (pd.DataFrame({"entity": side.to_numpy(), "at": range(len(side))}) for side in (left, right))
    both = ones.dropna().merge(others.dropna(), on="entity")
    return pairs(both["at_x"].to_numpy(), both["at_y"].to_numpy())


def write(data: DataSet, folder: Path, **about: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if (frame := getattr(data, name)) is not None:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    sizes = dict(zip(("left", "right"), data.size, strict=True)) | {"true_pairs": len(data.truth)}
    (folder / "about.json").write_text(json.dumps(about | sizes, indent=1) + "\n")  # last: the set is complete


def read(folder: Path) -> DataSet:
    if not (folder / "about.json").is_file():
        raise SystemExit(f"folder [{folder}] holds no data set; run `python -m benchmarks.linkage build` first")
    found = {name: pd.read_parquet(path) if (path := folder / f"{name}.parquet").is_file() else None for name in TABLES}
    assert found["left"] is not None
    assert found["truth"] is not None
    return DataSet(found["left"], found["right"], found["truth"], found["asked"], found["culture"])


def read_left(folder: Path) -> pd.DataFrame:
    """The left table alone."""
    return pd.read_parquet(folder / "left.parquet")


def _text(values: pd.Series) -> pd.Series:
    texts = values.astype(object)
    texts = texts.where(texts.notna(), None)
    texts = texts.map(lambda value: str(value).strip(), na_action="ignore")
    return texts.where(texts.astype(bool), None)
