"""Faults of the rows that an export brings: other rows, no rows, rows twice, dates in another format, blank fields."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.interval import Interval
from include.simulator.draw import Bools
from include.simulator.gateways.damage import (
    ALIASES,
    FROM_ALIAS,
    ONE_ROW_IN,
    PROGRAM,
    SMUGGLING,
    Applied,
    Asked,
    Damage,
    FileFault,
    Planned,
    Tables,
)
from include.simulator.source import UPDATED

# Where rows of other days come from: a program whose dates are off by a month at most.
NEARBY = timedelta(days=30)


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
