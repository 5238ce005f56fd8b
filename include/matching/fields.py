"""The columns that can be matched, and how a table's columns become text."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.letters import bytes_of

# What a table may hold beside `id`; a column that is not there is missing for every row.
FIELDS = (
    "full_name", "given", "middle", "family", "other_names", "dob", "sex", "a_number", "ssn", "passport", "phone",
    "street", "city", "postcode", "country", "birth_place", "organisation", "fein",
)  # fmt: skip
OF_NAMES = ("full_name", "given", "middle", "family", "other_names")
FIRST_ROWS = 1_000  # of a table, in which every field that it gives has a value as a rule
SEPARATOR = ";"  # between several names, dates or numbers of one person

Column: TypeAlias = "pa.StringArray"
Distinct: TypeAlias = "tuple[npt.NDArray[np.int64], Column]"  # position of each row's text, -1 for none; the texts


class Table:
    """Columns of text, read once: `table["city"]` has a row for each id, null where nothing is known.

    Raises `ValueError` for a table without `id` or with an id that repeats.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        if "id" not in frame:
            raise ValueError("a table to match has no column [id]; give each row an id of its own")
        if not frame["id"].is_unique:  # at once, if ids ascend
            repeated = frame["id"].duplicated().sum()
            raise ValueError(f"[{repeated}] rows repeat an id; give each row an id of its own")
        self._read(frame)

    def _read(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self.ids = frame["id"].reset_index(drop=True)

    def between(self, start: int, end: int) -> "Table":
        """Some of the rows."""
        part = Table.__new__(Table)
        part._read(self._frame.iloc[start:end])
        return part

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, field: str) -> bool:
        return field in FIELDS and field in self._frame

    def __getitem__(self, field: str) -> Column:
        """The text of a field; all null if the table does not have it."""
        return text(self._frame[field]) if field in self else pa.nulls(len(self), pa.string())

    def of_rows(self, field: str, rows: npt.NDArray[np.integer]) -> Column:
        """The text of a field in some of the rows."""
        if field not in self:
            return pa.nulls(len(rows), pa.string())
        return _plain(_as_text(_array(self._frame[field]).take(pa.array(rows))))

    def distinct(self, field: str) -> Distinct:
        """As `distinct` of the text of a field; only what is distinct is made plain."""
        if field not in self:
            return distinct(self[field])
        code, values = distinct(_array(self._frame[field]))
        values = _as_text(values)
        texts = _plain(values)
        if texts is values:
            return code, texts
        again, texts = distinct(texts)
        return np.append(again, -1)[code], texts


def names_alone(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    """Whether names are all that both tables give: no row of one of them has a value in any other field."""
    others = (field for field in FIELDS if field not in OF_NAMES)
    return not any(_gives(left, field) and _gives(right, field) for field in others)


def _gives(table: pd.DataFrame, field: str) -> bool:
    """Whether any row has a value; mostly the first ones tell."""
    parts = (table[field].iloc[:FIRST_ROWS], table[field].iloc[FIRST_ROWS:]) if field in table else ()
    return any(text(part).null_count < len(part) for part in parts)


def text(values: pd.Series) -> Column:
    """A column as text without blanks at its ends; what is empty is null."""
    return _plain(_as_text(_array(values)))


def distinct(values: pa.Array) -> Distinct:
    """Position among the distinct values for each row, -1 for null; and the distinct values."""
    if len(values) == values.null_count:
        return np.full(len(values), -1, dtype=np.int64), pa.array([], values.type)
    coded = values.dictionary_encode()
    return coded.indices.fill_null(-1).to_numpy().astype(np.int64), coded.dictionary


def _array(values: pd.Series) -> pa.Array:
    found = pa.array(values, from_pandas=True)
    if isinstance(found, pa.ChunkedArray):  # one chunk is not copied
        found = found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
    return found


def _as_text(values: pa.Array) -> Column:
    if values.null_count == len(values):
        return pa.nulls(len(values), pa.string())
    if pa.types.is_string(values.type):
        return values
    # a cast part of an array begins amid its bytes, which `ascii_upper` of Arrow 26 takes for broken text
    return (pa.concat_arrays([values]) if values.offset else values).cast(pa.string())


def _plain(values: Column) -> Column:
    may_have = _may_have_blanks(values)
    if values.null_count:
        may_have &= pc.is_valid(values).to_numpy(zero_copy_only=False)
    if not may_have.any():
        return values
    odd = pa.array(may_have)
    found = pc.utf8_trim_whitespace(values.filter(odd))
    return pc.replace_with_mask(values, odd, pc.if_else(pc.equal(found, ""), None, found))


def _may_have_blanks(values: Column) -> npt.NDArray[np.bool_]:
    """Texts that are empty, or begin or end with a blank, or with a letter that is not ASCII and might be one."""
    start, data = bytes_of(values)
    if not len(data):
        return np.ones(len(values), dtype=bool)
    found: npt.NDArray[np.bool_] = start[1:] == start[:-1]
    for at in (np.minimum(start[:-1], len(data) - 1), start[1:] - 1):
        found |= data.take(at) - np.uint8(ord("!")) > ord("~") - ord("!")  # what is below "!" comes round to above
    return found
