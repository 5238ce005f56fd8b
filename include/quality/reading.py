"""A landed part as rows of text: every record of the file is either a row with the contract's columns or malformed.

Dialect: comma, double quotes, a quote inside quotes doubled, UTF-8 with or without a byte order mark.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.csv as pa_csv

from include.contracts.model import Contract
from include.quality.errors import StagingError

SOURCE = pa.schema([("source_attempt", pa.int32()), ("source_part", pa.string()), ("source_row", pa.int64())])
QUARANTINED = pa.schema([*SOURCE, ("raw", pa.string()), ("reasons", pa.list_(pa.string()))])

# A quoted value may hold line breaks (statements do). A quote that is never closed looks the same and would swallow
# the rest of the file; no statement has as many lines as this, so a longer record is given up.
LONGEST_RECORD = 200
# One parser block must hold the longest record (a statement is some kilobytes) and a block in memory is cheap.
BLOCK_BYTES = 1 << 24
LINE_END = re.compile(rb"\r\n|\n|\r")


class Malformed(StrEnum):
    """Why a record is not a row. `row:` because no single column is at fault."""

    TOO_FEW_FIELDS = "row:too_few_fields"
    TOO_MANY_FIELDS = "row:too_many_fields"
    NUL_BYTE = "row:nul_byte"
    NOT_UTF8 = "row:not_utf8"
    BROKEN_QUOTES = "row:broken_quotes"


@dataclass(frozen=True)
class Part:
    """A landed gzip CSV and the attempt (1, 2, ...) that brought it."""

    attempt: int
    name: str
    path: Path


@dataclass(frozen=True)
class Rows:
    """The records of one part. `received` is counted by the reader, blank lines apart.

    `table`: the contract's columns as text (null for an empty field), then where the row came from.
    `malformed`: the key columns as far as they can be read, then the columns of `QUARANTINED`; `raw` is a JSON array of
    the fields, with bytes that are not UTF-8 as lone surrogates, so that they can be had back.
    """

    received: int
    table: pa.Table
    malformed: pa.Table


def text_schema(contract: Contract) -> pa.Schema:
    """Columns of `Rows.table`."""
    return pa.schema([*((name, pa.string()) for name in contract.names), *SOURCE])


def refused_schema(contract: Contract) -> pa.Schema:
    """Columns of `Rows.malformed`."""
    return pa.schema([*((name, pa.string()) for name in contract.key), *QUARANTINED])


def read_part(contract: Contract, part: Part) -> Rows:
    """Read one part. Raises `StagingError` if the file or its header cannot be used."""
    header, body = _split(contract, part)
    columns = _columns(contract, part, header)
    table = _read_regular(columns, body)
    if table is not None:
        values = [table[name] for name in contract.names]
        whole = pa.table([*values, *_source(part, range(1, len(table) + 1))], schema=text_schema(contract))
        return Rows(len(table), whole, refused_schema(contract).empty_table())
    records = list(_read_any(columns, body))
    return Rows(
        received=len(records),
        table=_table(contract, part, columns, [record for record in records if not record.faults]),
        malformed=_malformed(contract, part, columns, [record for record in records if record.faults]),
    )


def _split(contract: Contract, part: Part) -> tuple[list[str], bytes]:
    """Header fields, and the bytes after the header line."""
    try:
        data = gzip.decompress(part.path.read_bytes()).removeprefix(b"\xef\xbb\xbf")
        line, *rest = LINE_END.split(data.lstrip(b"\r\n"), maxsplit=1)
        header = next(csv.reader([line.decode("utf-8")]), [])
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise StagingError(f"{_where(contract, part)} is not a whole gzip file; fetch the export again") from None
    except (UnicodeDecodeError, csv.Error):
        raise StagingError(f"{_where(contract, part)}: header is not UTF-8 CSV; fetch the export again") from None
    return [name.strip() for name in header], rest[0] if rest else b""


def _columns(contract: Contract, part: Part, header: Sequence[str]) -> list[str]:
    """The contract's column names in the order of the file."""
    names = {column.source: column.name for column in contract.columns}
    missing = [source for source in names if source not in header]
    twice = [source for source in names if header.count(source) > 1]
    unknown = [name for name in header if name not in names]
    if missing or twice or unknown:
        # A line that lacks most names is no header: it may be a row, and rows are not quoted in messages.
        is_header = len(missing) <= len(names) / 2
        shown = ", ".join(name[:40] for name in unknown) if is_header else f"{len(unknown)} fields, not shown"
        found = {"missing": ", ".join(missing), "twice": ", ".join(twice), "unknown": shown if unknown else ""}
        faults = "; ".join(f"{fault} [{what}]" for fault, what in found.items() if what)
        raise StagingError(f"{_where(contract, part)}: header {faults}; ask the agency, or correct the contract")
    return [names[source] for source in header]


def _where(contract: Contract, part: Part) -> str:
    return f"dataset [{contract.dataset}], attempt [{part.attempt}], part [{part.name}]"


def _read_regular(columns: Sequence[str], body: bytes) -> pa.Table | None:
    """A file without a fault, fast; None if there is a fault anywhere."""
    if not body.strip(b"\r\n"):
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    # Arrow lets NUL bytes pass, and a quote that is never closed in the last column take the following rows with it.
    if b"\0" in body or body.count(b'"') % 2:
        return None
    try:
        return pa_csv.read_csv(
            pa.BufferReader(body),
            read_options=pa_csv.ReadOptions(column_names=list(columns), block_size=BLOCK_BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=[""],  # nothing else is null: NULL is a surname
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


class Record(NamedTuple):
    """One record of a file with faults. `row`: its number, from 1."""

    row: int
    fields: list[str]
    faults: list[str]


def _read_any(columns: Sequence[str], body: bytes) -> Iterator[Record]:
    """The records of a file with faults, one by one."""
    lines = list(io.StringIO(body.decode("utf-8", "surrogateescape"), newline=""))
    at = row = 0
    while at < len(lines):
        fields, taken = _record(lines, at, len(columns))
        at += taken
        if fields == []:  # a blank line
            continue
        row += 1
        if fields is None:
            yield Record(row, [lines[at - 1].rstrip("\r\n")], [Malformed.BROKEN_QUOTES])
        else:
            yield Record(row, fields, _faults(fields, len(columns)))


def _record(lines: Sequence[str], at: int, width: int) -> tuple[list[str] | None, int]:
    """Fields of the record that begins at a line, and how many lines it takes; no fields if its quotes are broken."""
    window = lines[at : at + LONGEST_RECORD]
    try:
        reader = csv.reader(window)
        fields = next(reader)
        if reader.line_num > 1:
            # Over several lines only a record without any fault is believed: one open quote must not cost rows below.
            reader = csv.reader(window, strict=True)
            fields = next(reader)
    except csv.Error:
        return None, 1
    return (None, 1) if reader.line_num > 1 and len(fields) != width else (fields, reader.line_num)


def _faults(fields: Sequence[str], width: int) -> list[str]:
    text = "".join(fields)
    found = {
        Malformed.TOO_FEW_FIELDS: len(fields) < width,
        Malformed.TOO_MANY_FIELDS: len(fields) > width,
        Malformed.NUL_BYTE: "\0" in text,
        Malformed.NOT_UTF8: any("\udc80" <= character <= "\udcff" for character in text),
    }
    return [fault.value for fault, is_there in found.items() if is_there]


def _table(contract: Contract, part: Part, columns: Sequence[str], records: Sequence[Record]) -> pa.Table:
    at = {name: columns.index(name) for name in contract.names}
    values = [[record.fields[at[name]] or None for record in records] for name in contract.names]
    return pa.table([*values, *_source(part, [record.row for record in records])], schema=text_schema(contract))


def _malformed(contract: Contract, part: Part, columns: Sequence[str], records: Sequence[Record]) -> pa.Table:
    at = {name: columns.index(name) for name in contract.key}
    key = [[_field(record, at[name]) for record in records] for name in contract.key]
    raw = [json.dumps(record.fields) for record in records]
    source = _source(part, [record.row for record in records])
    reasons = [record.faults for record in records]
    return pa.table([*key, *source, raw, reasons], schema=refused_schema(contract))


def _field(record: Record, at: int) -> str | None:
    """A field of a malformed record, if it is there."""
    return record.fields[at].encode("utf-8", "replace").decode("utf-8") if at < len(record.fields) else None


def _source(part: Part, rows: Sequence[int]) -> list[pa.Array]:
    """The columns of `SOURCE`."""
    attempt, name = pa.scalar(part.attempt, pa.int32()), pa.scalar(part.name, pa.string())
    return [pa.repeat(attempt, len(rows)), pa.repeat(name, len(rows)), pa.array(rows, pa.int64())]
