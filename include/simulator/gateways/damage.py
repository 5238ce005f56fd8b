"""Faults of a delivered file: what an extract program, a spreadsheet or a hand that merges files does to an export.

A fault works on the rows, on the columns of a part, on single lines of its text, or on its bytes, in this order. Which
columns and rows it hits follows from the plan alone, so that a damaged export has the same bytes wherever it is made.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from io import BytesIO
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.contracts.model import Contract
from include.interval import Interval
from include.simulator.draw import Bools
from include.simulator.source import UPDATED, Source


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

# Where rows of other days come from: a program whose dates are off by a month at most.
NEARBY = timedelta(days=30)

PREAMBLE = b'"SIMULATED EXTRACT - FOR OFFICIAL USE ONLY"\n"Run by BATCH01"\n'
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


# -- what can hit what


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


# -- faults of rows


def spoil_rows(damage: Damage, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    """The rows that are delivered instead of those that were asked for; the last column is still `UPDATED`."""
    by_fault = {planned.fault: planned for planned in damage.faults}
    for fault, spoil in ROWS.items():
        if fault in by_fault:
            tables = spoil(by_fault[fault], asked, tables, applied)
    return tables


def _out_of_period(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    start, end = asked.period.start, asked.period.end
    nearest = [*deque(asked.source.rows(Interval(start - NEARBY, start)), maxlen=1)]
    nearest += islice(asked.source.rows(Interval(end, end + NEARBY)), 1)
    for strangers in nearest[:1]:
        few = strangers.slice(max(0, strangers.num_rows - 1 - asked.rows // ONE_ROW_IN))
        applied.note_rows(planned.fault, few.num_rows)
        yield few
    yield from tables


def _other_program(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    """Invented cases: those that are there under other numbers, and without a kind of trafficking."""
    key = asked.contract.column(asked.contract.key[0]).source
    for table, hit in _some_rows(planned, asked, tables):
        others = table.filter(pa.array(hit))
        numbers = pc.replace_substring(others.column(key), "HT", "SM")
        others = _with(others, key, numbers)
        others = _with(others, PROGRAM, pa.array([SMUGGLING] * others.num_rows, pa.string()))
        others = _with(others, "CATEGORY", pa.nulls(others.num_rows, pa.string()))
        applied.note_rows(planned.fault, others.num_rows)
        yield pa.concat_tables([table, others])


def _aliases_as_rows(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    yield from tables
    aliases = asked.table_of(ALIASES)
    names = {asked.contract.column(name).source: name for name in FROM_ALIAS}
    alias_columns = {
        "subject_id": "SUBJ_ID",
        "name": "ALIAS_NAME",
        "date_of_birth": "ALIAS_DOB",
        "updated_at": "LAST_UPD",
    }
    for table in aliases.rows(asked.period):
        empty = pa.nulls(table.num_rows, pa.string())
        columns = {
            c.source: table.column(alias_columns[names[c.source]]) if c.source in names else empty
            for c in asked.contract.columns
        }
        applied.note_rows(planned.fault, table.num_rows)
        yield pa.table({**columns, UPDATED: table.column(UPDATED)})


def _fiscal_year_missing(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    """Only a period of several fiscal years can lack one."""
    first, last = _fiscal_year(asked.period.start), _fiscal_year(asked.period.end - timedelta(seconds=1))
    year = first + int(planned.luck * (last - first + 1))
    start, end = (datetime(y, 10, 1, tzinfo=UTC) for y in (year - 1, year))
    for table in tables:
        kept = ~_updated_in(table, start, end) if last > first else np.ones(table.num_rows, bool)
        if not kept.all():
            applied.note_rows(planned.fault, int((~kept).sum()))
        yield table.filter(pa.array(kept))


def _duplicates(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    for table, hit in _some_rows(planned, asked, tables):
        applied.note_rows(planned.fault, int(hit.sum()))
        yield table.take(pa.array(np.repeat(np.arange(table.num_rows), 1 + hit)))


def _mixed_dates(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    formats = {c.source: c.formats[:2] for c in asked.contract.columns if c.source in planned.columns}
    for table in tables:
        changed, rows = table, np.zeros(table.num_rows, bool)
        for name, (usual, other) in formats.items():
            values = table.column(name).to_pylist()
            rewritten = [_in_format(v, usual, other) if row % 2 else v for row, v in enumerate(values)]
            rows |= np.array([a != b for a, b in zip(values, rewritten, strict=True)], dtype=bool)
            changed = _with(changed, name, pa.array(rewritten, pa.string()))
        applied.note_rows(planned.fault, int(rows.sum()))
        yield changed


def _column_blank(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    return _blank(planned, asked.period, tables, applied)


def _field_blank(planned: Planned, asked: Asked, tables: Tables, applied: Applied) -> Tables:
    third = (asked.period.end - asked.period.start) / 3
    start = asked.period.start + 2 * planned.luck * third
    return _blank(planned, Interval(start, start + third), tables, applied)


def _blank(planned: Planned, stretch: Interval, tables: Tables, applied: Applied) -> Tables:
    """No values in the columns of rows that were updated in the stretch."""
    for table in tables:
        blanked, empty = table, pa.nulls(table.num_rows, pa.string())
        hit, lost = _updated_in(table, stretch.start, stretch.end), np.zeros(table.num_rows, bool)
        for name in planned.columns:
            lost |= hit & table.column(name).is_valid().to_numpy()
            blanked = _with(blanked, name, pc.if_else(pa.array(hit), empty, table.column(name)))
        applied.note_rows(planned.fault, int(lost.sum()))
        yield blanked


ROWS: dict[FileFault, Callable[[Planned, Asked, Tables, Applied], Tables]] = {
    FileFault.OUT_OF_PERIOD: _out_of_period,
    FileFault.OTHER_PROGRAM: _other_program,
    FileFault.ALIASES_AS_ROWS: _aliases_as_rows,
    FileFault.FISCAL_YEAR_MISSING: _fiscal_year_missing,
    FileFault.DUPLICATES: _duplicates,
    FileFault.MIXED_DATES: _mixed_dates,
    FileFault.COLUMN_BLANK: _column_blank,
    FileFault.FIELD_BLANK: _field_blank,
}


def _some_rows(planned: Planned, asked: Asked, tables: Tables) -> Iterator[tuple[pa.Table, Bools]]:
    """Each table, and which of its rows are hit."""
    seen = 0
    for table in tables:
        rows = np.arange(seen, seen + table.num_rows)
        yield table, rows % ONE_ROW_IN == int(planned.luck * min(ONE_ROW_IN, asked.rows))
        seen += table.num_rows


def _updated_in(table: pa.Table, start: datetime, end: datetime) -> Bools:
    times = table.column(UPDATED).to_numpy()
    first, last = (np.datetime64(at.replace(tzinfo=None), "us") for at in (start, end))
    inside: Bools = (times >= first) & (times < last)
    return inside


def _fiscal_year(at: datetime) -> int:
    return at.year + (at.month >= 10)


def _in_format(value: str | None, usual: str, other: str) -> str | None:
    """The date in the other format, if it is in the usual one: strptime takes 121375 for July of the year 1213."""
    try:
        day = value and datetime.strptime(value, usual)
    except ValueError:
        return value
    return day.strftime(other) if day and day.strftime(usual) == value else value


def _with(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


# -- faults of a part


def write_csv(table: pa.Table, *, header: bool = True) -> bytes:
    """RFC 4180: every value in quotes, blanks as nothing at all."""
    text = BytesIO()
    pa.csv.write_csv(table, text, pa.csv.WriteOptions(include_header=header))
    return text.getvalue()


def spoil_part(damage: Damage, rows: pa.Table, applied: Applied) -> bytes:
    """The text of a part, damaged."""
    planned = {each.fault: each for each in damage.faults}
    for fault in (fault for fault in COLUMNS if fault in planned):
        rows = COLUMNS[fault](rows, planned[fault])
        applied.note(fault, 0)
    text = _lines(rows, [planned[fault] for fault in LINES if fault in planned], applied)
    for fault in (fault for fault in BYTES if fault in planned):
        changed = BYTES[fault](text)
        if changed != text:
            applied.note(fault, _changed_lines(text, changed) if fault in RECODED else 0)
        text = changed
    return text


def _renamed(rows: pa.Table, planned: Planned) -> pa.Table:
    names = [name.replace("_", " ").title() if name in planned.columns else name for name in rows.column_names]
    return rows.rename_columns(names)


def _reordered(rows: pa.Table, _: Planned) -> pa.Table:
    return rows.select(sorted(rows.column_names))


def _dropped(rows: pa.Table, planned: Planned) -> pa.Table:
    return rows.select([name for name in rows.column_names if name not in planned.columns])


def _twice(rows: pa.Table, planned: Planned) -> pa.Table:
    for name in (name for name in planned.columns if name in rows.column_names):
        rows = rows.append_column(name, rows.column(rows.column_names.index(name)))
    return rows


COLUMNS: dict[FileFault, Callable[[pa.Table, Planned], pa.Table]] = {
    FileFault.COLUMNS_REORDERED: _reordered,
    FileFault.COLUMNS_DROPPED: _dropped,
    FileFault.COLUMN_TWICE: _twice,
    FileFault.COLUMNS_RENAMED: _renamed,
}

Fields = list[str | None]


def _shifted(fields: Fields, at: int) -> Fields:
    return [*fields[:at], None, *fields[at:]]


def _extra(fields: Fields, _: int) -> Fields:
    return [*fields, "X"]


def _nul(fields: Fields, at: int) -> Fields:
    return [*fields[:at], f"{fields[at] or ''}\0", *fields[at + 1 :]]


LINES: dict[FileFault, Callable[[Fields, int], Fields]] = {
    FileFault.NUL_BYTES: _nul,
    FileFault.COLUMNS_SHIFTED: _shifted,
    FileFault.EXTRA_FIELDS: _extra,
    FileFault.HEADER_REPEATED: lambda fields, _: fields,  # it comes before its row
}


def _lines(rows: pa.Table, faults: list[Planned], applied: Applied) -> bytes:
    """The rows as text; those that a fault hits are written one by one."""
    if not faults or not rows.num_rows:
        return write_csv(rows)
    header = write_csv(rows.slice(0, 0))
    hits: dict[int, list[Planned]] = {}
    for planned in faults:
        for row in _hit_in_part(planned, rows.num_rows):
            hits.setdefault(row, []).append(planned)
    pieces, done = [header], 0
    for row, here in sorted(hits.items()):
        pieces.append(write_csv(rows.slice(done, row - done), header=False))
        fields = [column[row].as_py() for column in rows.columns]
        for planned in here:
            if planned.fault is FileFault.HEADER_REPEATED:
                pieces.append(header)
            at = [i for i, name in enumerate(rows.column_names) if name in planned.columns]
            fields = LINES[planned.fault](fields, at[0] if at else 0)
            applied.note(planned.fault, 1)
        pieces.append(b",".join(map(_quoted, fields)) + b"\n")
        done = row + 1
    return b"".join([*pieces, write_csv(rows.slice(done), header=False)])


def _hit_in_part(planned: Planned, rows: int) -> range:
    if planned.fault is FileFault.HEADER_REPEATED:
        return range(rows // 2, rows // 2 + 1)
    return range(int(planned.luck * min(ONE_ROW_IN, rows)), rows, ONE_ROW_IN)


def _quoted(value: str | None) -> bytes:
    return b"" if value is None else b'"' + value.replace('"', '""').encode() + b'"'


# What CP1252 has in place of the control characters of Latin-1; as browsers do, its five gaps are left as they are.
WINDOWS = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}


def _typographic(text: bytes) -> str:
    """The text as a word processor leaves it: its apostrophes are not ASCII, so that there is something to lose."""
    return text.decode().replace("'", "\u2019")


def _cp1252(text: bytes) -> bytes:
    return _typographic(text).encode("cp1252", "replace")


def _double_encoded(text: bytes) -> bytes:
    return _typographic(text).encode().decode("latin-1").translate(WINDOWS).encode()


BYTES: dict[FileFault, Callable[[bytes], bytes]] = {
    FileFault.DOUBLE_ENCODED: _double_encoded,
    FileFault.CP1252: _cp1252,
    FileFault.PREAMBLE: lambda text: PREAMBLE + text,
    FileFault.UTF16: lambda text: b"\xff\xfe" + text.decode("utf-8", "replace").encode("utf-16-le"),
    FileFault.BOM: lambda text: text if text.startswith(b"\xff\xfe") else b"\xef\xbb\xbf" + text,
}
RECODED = (FileFault.DOUBLE_ENCODED, FileFault.CP1252)


def _changed_lines(before: bytes, after: bytes) -> int:
    return sum(a != b for a, b in zip(before.split(b"\n"), after.split(b"\n"), strict=True))
