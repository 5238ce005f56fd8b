"""Rows with one field too many: put right if there is exactly one way to do it that breaks no rule of the contract.

A row with a field too few is never put right: what is missing is in no other field, or grown together with one.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa

from include.contracts.model import Column, ColumnType, Contract
from include.quality.header import Layout
from include.quality.parsing import read_values
from include.quality.repairs import Repair
from include.quality.rules import all_breaches, any_row

FIELD = re.compile(r'(?:\A|,)("(?:[^"]|"")*"|[^",]*)')

# Ways to put rows right that are judged at a time: some megabytes.
BATCH_ROWS = 1_000


class Surplus(NamedTuple):
    """A row with one field too many, and its text."""

    fields: list[str]
    text: str


class Mended(NamedTuple):
    """The fields that are meant, and what was done."""

    fields: list[str]
    repair: Repair


def mend(contract: Contract, layout: Layout, rows: Sequence[Surplus]) -> list[Mended | None]:
    """Each row put right; None where no way or more than one leads to a row without a breach."""
    return [found[0] if len(found) == 1 else None for found in ways(contract, layout, rows)]


def ways(contract: Contract, layout: Layout, rows: Sequence[Surplus]) -> list[list[Mended]]:
    """For each row all ways that lead to a row without a breach."""
    found: list[list[Mended]] = []
    for at in range(0, len(rows), BATCH_ROWS):
        found += _ways_of_batch(contract, layout, rows[at : at + BATCH_ROWS])
    return found


def _ways_of_batch(contract: Contract, layout: Layout, rows: Sequence[Surplus]) -> list[list[Mended]]:
    tried = [(row, way) for row, surplus in enumerate(rows) for way in _possible(contract, layout, surplus)]
    columns = {
        name: pa.array([way.fields[place[0]] or None if place else None for _, way in tried], pa.string())
        for name, place in layout.places.items()
    }
    is_broken = any_row(all_breaches(contract, read_values(contract, pa.table(columns))), len(tried))
    found: list[list[Mended]] = [[] for _ in rows]
    for (row, way), broken in zip(tried, is_broken, strict=True):
        if not broken:
            found[row].append(way)
    return found


def _possible(contract: Contract, layout: Layout, row: Surplus) -> Iterator[Mended]:
    """All ways that lose no value of a column, each result once."""
    fields, seen = row.fields, set()
    for way in (*_without_empty(fields), *_joined(contract, layout, row), Mended(fields[:-1], Repair.SURPLUS_FIELD)):
        if tuple(way.fields) not in seen:
            seen.add(tuple(way.fields))
            yield way


def _without_empty(fields: list[str]) -> Iterator[Mended]:
    for at, field in enumerate(fields):
        if not field.strip():
            yield Mended([*fields[:at], *fields[at + 1 :]], Repair.STRAY_COMMA)


def _joined(contract: Contract, layout: Layout, row: Surplus) -> Iterator[Mended]:
    """Neighbours that were one value of free text: neither is in quotes, or the comma would not have parted them."""
    is_quoted = [value.startswith('"') for value in FIELD.findall(row.text.rstrip("\r\n"))]
    if len(is_quoted) != len(row.fields):
        return
    free = {at for name, places in layout.places.items() for at in places if _is_free(contract.column(name))}
    for at, (left, right) in enumerate(zip(row.fields, row.fields[1:], strict=False)):
        if at in free and left.strip() and right.strip() and not any(is_quoted[at : at + 2]):
            yield Mended([*row.fields[:at], f"{left},{right}", *row.fields[at + 2 :]], Repair.UNQUOTED_COMMA)


def _is_free(column: Column) -> bool:
    return column.type is ColumnType.STRING and column.pattern is None and not column.allowed
