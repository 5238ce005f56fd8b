"""What a delivery brought of each day of source updates, counted as control totals count it."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.contracts.model import Contract
from include.interval import Interval
from include.quality.parsing import Typed

DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayTotal:
    """Rows that were updated on a day (UTC), and values that are not blank by source column."""

    day: date
    rows: int
    non_blank: dict[str, int]


def count_days(contract: Contract, text: pa.Table, typed: Typed) -> pa.Table:
    """Of the last attempt in `text`: `day`, `rows`, and a column for each source column. Rows whose update time cannot
    be read are of no day."""
    names = [column.source for column in contract.columns]
    counted = text.select(contract.names).rename_columns(names)
    counted = counted.append_column("attempt", text["source_attempt"])
    counted = counted.append_column("day", typed.table[contract.updated_at].cast(pa.date32()))
    groups = counted.group_by(["attempt", "day"], use_threads=False)
    totals = groups.aggregate([([], "count_all"), *((name, "count") for name in names)])
    is_last = pc.equal(totals["attempt"], pc.max(text["source_attempt"]))
    totals = totals.filter(pc.and_(is_last, totals["day"].is_valid()))
    schema = pa.schema([("day", pa.date32()), ("rows", pa.int64()), *((name, pa.int64()) for name in names)])
    columns = [totals["day"], totals["count_all"], *(totals[f"{name}_count"] for name in names)]
    return pa.Table.from_arrays(columns, schema=schema).sort_by("day")


def day_totals(path: Path, interval: Interval) -> list[DayTotal]:
    """Every whole day of an interval, those without a row too, from a file of `count_days`."""
    counted = {row.pop("day"): row for row in pq.read_table(path).to_pylist()}
    found = []
    for day in whole_days(interval):
        row = dict(counted.get(day, {}))
        found.append(DayTotal(day, row.pop("rows", 0), row))
    return found


def whole_days(interval: Interval) -> list[date]:
    """The days (UTC) that lie in an interval from midnight to midnight."""
    first = (interval.start + DAY - timedelta(microseconds=1)).date()
    return [first + DAY * number for number in range((interval.end.date() - first).days)]
