"""Faults of a delivered file: what an extract program, a spreadsheet or a hand that merges files does to an export.

A fault works on the rows, on the columns of a part, on single lines of its text, or on its bytes, in this order. Which
columns and rows it hits follows from the plan alone, so that a damaged export has the same bytes wherever it is made.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa

from include.contracts.model import Contract
from include.interval import Interval
from include.simulator.source import Source


class FileFault(StrEnum):
    """A fault of a delivered file; the order is that in which they work."""

    OUT_OF_PERIOD = "out_of_period"  # rows updated outside the period that was asked for
    OTHER_PROGRAM = "other_program"  # cases of another program beside those asked for
    ALIASES_AS_ROWS = "aliases_as_rows"  # each alias as one more row of its subject
    FISCAL_YEAR_MISSING = "fiscal_year_missing"  # no row that was updated in one fiscal year of the period
    DUPLICATES = "duplicates"  # rows delivered twice
    MIXED_DATES = "mixed_dates"  # every other date in another format that the contract knows
    COLUMN_BLANK = "column_blank"  # a column without a single value
    FIELD_BLANK = "field_blank"  # a column without values for a third of the period
    COLUMNS_RENAMED = "columns_renamed"
    COLUMNS_REORDERED = "columns_reordered"  # in the order of the alphabet
    COLUMNS_DROPPED = "columns_dropped"
    COLUMN_TWICE = "column_twice"  # once more at the end, name and values
    COLUMNS_SHIFTED = "columns_shifted"  # a stray comma in some rows shifts the rest of them
    EXTRA_FIELDS = "extra_fields"  # some rows have one field more than the header
    NUL_BYTES = "nul_bytes"  # in some rows
    HEADER_REPEATED = "header_repeated"  # in the middle of every part
    CP1252 = "cp1252"  # apostrophes and letters beyond ASCII as bytes of CP1252
    DOUBLE_ENCODED = "double_encoded"  # the same, as UTF-8 that was taken for CP1252 and encoded again
    PREAMBLE = "preamble"  # two lines above the header
    UTF16 = "utf16"  # little-endian, with its byte order mark
    BOM = "bom"  # the byte order mark of UTF-8
    TOTALS_DISAGREE = "totals_disagree"  # the control totals promise more rows than there are


# Of every so many rows one is hit: often enough that a small export has one, seldom enough that nine rows in ten stay.
ONE_ROW_IN = 20

PROGRAM = "PGM_CD"  # source column of the program code
SMUGGLING = "SM1"  # program code, as the contract of investigations lists it
HAS_ALIASES, ALIASES = "tecs_subjects", "tecs_aliases"
FROM_ALIAS = ("subject_id", "name", "date_of_birth", "updated_at")  # columns that an alias shares with its subject


@dataclass(frozen=True)
class Planned:
    """A fault and what it hits. `luck` in [0, 1) settles what is left open: which rows, which year."""

    fault: FileFault
    columns: tuple[str, ...] = ()  # source columns
    luck: float = 0.0


@dataclass(frozen=True)
class Damage:
    """Everything that is wrong with the file of one attempt."""

    faults: tuple[Planned, ...] = ()
    totals_of_file: bool = False  # the control totals were counted in the damaged rows, not at the source


NO_DAMAGE = Damage()


@dataclass
class Applied:
    """What came of the damage: by fault, how many rows were hit (0: the fault is in the header or the bytes)."""

    rows: Counter[FileFault] = field(default_factory=Counter)

    def note(self, fault: FileFault, rows: int) -> None:
        """The fault is in the file, in so many more rows."""
        self.rows[fault] += rows

    def note_rows(self, fault: FileFault, rows: int) -> None:
        """The same for a fault of rows: where it changes none, the file is as it should be."""
        if rows:
            self.note(fault, rows)


@dataclass(frozen=True)
class Asked:
    """What was asked for, where it comes from, and how many rows that are."""

    contract: Contract
    period: Interval
    source: Source
    rows: int

    def table_of(self, dataset: str) -> Source:
        """Another dataset of the same world."""
        return Source(self.source.path.with_name(f"{dataset}.parquet"))


Tables = Iterator[pa.Table]


def candidates(fault: FileFault, contract: Contract) -> list[str]:
    """Source columns that the fault can hit; empty if it does not go with the dataset. A fault that hits no single
    column has all of them."""
    identity = set(contract.version_key)
    if fault is FileFault.MIXED_DATES:
        return [c.source for c in contract.columns if len(c.formats) > 1]
    if fault is FileFault.OTHER_PROGRAM:
        return [c.source for c in contract.columns if c.source == PROGRAM]
    if fault is FileFault.ALIASES_AS_ROWS:
        return [c.source for c in contract.columns if c.name in FROM_ALIAS] if contract.dataset == HAS_ALIASES else []
    if fault in ONE_COLUMN:
        return [c.source for c in contract.columns if c.name not in identity]
    return [c.source for c in contract.columns]


def choose(fault: FileFault, contract: Contract, luck: float) -> Planned | None:
    """The fault with columns of its own choice; None if it does not go with the dataset."""
    possible = candidates(fault, contract)
    if not possible:
        return None
    if fault in ONE_COLUMN:
        possible = [possible[int(luck * len(possible))]]
    elif fault not in NAMED_COLUMNS:
        possible = []
    return Planned(fault, tuple(possible), luck * 997 % 1)  # the low digits: not those that chose the column


ONE_COLUMN = (
    FileFault.COLUMN_BLANK,
    FileFault.FIELD_BLANK,
    FileFault.COLUMNS_RENAMED,
    FileFault.COLUMNS_DROPPED,
    FileFault.COLUMN_TWICE,
    FileFault.COLUMNS_SHIFTED,
    FileFault.NUL_BYTES,
)
NAMED_COLUMNS = (FileFault.MIXED_DATES, FileFault.OTHER_PROGRAM, FileFault.ALIASES_AS_ROWS)
