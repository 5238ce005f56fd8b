"""A landed part as rows of text: every record of the file is either a row with the contract's columns or malformed.

Dialect: comma, double quotes, a quote inside quotes doubled, UTF-8. What else comes is put right where that is certain,
and said so; see `repairs`.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from include.contracts.model import Contract
from include.quality.encoding import DOUBLED_BYTES, as_utf8, undo_double_encoding
from include.quality.errors import PartError
from include.quality.header import HeaderError, Layout, find_header, lay_out, needs
from include.quality.inference import infer
from include.quality.records import Record, is_totals_line, read_records, readable
from include.quality.repairs import SET_APART, Repair

SOURCE = pa.schema([("source_attempt", pa.int32()), ("source_part", pa.string()), ("source_row", pa.int64())])
QUARANTINED = pa.schema([*SOURCE, ("raw", pa.string()), ("reasons", pa.list_(pa.string()))])
REPAIRS = pa.field("repairs", pa.list_(pa.string()))

NOT_BLANK = re.compile(rb"[^\r\n]")

# A file is one block of the parser, below the 2 GB that one may have: to look where the records between two blocks end
# takes a quarter of the time.
BLOCK_BYTES = 1 << 30


@dataclass(frozen=True)
class Part:
    """A landed gzip CSV and the attempt (1, 2, ...) that brought it. `rows`: as counted when it landed."""

    attempt: int
    name: str
    path: Path
    rows: int = 0


@dataclass(frozen=True)
class Rows:
    """The records of one part. `received` is counted by the reader, blank lines and lines set apart left out.

    `table`: the contract's columns as text (null for an empty field), where the row came from, what was repaired in it.
    `malformed`: the key columns as far as they can be read, then `QUARANTINED`; `raw` as `Raw` writes it.
    `marks`: label of a repair of the file, or of a line set apart -> how often.
    """

    received: int
    table: pa.Table
    malformed: pa.Table
    marks: Counter[str]

    @property
    def set_apart(self) -> int:
        """Lines between the records that are no records."""
        return sum(self.marks[label] for label in SET_APART)


@dataclass(frozen=True)
class Raw:
    """A refused row as it came: the header of its file and its text, from which it can be read again, alone.

    Bytes that are not UTF-8 are lone surrogates, so that they can be had back. `recoded`: its file came in UTF-16 or
    UTF-32, so none of them is a byte of CP1252.
    """

    header: list[str]
    text: str
    recoded: bool = False

    def to_json(self) -> str:
        """ASCII only."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        return cls(**json.loads(text))

    def by_header(self) -> dict[str, str]:
        """Fields by the header of the file; the whole line under `(line)` if they do not fit each other."""
        fields = next(csv.reader(io.StringIO(self.text, newline="")), [])
        fitting = dict(zip(self.header, fields, strict=False))
        return fitting if len(fields) == len(fitting) == len(self.header) else {"(line)": self.text}

    def to_csv(self) -> bytes:
        """A file of this row alone."""
        return (csv_line(self.header) + self.text).encode("utf-8", "surrogateescape")


def csv_line(fields: Sequence[str | None]) -> str:
    """Fields in the dialect of the exports, and the end of the line."""
    line = io.StringIO()
    csv.writer(line).writerow(fields)
    return line.getvalue()


def text_schema(contract: Contract) -> pa.Schema:
    """Columns of `Rows.table`."""
    return pa.schema([*((name, pa.string()) for name in contract.names), *SOURCE, REPAIRS])


def refused_schema(contract: Contract) -> pa.Schema:
    """Columns of `Rows.malformed`."""
    return pa.schema([*((name, pa.string()) for name in contract.key), *QUARANTINED])


def read_part(contract: Contract, part: Part) -> Rows:
    """Read one part. Raises `PartError` if the file or its header cannot be used."""
    try:
        text, came_as = as_utf8(gzip.decompress(part.path.read_bytes()))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise PartError(f"{_where(contract, part)}: not a whole gzip file; fetch the export again") from None
    except UnicodeDecodeError as error:
        raise PartError(f"{_where(contract, part)}: not whole [{error.encoding}]; fetch the export again") from None
    # In UTF-16 no byte is CP1252's.
    rows = read_text(contract, part, text, recoded=came_as not in (None, Repair.BOM))
    return replace(rows, marks=rows.marks + Counter([came_as.value] if came_as else []))


def read_text(contract: Contract, part: Part, text: bytes, *, recoded: bool) -> Rows:
    """Read the text of a part, header and records. Raises `PartError` if its header cannot be used."""
    try:
        header = find_header(contract, text)
        layout = lay_out(contract, header)
        rows = _read_regular(contract, part, layout, text, header.end)
        if rows is None:
            rows = _read_any(contract, part, layout, text[header.end :], recoded=recoded)
    except HeaderError as error:
        raise PartError(f"{_where(contract, part)}: {error}") from None
    if not text.isascii() and DOUBLED_BYTES.search(text, header.end):
        rows = _encoded_once(contract, rows)
    rows = _inferred(contract, rows)
    return replace(rows, marks=rows.marks + layout.marks)


def _where(contract: Contract, part: Part) -> str:
    return f"dataset [{contract.dataset}], attempt [{part.attempt}], part [{part.name}]"


def _read_regular(contract: Contract, part: Part, layout: Layout, text: bytes, start: int) -> Rows | None:
    """A file without a fault in any row, fast; None if there is one. Its records begin at `start`."""
    fields = _split_regular(layout, text, start)
    if fields is None:
        return None
    marks: Counter[str] = Counter()
    numbers = pa.array(np.arange(1, len(fields) + 1))
    first = layout.places[contract.key[0]][0]
    if pc.any(pc.equal(fields[str(first)], layout.header[first])).as_py():
        same = [pc.equal(pc.fill_null(fields[str(at)], ""), layout.header[at]) for at in layout.used]
        is_row = pc.invert(reduce(pc.and_, same))
        marks[Repair.REPEATED_HEADER] = len(fields) - pc.sum(is_row).as_py()
        fields, numbers = fields.filter(is_row), numbers.filter(is_row)
    while len(fields) and is_totals_line([column[-1].as_py() for column in fields.columns]):
        marks[Repair.TOTALS_LINE] += 1
        fields, numbers = fields[:-1], numbers[:-1]
    values = {at: fields[str(at)] for at in layout.used}
    refused = refused_schema(contract).empty_table()
    return _rows(contract, part, layout, values, numbers, pa.nulls(len(fields), REPAIRS.type), refused, +marks)


def _split_regular(layout: Layout, text: bytes, start: int) -> pa.Table | None:
    """The fields of `layout.used`, by their place. The text is not copied: it may be a hundred megabytes."""
    used = [str(at) for at in layout.used]
    if not NOT_BLANK.search(text, start):
        return pa.table({place: pa.array([], pa.string()) for place in used})
    # Arrow lets NUL bytes pass, and a quote that is never closed in the last column take the following rows with it.
    if text.find(b"\0", start) >= 0 or text.count(b'"', start) % 2:
        return None
    try:
        return pa_csv.read_csv(
            pa.BufferReader(pa.py_buffer(text).slice(start)),
            read_options=pa_csv.ReadOptions(
                column_names=[str(at) for at in range(layout.width)], block_size=min(len(text) - start, BLOCK_BYTES)
            ),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                include_columns=used,
                column_types=dict.fromkeys(used, pa.string()),
                null_values=[""],  # nothing else is null: NULL is a surname
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _read_any(contract: Contract, part: Part, layout: Layout, body: bytes, *, recoded: bool) -> Rows:
    """A file with faults."""
    records, marks = read_records(contract, layout, body, may_be_cp1252=not recoded)
    rows = [record for record in records if not record.faults]
    values = {at: pa.array([record.fields[at] or None for record in rows], pa.string()) for at in layout.used}
    numbers = pa.array([record.row for record in rows], pa.int64())
    repairs = pa.array([record.repairs or None for record in rows], REPAIRS.type)
    refused = _malformed(contract, part, layout, [record for record in records if record.faults], recoded)
    return _rows(contract, part, layout, values, numbers, repairs, refused, marks)


def _rows(
    contract: Contract,
    part: Part,
    layout: Layout,
    fields: dict[int, pa.Array],
    numbers: pa.Array,
    repairs: pa.Array,
    refused: pa.Table,
    marks: Counter[str],
) -> Rows:
    """Fields by their place become columns. Raises `HeaderError` if one that every row needs is disputed."""
    columns = []
    for name, places in layout.places.items():
        is_same = all(fields[at].equals(fields[places[0]]) for at in places)
        if not is_same and needs(contract, name):
            raise HeaderError(
                f"column [{contract.column(name).source}] comes twice, not the same, and every row needs it; "
                "ask the agency"
            )
        if len(places) > 1:
            repair = Repair.SAME_COLUMN_TWICE if is_same else Repair.DISPUTED_COLUMN
            marks[repair.of(contract.column(name).source)] += 1
        columns.append(fields[places[0]] if places and is_same else pa.nulls(len(numbers), pa.string()))
    table = pa.table([*columns, *_source(part, numbers), repairs], schema=text_schema(contract))
    return Rows(len(table) + len(refused), table, refused, marks)


def _malformed(contract: Contract, part: Part, layout: Layout, records: Sequence[Record], recoded: bool) -> pa.Table:
    key = [[_field(record, layout.places[name][0]) for record in records] for name in contract.key]
    raw = [Raw(layout.header, record.text.rstrip("\r\n"), recoded).to_json() for record in records]
    reasons = [record.faults for record in records]
    source = _source(part, pa.array([record.row for record in records], pa.int64()))
    return pa.table([*key, *source, raw, reasons], schema=refused_schema(contract))


def _field(record: Record, at: int) -> str | None:
    """A field of a malformed record, if it is there."""
    return readable(record.fields[at]) if at < len(record.fields) else None


def _source(part: Part, rows: pa.Array) -> list[pa.Array]:
    """The columns of `SOURCE`."""
    attempt, name = pa.scalar(part.attempt, pa.int32()), pa.scalar(part.name, pa.string())
    return [pa.repeat(attempt, len(rows)), pa.repeat(name, len(rows)), rows]


def _encoded_once(contract: Contract, rows: Rows) -> Rows:
    values, is_repaired = undo_double_encoding(rows.table.select(contract.names))
    repairs = [
        [*(before or ()), Repair.DOUBLE_ENCODED] if repaired else before
        for before, repaired in zip(rows.table["repairs"].to_pylist(), is_repaired, strict=True)
    ]
    columns = [*values.columns, *rows.table.select(SOURCE.names).columns, pa.array(repairs, REPAIRS.type)]
    return replace(rows, table=pa.table(columns, schema=text_schema(contract)))


def _inferred(contract: Contract, rows: Rows) -> Rows:
    table, done = infer(contract, rows.table)
    if not done:
        return rows
    repairs = table["repairs"].to_pylist()
    for repair, mask in done.items():
        for row in np.flatnonzero(mask).tolist():
            repairs[row] = [*(repairs[row] or ()), repair]
    at = table.column_names.index("repairs")
    return replace(rows, table=table.set_column(at, REPAIRS, pa.array(repairs, REPAIRS.type)))
