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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from include.contracts.model import Contract
from include.quality.encoding import DOUBLED_BYTES, as_utf8, from_cp1252, undo_double_encoding
from include.quality.errors import PartError
from include.quality.header import HeaderError, Layout, find_header, lay_out, needs
from include.quality.repairs import SET_APART, Repair
from include.quality.surplus import Mended, Surplus, mend

SOURCE = pa.schema([("source_attempt", pa.int32()), ("source_part", pa.string()), ("source_row", pa.int64())])
QUARANTINED = pa.schema([*SOURCE, ("raw", pa.string()), ("reasons", pa.list_(pa.string()))])
REPAIRS = pa.field("repairs", pa.list_(pa.string()))

# A quoted value may hold line breaks (statements do). A quote that is never closed looks the same and would swallow
# the rest of the file; no statement has as many lines as this, so a longer record is given up.
LONGEST_RECORD = 200
# One parser block must hold the longest record (a statement is some kilobytes) and a block in memory is cheap.
BLOCK_BYTES = 1 << 24

# How reports sign off: `TOTAL,2000`, `Row count: 2000`, `(2000 rows selected)`, `END OF FILE`.
TOTALS = re.compile(
    r"\W*((grand )?totals?|(total )?(row|record|line)s?( count)?|trailer|end of (file|report|extract))[\W\d]*"
    r"|\W*\d+ (row|record|line)s?( (selected|exported|written))?\W*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[\d., ]+")


class Malformed(StrEnum):
    """Why a record is not a row. `row:` because no single column is at fault."""

    TOO_FEW_FIELDS = "row:too_few_fields"
    TOO_MANY_FIELDS = "row:too_many_fields"
    NUL_BYTE = "row:nul_byte"
    NOT_UTF8 = "row:not_utf8"
    BROKEN_QUOTES = "row:broken_quotes"


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
    `malformed`: the key columns as far as they can be read, then the columns of `QUARANTINED`; `raw` is a JSON array of
    the fields, with bytes that are not UTF-8 as lone surrogates, so that they can be had back.
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
        header = find_header(contract, text)
        layout = lay_out(contract, header)
        body = text[header.end :]
        rows = _read_regular(contract, part, layout, body)
        if rows is None:
            # In UTF-16 no byte is CP1252's.
            rows = _read_any(contract, part, layout, body, may_be_cp1252=came_as in (None, Repair.BOM))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise PartError(f"{_where(contract, part)}: not a whole gzip file; fetch the export again") from None
    except UnicodeDecodeError as error:
        raise PartError(f"{_where(contract, part)}: not whole [{error.encoding}]; fetch the export again") from None
    except HeaderError as error:
        raise PartError(f"{_where(contract, part)}: {error}") from None
    if not body.isascii() and DOUBLED_BYTES.search(body):
        rows = _encoded_once(contract, rows)
    marks = rows.marks + layout.marks + Counter([came_as.value] if came_as else [])
    return replace(rows, marks=marks)


def _where(contract: Contract, part: Part) -> str:
    return f"dataset [{contract.dataset}], attempt [{part.attempt}], part [{part.name}]"


def _encoded_once(contract: Contract, rows: Rows) -> Rows:
    values, is_repaired = undo_double_encoding(rows.table.select(contract.names))
    repairs = [
        [*(before or ()), Repair.DOUBLE_ENCODED] if repaired else before
        for before, repaired in zip(rows.table["repairs"].to_pylist(), is_repaired, strict=True)
    ]
    columns = [*values.columns, *rows.table.select(SOURCE.names).columns, pa.array(repairs, REPAIRS.type)]
    return replace(rows, table=pa.table(columns, schema=text_schema(contract)))


# -- a file without a fault in its rows, fast


def _read_regular(contract: Contract, part: Part, layout: Layout, body: bytes) -> Rows | None:
    """All rows; None if there is a fault in any."""
    fields = _split_regular(layout, body)
    if fields is None:
        return None
    marks: Counter[str] = Counter()
    numbers = pa.array(np.arange(1, len(fields) + 1))
    first = layout.places[contract.key[0]][0]
    if pc.any(pc.equal(fields[str(first)], layout.header[first])).as_py():
        names = [layout.header[at] for at in layout.used]
        is_header = np.array([list(row.values()) == names for row in fields.to_pylist()])
        marks[Repair.REPEATED_HEADER] = int(is_header.sum())
        fields, numbers = fields.filter(pa.array(~is_header)), numbers.filter(pa.array(~is_header))
    while len(fields) and _is_totals_line(list(fields[-1:].to_pylist()[0].values())):
        marks[Repair.TOTALS_LINE] += 1
        fields, numbers = fields[:-1], numbers[:-1]
    repairs = pa.nulls(len(fields), REPAIRS.type)
    table = _table(contract, part, layout, {at: fields[str(at)] for at in layout.used}, numbers, repairs)
    return Rows(len(table), table, refused_schema(contract).empty_table(), marks)


def _split_regular(layout: Layout, body: bytes) -> pa.Table | None:
    """The fields of `layout.used`, by their place."""
    used = [str(at) for at in layout.used]
    if not body.strip(b"\r\n"):
        return pa.table({place: pa.array([], pa.string()) for place in used})
    # Arrow lets NUL bytes pass, and a quote that is never closed in the last column take the following rows with it.
    if b"\0" in body or body.count(b'"') % 2:
        return None
    try:
        return pa_csv.read_csv(
            pa.BufferReader(body),
            read_options=pa_csv.ReadOptions(
                column_names=[str(at) for at in range(layout.width)], block_size=BLOCK_BYTES
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


# -- a file with faults, record by record


@dataclass
class Record:
    """One record of a file with faults. `row`: its number, from 1. `fields`: None if its quotes are broken."""

    row: int
    text: str
    fields: list[str] | None
    repairs: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _read_any(contract: Contract, part: Part, layout: Layout, body: bytes, *, may_be_cp1252: bool) -> Rows:
    found = list(_records(contract, layout, body))
    for record in found:
        _judge(record, layout.width, may_be_cp1252=may_be_cp1252)
    headers = [record for record in found if record.fields == layout.header]
    records = [record for record in found if record.fields != layout.header]
    received = len(records)
    while records and _is_totals_line(records[-1].fields or []):
        records.pop()
    marks = Counter({Repair.REPEATED_HEADER.value: len(headers), Repair.TOTALS_LINE.value: received - len(records)})
    _mend_all(contract, layout, records)

    rows = [record for record in records if not record.faults]
    columns = {at: _column(rows, at) for at in layout.used}
    repairs = pa.array([record.repairs or None for record in rows], REPAIRS.type)
    table = _table(contract, part, layout, columns, pa.array([record.row for record in rows], pa.int64()), repairs)
    refused = _malformed(contract, part, layout, [record for record in records if record.faults])
    return Rows(len(records), table, refused, +marks)


def _records(contract: Contract, layout: Layout, body: bytes) -> Iterator[Record]:
    lines = list(io.StringIO(body.decode("utf-8", "surrogateescape"), newline=""))
    at = row = 0
    while at < len(lines):
        fields, taken = _record(contract, layout, lines, at)
        text = "".join(lines[at : at + taken])
        at += taken
        if fields != []:  # a blank line
            row += 1
            yield Record(row, text, fields)


def _record(contract: Contract, layout: Layout, lines: Sequence[str], at: int) -> tuple[list[str] | None, int]:
    """Fields of the record that begins at a line, and how many lines it takes; no fields if its quotes are broken."""
    window = lines[at : at + LONGEST_RECORD]
    try:
        reader = csv.reader(window)
        fields = next(reader)
        if reader.line_num == 1:
            return fields, 1
        # Over several lines only a record without any fault is believed, or one that can be put right: one open quote
        # must not cost rows below.
        reader = csv.reader(window, strict=True)
        fields = next(reader)
    except csv.Error:
        return None, 1
    if len(fields) == layout.width + 1:
        text = "".join(window[: reader.line_num])
        return (fields, reader.line_num) if mend(contract, layout, [Surplus(fields, text)])[0] else (None, 1)
    return (fields, reader.line_num) if len(fields) == layout.width else (None, 1)


def _judge(record: Record, width: int, *, may_be_cp1252: bool) -> None:
    """Put right the characters of a record; note its faults."""
    if record.fields is None:
        record.faults.append(Malformed.BROKEN_QUOTES)
        return
    is_utf8 = not any("\ud800" <= character <= "\udfff" for character in record.text)
    if not is_utf8 and may_be_cp1252 and (read := from_cp1252(record.fields)):
        record.fields, is_utf8 = read, True
        record.repairs.append(Repair.CP1252)
    # At the ends of a value NUL is what C pads with; within a value a character is lost.
    unpadded = [value.strip("\0") for value in record.fields]
    if unpadded != record.fields:
        record.fields = unpadded
        record.repairs.append(Repair.NUL_PADDING)
    found = {
        Malformed.TOO_FEW_FIELDS: len(record.fields) < width,
        Malformed.TOO_MANY_FIELDS: len(record.fields) > width,
        Malformed.NUL_BYTE: any("\0" in value for value in record.fields),
        Malformed.NOT_UTF8: not is_utf8,
    }
    record.faults += [fault.value for fault, is_there in found.items() if is_there]


def _mend_all(contract: Contract, layout: Layout, records: Sequence[Record]) -> None:
    one_too_many = [
        (record, Surplus(record.fields, record.text))
        for record in records
        if record.faults == [Malformed.TOO_MANY_FIELDS]
        and record.fields is not None
        and len(record.fields) == layout.width + 1
    ]
    mended: list[Mended | None] = mend(contract, layout, [surplus for _, surplus in one_too_many])
    for (record, _), way in zip(one_too_many, mended, strict=True):
        if way is not None:
            record.fields, record.faults = way.fields, []
            record.repairs.append(way.repair)


def _is_totals_line(fields: Sequence[str | None]) -> bool:
    """A line that says what it is in its first value, and has nothing but numbers beside it."""
    first, *others = [value for value in fields if value and value.strip()] or [""]
    return bool(TOTALS.fullmatch(first)) and all(NUMBER.fullmatch(value) for value in others)


def _column(records: Sequence[Record], at: int) -> pa.Array:
    return pa.array([record.fields[at] or None if record.fields else None for record in records], pa.string())


# -- tables


def _table(
    contract: Contract,
    part: Part,
    layout: Layout,
    fields: dict[int, pa.ChunkedArray],
    rows: pa.Array,
    repairs: pa.Array,
) -> pa.Table:
    """Columns of the contract from the fields of a file. Raises `HeaderError` if one that is needed is disputed."""
    values = []
    for name, places in layout.places.items():
        source = contract.column(name).source
        same = all(fields[at].equals(fields[places[0]]) for at in places)
        if len(places) > 1:
            layout.marks[(Repair.SAME_COLUMN_TWICE if same else Repair.DISPUTED_COLUMN).of(source)] += 1
        if not same and needs(contract, name):
            raise HeaderError(f"column twice [{source}], not the same, and every row needs it; ask the agency")
        values.append(fields[places[0]] if places and same else pa.nulls(len(rows), pa.string()))
    return pa.table([*values, *_source(part, rows), repairs], schema=text_schema(contract))


def _malformed(contract: Contract, part: Part, layout: Layout, records: Sequence[Record]) -> pa.Table:
    fields = [[record.text.rstrip("\r\n")] if record.fields is None else record.fields for record in records]
    key = [[_readable(values, layout.places[name][0]) for values in fields] for name in contract.key]
    raw = [json.dumps(values) for values in fields]
    reasons = [[*record.faults, *record.repairs] for record in records]
    source = _source(part, pa.array([record.row for record in records], pa.int64()))
    return pa.table([*key, *source, raw, reasons], schema=refused_schema(contract))


def _readable(fields: Sequence[str], at: int) -> str | None:
    """A field of a malformed record, if it is there."""
    return fields[at].encode("utf-8", "replace").decode("utf-8") if at < len(fields) else None


def _source(part: Part, rows: pa.Array) -> list[pa.Array]:
    """The columns of `SOURCE`."""
    attempt, name = pa.scalar(part.attempt, pa.int32()), pa.scalar(part.name, pa.string())
    return [pa.repeat(attempt, len(rows)), pa.repeat(name, len(rows)), rows]
