"""Refused rows judged again, after the contract or the parser was mended.

Each row is read as a file of its own, under the header that it came with: what stands around it in another file, or in
the next row, has no say in how it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from include.contracts.model import Contract
from include.quality.errors import PartError
from include.quality.hashing import encode
from include.quality.parsing import as_mask, read_values
from include.quality.reading import SOURCE, Part, Raw, Rows, read_text, text_schema
from include.quality.reasons import sentence
from include.quality.staging import accepted_schema, hashed, judge


@dataclass(frozen=True)
class Refused:
    """A row in quarantine: its number there, where it came from, and itself."""

    quarantine_id: int
    attempt: int
    part: str
    row: int
    raw: str


@dataclass(frozen=True)
class Rejudged:
    """`accepted`: the columns of `accepted_schema` and `quarantine_id`. `refused`: number -> reasons and the sentence.
    `duplicate`: rows of versions that another of the rows brought."""

    accepted: pa.Table
    refused: dict[int, tuple[list[str], str]]
    duplicate: list[int]


def rejudge(contract: Contract, rows: Sequence[Refused]) -> Rejudged:
    """Judge refused rows of one dataset under the contract as it is now. Every row has exactly one outcome."""
    ordered = sorted(rows, key=lambda row: (row.attempt, row.part, row.row, row.quarantine_id))
    read, refused = [], {}
    for row in ordered:
        alone = _read(contract, row)
        if isinstance(alone, str):
            refused[row.quarantine_id] = (["row:not_one_row"], alone)
        else:
            read.append(alone)
    judged = judge(contract, read)
    for number, labels in zip(
        *(judged.quarantined[name].to_pylist() for name in ("source_row", "reasons")), strict=True
    ):
        refused[number] = (labels, sentence(contract, labels))
    hashed_rows = pa.concat_tables([accepted_schema(contract).empty_table(), *hashed(contract, judged.accepted)])
    accepted = _with_sources(hashed_rows, {row.quarantine_id: row for row in rows})
    known = {*refused, *accepted["quarantine_id"].to_pylist()}
    merged = [alone for alone in read if alone.received and not known.intersection(_numbers(alone))]
    duplicate = _of_versions(contract, merged, accepted)
    for alone in merged:  # another row speaks for their version, and is refused
        for number in set(_numbers(alone)) - duplicate:
            refused[number] = (["row:merged"], "the version that it is part of is refused for what another row lacks.")
    return Rejudged(accepted, refused, sorted(duplicate))


def _numbers(rows: Rows) -> list[int]:
    return [*rows.table["source_row"].to_pylist(), *rows.malformed["source_row"].to_pylist()]


def _of_versions(contract: Contract, read: Sequence[Rows], accepted: pa.Table) -> set[int]:
    """Numbers of the rows whose version is among the accepted ones."""
    text = pa.concat_tables([text_schema(contract).empty_table(), *(rows.table for rows in read)])
    versions = encode(read_values(contract, text, contract.version_key).table, contract.version_key)
    is_there = as_mask(pc.is_in(versions, value_set=encode(accepted, contract.version_key)))
    return set(text["source_row"].filter(pa.array(is_there)).to_pylist())


def _read(contract: Contract, row: Refused) -> Rows | str:
    """The row alone, numbered by its number in quarantine; a sentence if it is not one row any more."""
    raw = Raw.from_json(row.raw)
    try:
        rows = read_text(contract, Part(row.attempt, row.part, Path()), raw.to_csv(), recoded=raw.recoded)
    except PartError:
        return "the header of its file is none of this contract's; correct the contract and replay."
    if rows.received != 1:
        return "read by itself it is no row, or several; ask the agency for the row anew."
    number = row.quarantine_id
    return replace(
        rows,
        table=_numbered(rows.table, [number] * len(rows.table)),
        malformed=_numbered(rows.malformed, [number] * len(rows.malformed)),
    )


def _with_sources(accepted: pa.Table, rows: dict[int, Refused]) -> pa.Table:
    """The number in quarantine as a column of its own, and the row's true number in its place."""
    numbers = accepted["source_row"].to_pylist()
    table = _numbered(accepted, [rows[number].row for number in numbers])
    return table.append_column("quarantine_id", pa.array(numbers, pa.int64()))


def _numbered(table: pa.Table, numbers: list[int]) -> pa.Table:
    at = table.column_names.index("source_row")
    return table.set_column(at, SOURCE.field("source_row"), pa.array(numbers, pa.int64()))
