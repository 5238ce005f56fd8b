"""CSV and Parquet files as a stream of Arrow tables; every CSV column is text, nothing is null."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from include.matching.files.errors import TableError, not_utf8
from include.matching.files.unpacked import for_arrow, unpacked

PIECE = 1 << 20  # bytes that are looked through at once
BLOCK = 8 << 20  # bytes of CSV that are parsed at once; a row must fit
TEXTS = (".csv", ".tsv", ".txt")  # the delimiter is what the header shows, whatever the name says
DELIMITERS = ",;\t|"  # the usual ones; spreadsheets write semicolons where the comma is the decimal mark


class Format(Protocol):
    """A file in one format. `names`: of its columns; `rows`: how many, None where only reading tells."""

    names: list[str]
    rows: int | None

    def batches(self, columns: list[str], rows: int) -> Iterator[pa.Table]:
        """These columns, in tables of at most about `rows`; the first table is empty and brings the types."""


def open_format(path: Path) -> Format:
    """The file in the format that its name ends in. Raises `TableError` for another ending."""
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(TEXTS):
        return Csv(path)
    if name.endswith(".parquet"):
        return Parquet(path)
    raise TableError(f"[{path.name or path}] ends in neither .csv nor .parquet; save it as CSV in UTF-8, or rename it")


class Csv:
    """A CSV file: double quotes, UTF-8, a header; comma, or another of `DELIMITERS` if the header has no comma. It may
    be packed (.csv.gz)."""

    rows: int | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        with unpacked(path) as raw:
            lines = io.TextIOWrapper(raw, "utf-8-sig", newline="")
            header = next(csv.reader(lines), None)
            if not header:
                raise TableError(f"[{path.name}] is empty; give a CSV file with a header")
            if any("\0" in name for name in header):
                raise not_utf8(path)
            self._delimiter = _delimiter(header)
            lines.seek(0)
            self.names = next(csv.reader(lines, delimiter=self._delimiter))

    def batches(self, columns: list[str], _rows: int) -> Iterator[pa.Table]:
        """See `Format`; a batch is what `BLOCK` bytes hold."""
        bad: list[pacsv.InvalidRow] = []

        def remember(row: pacsv.InvalidRow) -> str:
            bad.append(row)
            return "error"

        types = dict.fromkeys(self.names, pa.string())
        try:
            reader = pacsv.open_csv(
                for_arrow(self._path),
                read_options=pacsv.ReadOptions(block_size=BLOCK),
                parse_options=pacsv.ParseOptions(
                    delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=remember
                ),
                convert_options=pacsv.ConvertOptions(column_types=types, include_columns=columns),
            )
            yield reader.schema.empty_table()
            for batch in reader:
                yield pa.Table.from_batches([batch])
            self._check_quotes()
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):  # a header that no end of line follows
                yield pa.schema([(name, pa.string()) for name in columns]).empty_table()
                return
            self._check_quotes()
            if not bad:
                raise
            raise self._uneven(bad[0].expected_columns, bad[0].actual_columns) from None

    def _uneven(self, expected: int, actual: int) -> TableError:
        """Which line it is Arrow, that reads pieces side by side, cannot say."""
        with unpacked(self._path) as raw:
            lines = io.TextIOWrapper(raw, "utf-8-sig", newline="")
            start, rows, where = 0, csv.reader(lines, delimiter=self._delimiter), ""
            with suppress(csv.Error):
                for row in rows:
                    if row and len(row) != expected:
                        actual, where = len(row), f" in line [{start + 1}]"
                        break
                    start = rows.line_num
        advice = f"quote values that hold the delimiter [{self._delimiter}]"
        if actual < expected:
            advice = "write the delimiters of what is missing, too, and quote values that hold an end of line"
        return TableError(
            f"[{self._path.name}] has a row of [{actual}] values{where} below a header of [{expected}]; {advice}"
        )

    def _check_quotes(self) -> None:
        """Raise `TableError` where the file ends within quotes: Arrow takes all rows after the first of them for one
        value."""
        with unpacked(self._path) as raw:
            pieces = iter(partial(raw.read, PIECE), b"")
            if sum(piece.count(b'"') for piece in pieces) % 2 == 0:
                return
        with unpacked(self._path) as raw:
            lines = io.TextIOWrapper(raw, "utf-8-sig", newline="")
            start, rows = 0, csv.reader(lines, delimiter=self._delimiter, strict=True)
            try:
                for _ in rows:
                    start = rows.line_num
            except csv.Error as error:
                # What follows a quote that nothing closes is one value, to the end or beyond the module's limit. Other
                # errors are quotes within a value, which Arrow reads.
                if "unexpected end" in str(error) or "field limit" in str(error):
                    raise TableError(
                        f"[{self._path.name}] opens a quote in line [{start + 1}] that nothing closes; close it"
                    ) from None


def _delimiter(header: list[str]) -> str:
    """Of a header that was read with commas."""
    return DELIMITERS[0] if len(header) > 1 else max(DELIMITERS, key=header[0].count)


class Parquet:
    """A Parquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with pq.ParquetFile(path) as file:
            self.names: list[str] = file.schema_arrow.names
            self.rows: int | None = file.metadata.num_rows

    def batches(self, columns: list[str], rows: int) -> Iterator[pa.Table]:
        """See `Format`."""
        with pq.ParquetFile(self._path) as file:
            yield file.schema_arrow.empty_table().select(columns)
            for batch in file.iter_batches(batch_size=rows, columns=columns):
                yield pa.Table.from_batches([batch])

    def between(self, start: int, stop: int, columns: list[str]) -> pa.Table:
        """Rows `start` to `stop`, not included; reads only the row groups that hold them."""
        with pq.ParquetFile(self._path) as file:
            sizes = [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]
            ends = np.cumsum(sizes)
            groups = [group for group, end in enumerate(ends) if end - sizes[group] < stop and end > start]
            if not groups:
                return file.schema_arrow.empty_table().select(columns)
            first = int(ends[groups[0]]) - sizes[groups[0]]
            return file.read_row_groups(groups, columns=columns).slice(start - first, stop - start)
