"""The records of a file with faults, one by one: a bad one does not take its neighbours along."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from include.contracts.model import Contract
from include.quality.encoding import from_cp1252
from include.quality.header import Layout
from include.quality.repairs import Repair
from include.quality.surplus import Surplus, mend, ways

# A quoted value may hold line breaks (statements do). A quote that is never closed looks the same and would swallow
# the rest of the file; no statement has as many lines as this, so a longer record is given up.
LONGEST_RECORD = 200

# How reports sign off: `TOTAL,2000`, `Row count: 2000`, `(2000 rows selected)`, `END OF FILE`.
TOTALS = re.compile(
    r"\W*((grand )?totals?|(total )?(row|record|line)s?( count)?|trailer|end of (file|report|extract))[\W\d]*"
    r"|\W*\d+ (row|record|line)s?( (selected|exported|written))?\W*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[\d., ]+")
NOT_UTF8 = re.compile("[\udc80-\udcff]")  # bytes, as `surrogateescape` decodes them


class Malformed(StrEnum):
    """Why a record is not a row. `row:` because no single column is at fault."""

    TOO_FEW_FIELDS = "row:too_few_fields"
    TOO_MANY_FIELDS = "row:too_many_fields"
    NUL_BYTE = "row:nul_byte"
    NOT_UTF8 = "row:not_utf8"
    BROKEN_QUOTES = "row:broken_quotes"


@dataclass
class Record:
    """One record. `row`: its number in the file, from 1. `text`: as it came, bytes that are not UTF-8 as lone
    surrogates. `fields`: put right as far as that is certain; the one line if its quotes are broken.
    """

    row: int
    text: str
    fields: list[str]
    repairs: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_records(
    contract: Contract, layout: Layout, body: bytes, *, may_be_cp1252: bool
) -> tuple[list[Record], Counter[str]]:
    """The records below a header, and the lines between them that are none, by kind."""
    found = list(_records(contract, layout, body))
    for record in found:
        if not record.faults:
            _judge(record, layout.width, may_be_cp1252=may_be_cp1252)
    records = [record for record in found if record.fields != layout.header]
    headers, lines = len(found) - len(records), len(records)
    while records and is_totals_line(records[-1].fields):
        records.pop()
    _mend_all(contract, layout, records)
    return records, +Counter(
        {Repair.REPEATED_HEADER.value: headers, Repair.TOTALS_LINE.value: lines - len(records)},
    )


def is_totals_line(fields: Sequence[str | None]) -> bool:
    """A line that says what it is in its first value, and has nothing but numbers beside it."""
    first, *others = [value for value in fields if value and value.strip()] or [""]
    return bool(TOTALS.fullmatch(first)) and all(NUMBER.fullmatch(value) for value in others)


def _records(contract: Contract, layout: Layout, body: bytes) -> Iterator[Record]:
    lines = list(io.StringIO(body.decode("utf-8", "surrogateescape"), newline=""))
    at = row = 0
    for fields, taken in _split(contract, layout, lines):
        text = "".join(lines[at : at + taken])
        at += taken
        if fields == []:  # a blank line
            continue
        row += 1
        if fields is None:
            line = [text.rstrip("\r\n")]
            yield Record(row, text, line, faults=[Malformed.BROKEN_QUOTES])
        else:
            yield Record(row, text, fields)


def _split(contract: Contract, layout: Layout, lines: Sequence[str]) -> Iterator[tuple[list[str] | None, int]]:
    """Fields of each record and how many lines it takes; no fields if its quotes are broken."""
    at = 0

    def ahead() -> Iterator[str]:
        """Never more lines ahead of the record that is being read than one may have."""
        reached = at
        while reached < min(at + LONGEST_RECORD, len(lines)):
            yield lines[reached]
            reached += 1

    while at < len(lines):
        # One reader for as many records of one line as follow each other: a reader a record takes five times as long.
        start, reader = at, csv.reader(ahead())
        with suppress(csv.Error):
            for fields in reader:
                if reader.line_num > at - start + 1:
                    break
                yield fields, 1
                at += 1
        if at < len(lines):
            found, taken = _of_many_lines(contract, layout, lines[at : at + LONGEST_RECORD])
            yield found, taken
            at += taken


def _of_many_lines(contract: Contract, layout: Layout, lines: Sequence[str]) -> tuple[list[str] | None, int]:
    """Fields of a record that is said to have several lines, and how many it takes; no fields if that is not believed.

    Believed is only a record without any fault, or one that would be without a fault if it had a field less: one open
    quote must not cost rows below.
    """
    reader = csv.reader(lines, strict=True)
    try:
        fields = next(reader)
    except csv.Error:
        return None, 1
    is_believed = len(fields) == layout.width
    if len(fields) == layout.width + 1:
        values = [readable(value).strip("\0") for value in fields]
        is_believed = any(ways(contract, layout, [Surplus(values, "".join(lines[: reader.line_num]))]))
    return (fields, reader.line_num) if is_believed else (None, 1)


def readable(value: str) -> str:
    """Text without what cannot be written."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _judge(record: Record, width: int, *, may_be_cp1252: bool) -> None:
    """Put right the characters of a record; note its faults."""
    is_utf8 = record.text.isascii() or not NOT_UTF8.search(record.text)
    if not is_utf8 and may_be_cp1252 and (read := from_cp1252(record.fields)):
        record.fields, is_utf8 = read, True
        record.repairs.append(Repair.CP1252)
    # At the ends of a value NUL is what C pads with; within a value a character is lost.
    if "\0" in record.text and (unpadded := [value.strip("\0") for value in record.fields]) != record.fields:
        record.fields = unpadded
        record.repairs.append(Repair.NUL_PADDING)
    found = {
        Malformed.TOO_FEW_FIELDS: len(record.fields) < width,
        Malformed.TOO_MANY_FIELDS: len(record.fields) > width,
        Malformed.NUL_BYTE: "\0" in record.text and any("\0" in value for value in record.fields),
        Malformed.NOT_UTF8: not is_utf8,
    }
    record.faults += [fault.value for fault, is_there in found.items() if is_there]


def _mend_all(contract: Contract, layout: Layout, records: Sequence[Record]) -> None:
    """Put right the records whose only fault is one field too many."""
    one_too_many = [
        record
        for record in records
        if record.faults == [Malformed.TOO_MANY_FIELDS] and len(record.fields) == layout.width + 1
    ]
    mended = mend(contract, layout, [Surplus(record.fields, record.text) for record in one_too_many])
    for record, way in zip(one_too_many, mended, strict=True):
        if way is not None:
            record.fields, record.faults = way.fields, []
            record.repairs.append(way.repair)
