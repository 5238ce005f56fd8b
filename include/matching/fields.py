"""The columns that can be matched, and how a table's columns become text."""

from collections.abc import Mapping
from typing import TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# What a table may hold beside `id`; a column that is not there is missing for every row.
FIELDS = (
    "full_name", "given", "middle", "family", "other_names", "dob", "sex", "a_number", "ssn", "passport", "phone",
    "street", "city", "postcode", "country", "birth_place", "organisation", "fein",
)  # fmt: skip
SEPARATOR = ";"  # between several names, dates or numbers of one person

Column: TypeAlias = "pa.StringArray"


class Table:
    """Columns of text, read once: `table["city"]` has a row for each id, null where nothing is known.

    Raises `ValueError` for a table without `id` or with an id that repeats.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        if "id" not in frame:
            raise ValueError("a table to match has no column [id]; give each row an id of its own")
        if repeated := int(frame["id"].duplicated().sum()):
            raise ValueError(f"[{repeated}] rows repeat an id; give each row an id of its own")
        self.ids = frame["id"].reset_index(drop=True)
        self._frame: Mapping[str, pd.Series] = {name: frame[name] for name in FIELDS if name in frame}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, field: str) -> bool:
        return field in self._frame

    def __getitem__(self, field: str) -> Column:
        """The text of a field; all null if the table does not have it."""
        return text(self._frame[field]) if field in self._frame else pa.nulls(len(self), pa.string())


def text(values: pd.Series) -> Column:
    """A column as text without blanks at its ends; what is empty is null."""
    found = pa.array(values, from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    if not pa.types.is_string(found.type):
        found = found.cast(pa.string())
    found = pc.utf8_trim_whitespace(found)
    return pc.if_else(pc.equal(found, ""), None, found)


def distinct(values: Column) -> tuple[pa.Int32Array, Column]:
    """Position among the distinct values for each row (null stays null), and the distinct values."""
    coded = values.dictionary_encode()
    return coded.indices, coded.dictionary
