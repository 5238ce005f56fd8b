"""What a delivery brought of each day, as control totals count it."""

from datetime import UTC, date, datetime

import pyarrow.parquet as pq
import pytest

from include.interval import Interval
from include.quality.staging import stage
from include.quality.totals import DayTotal, day_totals, whole_days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2014-05-01", "2014-05-03", [date(2014, 5, 1), date(2014, 5, 2)]),
        ("2014-05-01T00:00:00.000001", "2014-05-03", [date(2014, 5, 2)]),
        ("2014-05-01", "2014-05-02T23:59:59", [date(2014, 5, 1)]),
        ("2014-05-01T06:00:00", "2014-05-01T18:00:00", []),
    ],
)
def test_a_day_is_whole_from_midnight_to_midnight(start, end, days):
    assert whole_days(Interval(at(start), at(end))) == days


def test_rows_and_values_of_the_last_attempt_are_counted_by_day(small, row, land, tmp_path):
    first = [row(thing_id=f"T00{number}") for number in range(5)]
    last = [
        row(thing_id="T001", name="", updated_at="2014-05-01T23:59:59Z"),
        row(thing_id="T001", name="", updated_at="2014-05-01T23:59:59Z"),  # delivered twice: totals count it twice
        row(thing_id="T002", name="null", updated_at="2014-05-03T00:00:00Z"),
        row(thing_id="bad", updated_at="2014-05-03T00:00:00Z"),  # quarantined: the agency counts it all the same
    ]
    staged = stage(small, [land(small, first, attempt=1), land(small, last, attempt=2)], tmp_path)
    assert staged.quarantined == 1
    first_day, quiet, third = day_totals(tmp_path / "days.parquet", Interval(at("2014-05-01"), at("2014-05-04")))
    assert (first_day.day, first_day.rows, first_day.non_blank["NAME"], first_day.non_blank["ID"]) == (
        date(2014, 5, 1), 2, 0, 2,
    )  # fmt: skip
    assert quiet == DayTotal(date(2014, 5, 2), 0, {})
    assert (third.rows, third.non_blank["NAME"]) == (2, 2), "a placeholder is a value to whoever counts blanks"
    assert pq.read_table(tmp_path / "days.parquet").num_rows == 2


def test_a_delivery_without_a_row_has_days_without_rows(small, land, tmp_path):
    stage(small, [land(small, [])], tmp_path)
    [day] = day_totals(tmp_path / "days.parquet", Interval(at("2014-05-01"), at("2014-05-02")))
    assert (day.rows, day.non_blank) == (0, {})
    stage(small, [], tmp_path)
    assert len(day_totals(tmp_path / "days.parquet", Interval(at("2014-05-01"), at("2014-05-03")))) == 2
