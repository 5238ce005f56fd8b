"""A file as a table to match: text columns named after `fields.FIELDS`, whole or in chunks.

Everything is read as text: the surname NULL, ZIP 00501 and the identifier 000123 come out as they went in. A message
names files, columns, rows and shares, never a value.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from itertools import takewhile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.matching.fields import FIELDS, SEPARATOR
from include.matching.files.columns import Columns, Origin, find_columns, nearest
from include.matching.files.dates import Dates, DayMonth, day_month, in_parts, iso_dates
from include.matching.files.errors import TableError, one_line
from include.matching.files.formats import Parquet, open_format
from include.matching.files.legible import Read, legible
from include.matching.files.order import SAYS_ORDER, Order, order_of
from include.matching.names.vocabulary import PARTICLES, SUFFIXES

CHUNK = 100_000  # rows of the large side in memory at once, per process
UNREADABLE = 0.5  # share of a column's dates from which it is the column that is wrong, not its values
WHOLE = 2.0**63  # floating numbers below it fit into 64 bits
WHOLE_NAME = r"\s*[^;\s]+\s+[^;\s][^;]*"  # of two words at least
SEVERAL_NAMES = rf"{WHOLE_NAME}(;{WHOLE_NAME})+;?\s*"
# Between names of one person. In capitals it takes dots to say so: AKA and ALIAS are names, too.
ALSO_KNOWN_AS = r"[\s,(]+(?:aka|fka|alias|[AaFf]\.\s?[Kk]\.\s?[Aa]\.?)[\s:]+"
ONE_TEXT = frozenset({"id", "full_name", "given", "middle", "family", "street", "city", "country", "birth_place"})


class File:
    """A file of one side, opened and its columns found; read it with `chunks` or `read`.

    `fields`: those it has; `unused`: its columns that no field takes; `rows`: how many, None where only reading tells.
    `dates`: of the rows that were read; `legible`: of the first chunk of them, values of other fields that can be read.
    Raises `TableError`, also while it is read: an unreadable file, a missing column, an id that repeats or is empty,
    a column of dates of which more than half cannot be read.
    """

    def __init__(self, path: Path, columns: Columns, extras: Sequence[str] = ()) -> None:
        self.path = path
        with one_line(path):
            self._format = open_format(path)
        self.rows = self._format.rows
        self.dates = Dates()
        self.legible: dict[str, Read] | None = None
        names = self._format.names
        if twice := sorted({name for name in names if names.count(name) > 1}):
            called = f"[{twice[0]}]" if twice[0] else "without a name"
            raise TableError(f"[{path.name}] has several columns {called}; rename one")
        known = ("id", *FIELDS, *extras)
        self._wanted, unclear = find_columns(known, columns, names)
        if unclear:
            raise TableError(f"[{path.name}] has several columns for field [{unclear[0]}]; name one in a map")
        for field, origin in ({"id": Origin(("id",))} | self._wanted).items():
            missing = [column for column in origin.columns if column not in names]
            if missing:
                told = f"for field [{field}]" if field in columns else "and no map names one for field [id]"
                hint = nearest(missing[0], names)
                if len(names) == 1:
                    hint = "; its first line is no header of several columns"
                elif field not in columns:
                    hint += "; each row needs an id of its own: write `id: COLUMN` into a file, give it as --map"
                raise TableError(f"[{path.name}] has no column [{missing[0]}] {told}{hint}")
        self.fields = tuple(field for field in self._wanted if field in FIELDS)
        if not self.fields:
            raise TableError(f"[{path.name}] has no column with the name of a field; name its columns in a map")
        taken = {column for origin in self._wanted.values() for column in origin.columns}
        self.unused = tuple(name for name in names if name not in taken)

    @cached_property
    def order(self) -> Order:
        """In which order whole names stand; nothing is asked where the map says it."""
        origin = self._wanted.get("full_name")
        if origin is None or origin.family_first is not None:
            return Order()
        with one_line(self.path):
            return order_of(self._column("full_name"))

    @cached_property
    def day_month(self) -> DayMonth:
        """Whether in dates with the year last the day comes first; nothing is asked where the map gives a format."""
        origin = self._wanted.get("dob")
        if origin is None or origin.date_format is not None:
            return DayMonth()
        with one_line(self.path):
            return day_month(self._column("dob"))

    def _column(self, field: str) -> "Iterator[pd.Series[str]]":
        """The text of a field, piece by piece."""
        origin = self._wanted[field]
        for batch in self._format.batches(list(dict.fromkeys(origin.columns)), CHUNK):
            yield _join([_text(batch.column(name)) for name in origin.columns], _between(field, origin)).to_pandas()

    def named(self, field: str) -> str:
        """A field, and the columns it is from if they are called otherwise."""
        columns = self._wanted[field].columns
        return field if columns == (field,) else f"{field} from [{', '.join(columns)}]"

    def read(self) -> pd.DataFrame:
        """All rows: `id` and `fields` as text, "" where nothing is given."""
        return pd.concat(self.chunks(), ignore_index=True)

    def chunks(self, rows: int = CHUNK) -> Iterator[pd.DataFrame]:
        """The same in pieces of at most so many rows, in the order of the file; at least one, which may be empty."""
        ids = _Ids(self.path.name)
        needed = list(dict.fromkeys(column for origin in self._wanted.values() for column in origin.columns))
        with one_line(self.path):
            for batch in _pieces(self._format.batches(needed, rows), rows):
                yield self._table(batch, ids)

    def sample(self, rows: int, seed: int = 1) -> tuple[pd.DataFrame, int]:
        """So many rows at random, in the order of the file, or all if it has no more; and how many it has.

        Reads the whole file, in chunks.
        """
        draw = np.random.default_rng(seed)
        kept, keys, every = pd.DataFrame(), np.empty(0), 0
        for chunk in self.chunks():  # each row draws a lot, the lowest stay
            every += len(chunk)
            kept, keys = pd.concat([kept, chunk]), np.append(keys, draw.random(len(chunk)))
            lowest = np.sort(np.argsort(keys, kind="stable")[:rows])
            kept, keys = kept.iloc[lowest], keys[lowest]
        return kept.reset_index(drop=True), every

    def between(self, start: int, stop: int) -> pd.DataFrame:
        """Rows `start` to `stop` (not included) of a Parquet file; only the row groups that hold them are read."""
        if not isinstance(self._format, Parquet):
            raise TableError(f"[{self.path.name}] cannot be read from its middle; convert it to Parquet")
        needed = list(dict.fromkeys(column for origin in self._wanted.values() for column in origin.columns))
        with one_line(self.path):
            return self._table(self._format.between(start, stop, needed), _Ids(self.path.name))

    def _table(self, batch: pa.Table, ids: "_Ids") -> pd.DataFrame:
        texts = {name: _text(batch.column(name)) for name in batch.column_names}
        table = pd.DataFrame(
            {
                field: _join([texts[column] for column in origin.columns], _between(field, origin)).to_pandas()
                for field, origin in self._wanted.items()
            },
            dtype="str",
        )
        ids.check(table["id"])
        if "full_name" in table:
            table = _several_names(table)
            if self._wanted["full_name"].family_first or self.order.is_family_first:
                table["full_name"] = _with_comma(table["full_name"])
        if "dob" in table:
            self._check_dates(table)
        if self.legible is None:
            self.legible = legible(table)
        return table

    def _check_dates(self, table: pd.DataFrame) -> None:
        origin = self._wanted["dob"]
        where = f"[{self.path.name}], column [{', '.join(origin.columns)}]"
        if len(origin.columns) > 1 and not origin.date_format and (order := in_parts(table["dob"])):
            raise TableError(
                f"{where}: day, month and year stand in columns of their own, and would be three dates; join them in a "
                f"map: dob: {{column: [{', '.join(origin.columns)}], format: '{order}'}}"
            )
        try:
            table["dob"], found = iso_dates(table["dob"], origin.date_format, self.day_month.is_day_first)
        except ValueError:
            raise TableError(f"{where}: [{origin.date_format}] is no date format; write it as %d.%m.%Y is") from None
        self.dates = Dates(*map(sum, zip(self.dates, found, strict=True)))
        if self.dates.unreadable > UNREADABLE * self.dates.given:
            told = "" if origin.date_format is None else f" as [{origin.date_format}]"
            share = self.dates.unreadable / self.dates.given
            raise TableError(
                f"{where}: [{share:.0%}] of the dates of birth cannot be read{told}; write YYYY-MM-DD, YYYY-MM or "
                f"YYYY, or give their format in a map: dob: {{column: {origin.columns[0]}, format: '%d.%m.%Y'}}"
            )


def _with_comma(names: pd.Series) -> pd.Series:
    """Names that begin with the surname, with a comma behind it: DE LA CRUZ JR JUAN -> DE LA CRUZ JR, JUAN; GARCIA
    LOPEZ Maria -> GARCIA LOPEZ, Maria."""
    particles, suffixes = ("|".join(sorted(words)) for words in (PARTICLES, SUFFIXES))
    surname = rf"(?i)^((?:(?:{particles})\s+)*\S+(?:\s+(?:{suffixes})\b\.?)?)\s+"
    by_capitals = names.map(_parted_by_capitals)
    parted = names.str.replace(surname, r"\1, ", regex=True).where(by_capitals == names, by_capitals)
    return parted.where(~names.str.contains(SAYS_ORDER, regex=True), names)


def _parted_by_capitals(name: str) -> str:
    """A name of which some words in front are in capitals, and what follows is not, with a comma between."""
    words = name.split()
    capitals = list(takewhile(str.isupper, words))
    behind = words[len(capitals) :]
    told = capitals and behind and not any(map(str.isupper, behind))
    return f"{' '.join(capitals)}, {' '.join(behind)}" if told else name


def _several_names(table: pd.DataFrame) -> pd.DataFrame:
    """Of several whole names in one cell those after the first are other names; `LAST; FIRST` stays one name."""
    cells = table["full_name"]
    also = cells[cells.str.contains(ALSO_KNOWN_AS)].str.replace(ALSO_KNOWN_AS, SEPARATOR, regex=True)
    cells = cells[cells.str.contains(SEPARATOR, regex=False)].drop(also.index, errors="ignore")
    cells = pd.concat([also, cells[cells.str.fullmatch(SEVERAL_NAMES)]])
    if cells.empty:
        return table
    names = cells.str.partition(SEPARATOR)
    full, others = table["full_name"].copy(), pd.Series("", table.index, dtype="str")
    full[cells.index] = names[0].str.strip()
    others[cells.index] = names[2] + SEPARATOR
    known = table.get("other_names", "")
    return table.assign(full_name=full, other_names=(others + known).str.strip(f"{SEPARATOR} "))


def _between(field: str, origin: Origin) -> str:
    """What stands between joined columns: a space within one text, a semicolon between several values."""
    return " " if field in ONE_TEXT or origin.date_format else SEPARATOR


def _join(texts: list[pa.ChunkedArray], separator: str) -> pa.ChunkedArray:
    if len(texts) == 1:
        return texts[0]
    # null for empty: what is empty is left out, and so is its separator
    first, *others = (pc.if_else(pc.equal(text, ""), None, text) for text in texts)
    # of a row in which all are null Arrow makes no row, and the others would move up
    first = pc.if_else(reduce(pc.and_, map(pc.is_null, (first, *others))), "", first)
    return pc.binary_join_element_wise(first, *others, separator, null_handling="skip")


def _text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Any Arrow column as trimmed text, "" for null; dates as ISO, whole numbers without a decimal point."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _text(values.cast(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.fill_null(pc.binary_join(values.cast(pa.list_(pa.string())), SEPARATOR), "")
    if pa.types.is_timestamp(kind):
        values = values.cast(pa.date32(), safe=False)
    texts = values.cast(pa.string())
    if pa.types.is_decimal(kind):
        texts = pc.replace_substring_regex(texts, r"\.0*$", "")
    if pa.types.is_floating(kind):  # whole numbers beside a missing one: 491701234567.0 would be 4.91701234567e+11
        whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), WHOLE))
        texts = pc.coalesce(pc.if_else(whole, values, None).cast(pa.int64()).cast(pa.string()), texts)
    return pc.utf8_trim_whitespace(pc.fill_null(texts, ""))


class _Ids:
    """The ids seen so far, as sorted 64-bit hashes: 80 MB for ten million rows."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = 0
        self._seen = np.empty(0, dtype=np.uint64)

    def check(self, ids: pd.Series) -> None:
        """Raise `TableError` for an id that is empty or was seen; the row is counted from 1, without the header."""
        hashes = pd.util.hash_array(ids.to_numpy(dtype=object), categorize=False)
        order = np.argsort(hashes, kind="stable")
        fresh = hashes[order]
        at = np.searchsorted(self._seen, fresh)
        again = np.concatenate([[False], fresh[1:] == fresh[:-1]])
        if len(self._seen):
            again |= self._seen[np.minimum(at, len(self._seen) - 1)] == fresh
        if again.any():
            row = self._rows + int(order[again].min()) + 1
            raise TableError(f"[{self._name}] repeats an id in row [{row}]; give each row an id of its own")
        if (empty := (ids == "").to_numpy(dtype=bool)).any():
            row = self._rows + int(empty.argmax()) + 1
            raise TableError(f"[{self._name}] has no id in row [{row}]; give each row an id of its own")
        self._rows += len(ids)
        self._seen = np.insert(self._seen, at, fresh)


def _pieces(batches: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of `rows`, the last one shorter; one empty table if there are none."""
    held: pa.Table | None = None
    first = True
    for batch in batches:
        held = batch if held is None else pa.concat_tables([held, batch])  # copies nothing
        while len(held) >= rows:
            yield held.slice(0, rows)
            held, first = held.slice(rows), False
    if held is not None and (first or len(held)):
        yield held


def read_truth(path: Path) -> pd.DataFrame:
    """The true pairs: columns left_id and right_id as text, each pair once. Raises `TableError`."""
    return _read_texts(path, ["left_id", "right_id"])


def read_decisions(path: Path) -> pd.DataFrame:
    """Pairs that people decided: columns left_id, right_id, outcome as text. Raises `TableError`."""
    return _read_texts(path, ["left_id", "right_id", "outcome"])


def _read_texts(path: Path, names: list[str]) -> pd.DataFrame:
    with one_line(path):
        file = open_format(path)
        if missing := [name for name in names if name not in file.names]:
            raise TableError(f"[{path.name}] has no column [{missing[0]}]{nearest(missing[0], file.names)}")
        batches = list(file.batches(names, CHUNK))
    pairs = pa.concat_tables(batches)
    texts = {name: _text(pairs.column(name)).to_pandas() for name in names}
    return pd.DataFrame(texts, dtype="str").drop_duplicates(ignore_index=True)
